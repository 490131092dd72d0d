"""``/livez``: this process answers. ``/readyz``: what it needs is there, and since when we know.

Database, migrations and storage decide: without them no page works, and 503 takes this server out
of rotation. Silent workers and a missing Landlock are named but do not: pages still work, and a
server that is taken away makes a delay into an outage.
"""

from __future__ import annotations

import ctypes
import io
import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.jobs.selectors import worker_beats
from config.lib import blobs
from config.metrics import may_read

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

SYS_LANDLOCK_CREATE_RULESET = 444
LANDLOCK_CREATE_RULESET_VERSION = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, and when (seconds of the monotonic clock)."""

    is_ok: bool
    detail: str
    at: float


class NotWellError(Exception):
    """A check failed; the text says how."""


class Check:
    """A question whose answer is kept for ``keep_s`` seconds, so that probing costs little."""

    def __init__(
        self, name: str, ask: Callable[[], str], *, keep_s: float, is_needed: bool = True
    ) -> None:
        self.name, self.ask, self.keep_s, self.is_needed = name, ask, keep_s, is_needed
        self._lock = threading.Lock()
        self._finding: Finding | None = None

    def finding(self) -> Finding:
        """Return the answer, asked again when it is too old; failures are never kept."""
        with self._lock:
            known = self._finding
            if known and known.is_ok and time.monotonic() - known.at < self.keep_s:
                return known
            try:
                self._finding = Finding(True, self.ask(), time.monotonic())
            except (NotWellError, DatabaseError, OSError) as error:
                self._finding = Finding(False, str(error), time.monotonic())
            except Exception as error:  # noqa: BLE001 - boto's errors have no common root of ours
                self._finding = Finding(False, type(error).__name__, time.monotonic())
            return self._finding

    def forget(self) -> None:
        """Ask anew next time."""
        with self._lock:
            self._finding = None


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "answers"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        first = waiting[0][0]
        msg = f"{len(waiting)} to apply, first {first.app_label}.{first.name}"
        raise NotWellError(msg)
    return "applied"


def _storage() -> str:
    """Write an object, read it back. Its name is its content, so all servers share the one."""
    key = blobs.put(io.BytesIO(b"tenfold probe"), suffix=".probe")
    blobs.delete(key)
    return "bucket" if settings.S3_BUCKET else "local files"


def _workers() -> str:
    late = [beat for beat in worker_beats() if not beat.is_fresh]
    if late:
        ages = ["ever" if beat.age_s is None else f"{beat.age_s:.0f} s" for beat in late]
        words = [f"{beat.queue} silent for {age}" for beat, age in zip(late, ages, strict=True)]
        raise NotWellError(", ".join(words))
    return "all alive"


@cache
def landlock_version() -> int:
    """Return the kernel's Landlock version, 0 when it has none (see landlock(7))."""
    libc = ctypes.CDLL(None, use_errno=True)
    answer: int = libc.syscall(
        SYS_LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_CREATE_RULESET_VERSION
    )
    return max(0, answer)


def _landlock() -> str:
    if not landlock_version():
        msg = "missing: uploads are decoded under seccomp and limits alone"
        raise NotWellError(msg)
    return f"version {landlock_version()}"


CHECKS = (
    Check("database", _database, keep_s=0),
    Check("migrations", _migrations, keep_s=60),
    Check("storage", _storage, keep_s=15),
    Check("workers", _workers, keep_s=0, is_needed=False),
    Check("landlock", _landlock, keep_s=3600, is_needed=False),
)


@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; asks nothing of anybody."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether this server can serve: 200 "ok" or "degraded", 503 "unavailable".

    Names, results and ages for everybody; the details only for staff and holders of PROBE_TOKEN.
    """
    found = [(check, check.finding()) for check in CHECKS]
    down = any(check.is_needed and not finding.is_ok for check, finding in found)
    hurt = any(not finding.is_ok for _check, finding in found)
    with_details = may_see_details(request)
    now = time.monotonic()
    body: dict[str, Any] = {
        "status": "unavailable" if down else "degraded" if hurt else "ok",
        "checks": {
            check.name: {
                "ok": finding.is_ok,
                "needed": check.is_needed,
                "age_s": round(now - finding.at, 1),
                **({"detail": finding.detail} if with_details else {}),
            }
            for check, finding in found
        },
    }
    return JsonResponse(body, status=503 if down else 200)


def may_see_details(request: HttpRequest) -> bool:
    """Say whether the caller holds the token, or is staff as far as the database can tell."""
    if settings.PROBE_TOKEN and may_read(request, token=settings.PROBE_TOKEN):
        return True
    try:
        return bool(getattr(request.user, "is_staff", False))
    except DatabaseError:
        return False

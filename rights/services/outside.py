"""The gate and the memory of outside services in PostgreSQL, shared by every process.

Both refuse to work inside a transaction: whoever asks a service outside must not hold rows locked
meanwhile, and the pace must be visible to the others at once.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from rights.domain import pacing
from rights.domain.pacing import GateState
from rights.models import OutsideAnswer, OutsideService

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rights.domain.pacing import Admission, GatePolicy

FIELDS = ("slot_at", "failures", "openings", "open_until", "probe_until")
# After a crash of the database the last moments of pace and memory may be gone; nobody minds, and
# nobody waits for the disk while the row is locked.
NO_WAIT = "SET LOCAL synchronous_commit TO off"
SWEEP = 50  # stale answers that each write takes along
REMEMBER = """
INSERT INTO rights_outsideanswer (key, answer, fetched_at, expires_at)
VALUES (%s, %s, clock_timestamp(), clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (key) DO UPDATE SET answer = excluded.answer, fetched_at = excluded.fetched_at,
    expires_at = excluded.expires_at
"""
RECALL = """
SELECT key, answer FROM rights_outsideanswer
WHERE key = ANY(%s) AND expires_at > clock_timestamp()
"""
FORGET = """
DELETE FROM rights_outsideanswer WHERE key IN (
    SELECT key FROM rights_outsideanswer WHERE expires_at < clock_timestamp()
    ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


class SharedGate:
    """The pace and the breaker of the service ``name``, by the database's clock."""

    def __init__(self, name: str, policy: GatePolicy) -> None:
        self._name, self._policy = name, policy

    def enter(self, *, longest_wait_s: float) -> Admission:
        """Reserve a call, or learn when to come again."""
        admissions: list[Admission] = []

        def change(state: GateState, now: float) -> GateState:
            after, admission = pacing.enter(
                state, self._policy, now=now, longest_wait_s=longest_wait_s
            )
            admissions.append(admission)
            return after

        self._change(change)
        return admissions[0]

    def succeeded(self) -> None:
        """Close the breaker. In good times nothing is written, and no row is locked."""
        with transaction.atomic(durable=True):
            OutsideService.objects.filter(name=self._name).exclude(failures=0, openings=0).update(
                failures=0, openings=0, open_until=0.0, probe_until=0.0
            )

    def failed(self) -> None:
        """Count a failure."""
        self._change(lambda state, now: pacing.failed(state, self._policy, now=now))

    def paused(self, seconds: float) -> None:
        """Let no process ask for a while."""
        self._change(lambda state, now: pacing.paused(state, now=now, seconds=seconds))

    def _change(self, change: Callable[[GateState, float], GateState]) -> None:
        """Apply ``change`` to the state, one process at a time."""
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(NO_WAIT)
            rows = OutsideService.objects.select_for_update(no_key=True)
            row = rows.filter(name=self._name).first()
            if row is None:
                OutsideService.objects.bulk_create(
                    [OutsideService(name=self._name)], ignore_conflicts=True
                )
                row = rows.get(name=self._name)
            before = GateState(**{name: getattr(row, name) for name in FIELDS})
            after = change(before, _now())  # the clock is read behind the lock
            if after != before:
                rows.filter(name=self._name).update(
                    **{name: getattr(after, name) for name in FIELDS}
                )


class SharedMemory:
    """Answers that every process may use until they are stale."""

    def recall(self, keys: Sequence[str]) -> dict[str, Any]:
        """Return what is known and not stale."""
        hashed = {_hashed(key): key for key in keys}
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(RECALL, [list(hashed)])
            return {hashed[key]: json.loads(answer) for key, answer in cursor.fetchall()}

    def remember(self, answers: Mapping[str, Any], *, ttl_s: float) -> None:
        """Keep answers for ``ttl_s`` seconds, and throw some stale ones away."""
        # In one order, so that two processes that remember the same do not wait for each other.
        rows = sorted((_hashed(key), json.dumps(answer), ttl_s) for key, answer in answers.items())
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(NO_WAIT)
            # Not executemany: in a request that changes something, pghistory adds parameters of its
            # own to every statement and cannot add them to each of many.
            for row in rows:
                cursor.execute(REMEMBER, row)
            cursor.execute(FORGET, [SWEEP])

    def forget_all(self) -> int:
        """Throw every answer away; return how many there were."""
        return OutsideAnswer.objects.all().delete()[0]


def _now() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        (now,) = cursor.fetchone()
    return float(now)


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

"""Settings that would break the promises of the job layer, found before a process starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

BEATS_PER_LEASE = 3
CANARIES_PER_STALE = 3
NO_TIMEOUT_S = 3_600


@register("jobs")
def check_times(**_: Any) -> list[CheckMessage]:
    """Check that leases outlast a missed beat, and silence a missed canary."""
    found: list[CheckMessage] = []
    if settings.JOBS_LEASE_S < BEATS_PER_LEASE * settings.JOBS_BEAT_S:
        found.append(
            Error(
                "JOBS_LEASE_S is shorter than three beats.",
                hint="One slow beat would take a healthy worker's job away. "
                "Raise JOBS_LEASE_S or lower JOBS_BEAT_S.",
                id="jobs.E001",
            )
        )
    if settings.JOBS_STALE_S < CANARIES_PER_STALE * settings.JOBS_CANARY_S:
        found.append(
            Error(
                "JOBS_STALE_S is shorter than three canaries.",
                hint="One slow canary would kill a healthy cluster. "
                "Raise JOBS_STALE_S or lower JOBS_CANARY_S.",
                id="jobs.E003",
            )
        )
    return found


@register("jobs")
def check_worker_has_no_pool(**_: Any) -> list[CheckMessage]:
    """Check that a worker does not use the connection pool."""
    if settings.JOBS_QUEUE and settings.DATABASES["default"].get("OPTIONS", {}).get("pool"):
        return [
            Error(
                "A worker process uses a connection pool.",
                hint="The pool's threads do not survive the worker's fork. "
                "Unset DATABASE_POOL for workers.",
                id="jobs.E002",
            )
        ]
    return []


@register("jobs")
def check_queues(**_: Any) -> list[CheckMessage]:
    """Check that every queue exists and that its messages are plain doorbells."""
    found: list[CheckMessage] = []
    cluster = settings.Q_CLUSTER
    if unknown := set(settings.JOBS_QUEUES) - settings.JOBS_WORKERS.keys():
        found.append(
            Error(
                f"JOBS_QUEUES names unknown queues: {sorted(unknown)}.",
                hint=f"There are {sorted(settings.JOBS_WORKERS)}.",
                id="jobs.E004",
            )
        )
    if cluster.get("orm") != "default":
        found.append(
            Error(
                "The queue's broker is not the ORM broker on the default database.",
                hint="Only there does a doorbell commit and roll back with its job. "
                'Set Q_CLUSTER["orm"] to "default".',
                id="jobs.E005",
            )
        )
    for name in ("cpu", "gpu"):
        timeout_s = {**cluster, **cluster["ALT_CLUSTERS"].get(name, {})}.get("timeout")
        if timeout_s is None or timeout_s < NO_TIMEOUT_S:
            found.append(
                Error(
                    f"The cluster {name!r} limits the time of its tasks.",
                    hint="The job layer owns time: its limit belongs to the kind, "
                    "see registry.register(time_limit_s=…).",
                    id="jobs.E006",
                )
            )
    return found

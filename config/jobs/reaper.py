"""Takes jobs from silent workers, and rings again where a doorbell was lost."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import NoReturn

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from config.jobs import beats, claims
from config.jobs.services import ring
from config.lib import queue as doorbells

log = structlog.get_logger(__name__)

LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('config.jobs.reaper'))"
FORGET_DEAD_CLUSTERS = (
    "DELETE FROM jobs_workerbeat WHERE beat_at < clock_timestamp() - interval '1 hour'"
)
LOST = {"error": "worker lost", "error_code": "jobs.worker_lost"}


@dataclass(frozen=True)
class Reaped:
    """What one round did, in jobs."""

    cancelled: int = 0
    failed: int = 0
    queued: int = 0
    rung: int = 0


def reap_for_ever() -> NoReturn:
    """Do one round after another, and leave a sign of life after each."""
    while True:
        _round()
        time.sleep(settings.JOBS_REAP_S)


def _round() -> None:
    try:
        done = reap()
        beats.touch("reaper")
    except DatabaseError:
        log.warning("reaper_sees_no_database")
        connection.close()
        return
    if done != Reaped():
        log.info("reaped", **vars(done))


def reap() -> Reaped:
    """Do one round in one transaction; a second reaper at the same moment does nothing."""
    with transaction.atomic():
        row = claims.one(LOCK)
        if row is None or not row[0]:
            return Reaped()
        cancelled = claims.every(claims.REAP_CANCELLED)
        failed = claims.every(claims.REAP_FAILED, **LOST)
        queued = claims.every(claims.REAP_QUEUED, **LOST)
        rung = _ring_again()
        claims.run(FORGET_DEAD_CLUSTERS, {})
        return Reaped(len(cancelled), len(failed), len(queued), rung)


def _ring_again() -> int:
    """Ring for jobs that nobody rang for lately, but never for more jobs than are due.

    Without that bound a long queue would collect a bell per job every few seconds.
    """
    unrung = defaultdict(list)
    for job_id, queue in claims.every(claims.UNRUNG, rering_s=settings.JOBS_RERING_S):
        unrung[queue].append(job_id)
    rung = 0
    for queue, ids in unrung.items():
        [(due,)] = claims.every(claims.DUE, queue=queue)
        missing = ids[: max(0, due - doorbells.waiting(queue))]
        ring(missing, queue=queue)
        rung += len(missing)
    return rung

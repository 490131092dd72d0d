"""What a worker of django-q2 does when the bell rings: claim the next job, watch its child.

Nothing heavy is imported here, and no work is done here: the worker only keeps the lease alive,
sees cancels, lost leases and time limits, and writes how it ended.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from config.jobs import beats, claims, registry
from config.jobs.children import Child
from config.jobs.replies import Reply

log = structlog.get_logger(__name__)

RETRY_DATABASE_EVERY_S = 0.25

# The child that serves the warm kinds of this worker process, if there is one.
_warm: list[Child] = []


@dataclass(frozen=True)
class Claimed:
    """A job that this worker holds: the token of every later write."""

    id: int
    attempt: int
    kind: str
    queue: str

    @property
    def token(self) -> dict[str, int]:
        """Return what proves, in SQL, that the job is still ours."""
        return {"id": self.id, "attempt": self.attempt}


def run_next(*, queue: str = "cpu", **_: object) -> str:
    """Answer a doorbell: take the next due job of ``queue``, if any, and see it through.

    Returns how it ended, for the log. One bell too many finds nothing to do.
    """
    claimed = claim_next(queue)
    if claimed is None:
        return "nothing to do"
    with structlog.contextvars.bound_contextvars(
        job_id=claimed.id, attempt=claimed.attempt, kind=claimed.kind
    ):
        log.info("job_started")
        reply = _see_through(claimed)
        log.info("job_ended", outcome=reply.outcome, code=reply.code)
    return reply.outcome


def canary(**_: object) -> None:
    """Prove by being run at all that bells are heard: the work is the sign left before it."""


def claim_next(queue: str) -> Claimed | None:
    """Claim the next due job of ``queue``, or None when nothing waits."""
    with transaction.atomic():
        found = claims.one(claims.NEXT, queue=queue)
        if found is None:
            return None
        row = claims.one(
            claims.CLAIM,
            id=found[0],
            owner=beats.process_name(),
            lease_s=settings.JOBS_LEASE_S,
        )
    return Claimed(found[0], row[0], row[1], queue) if row is not None else None


def _see_through(claimed: Claimed) -> Reply:
    kind = registry.find(claimed.kind)
    if kind is None:
        reply = Reply("failed", f"no app of this worker knows the kind {claimed.kind!r}")
        _write_ending(claimed, reply)
        return reply
    child = _child_for(kind)
    child.order(job_id=claimed.id, attempt=claimed.attempt)
    reply = _watch(child, claimed, limit_s=kind.time_limit_s)
    is_sound = reply.outcome in {"done", "failed", "refused"}
    if not (kind.is_warm and is_sound and child.jobs_left):
        child.kill()
        _warm[:] = [other for other in _warm if other is not child]
    _write_ending(claimed, reply)
    return reply


def _child_for(kind: registry.Kind) -> Child:
    """Return the warm child for a warm kind, started if need be; else a child for one job."""
    if not kind.is_warm:
        return Child.start(jobs=1)
    if _warm and not _warm[0].is_usable:
        _warm.pop().kill()
    if not _warm:
        _warm.append(Child.start(jobs=settings.JOBS_WARM_JOBS))
    return _warm[0]


def _watch(child: Child, claimed: Claimed, *, limit_s: float) -> Reply:
    """Keep the lease until the child replies or must be stopped."""
    started = held = time.monotonic()
    while True:
        if (reply := child.wait(settings.JOBS_BEAT_S)) is not None:
            return reply
        if time.monotonic() - started > limit_s:
            return Reply("failed", f"stopped at the time limit of {limit_s:g} s", "jobs.time_limit")
        asked = time.monotonic()
        try:
            row = claims.one(claims.BEAT, lease_s=settings.JOBS_LEASE_S, **claimed.token)
        except DatabaseError:  # away: the lease may outlast it
            connection.close()
            if asked - held > settings.JOBS_LEASE_S:
                return Reply("lease_lost")
            continue
        if row is None:
            return _tidied_up(child, claimed) or Reply("lease_lost")
        held = asked
        if row[0]:
            return Reply("cancelled")
        beats.touch(claimed.queue)


def _tidied_up(child: Child, claimed: Claimed) -> Reply | None:
    """Let a child that has committed its success clear up after itself; None if it is not so."""
    if claims.one(claims.SUCCEEDED, **claimed.token) is None:
        return None
    return child.wait(settings.JOBS_STOP_S)


def _write_ending(claimed: Claimed, reply: Reply) -> None:
    """Record how the attempt ended; a success was committed by the child, with its effect."""
    if reply.outcome in {"done", "lease_lost"}:
        return
    if reply.outcome == "cancelled":
        _insist(claims.CANCELLED, **claimed.token)
        return
    _insist(
        claims.RELEASE,
        error=reply.error,
        error_code=reply.code or "jobs.died",
        is_final=reply.outcome == "refused",
        wait_s=settings.JOBS_BACKOFF_S * 2 ** (claimed.attempt - 1),
        **claimed.token,
    )


def _insist(statement: str, **values: Any) -> None:
    """Run ``statement``, again while the database is away, for as long as the lease may last.

    After that the reaper does it: the job is then a running one whose worker is silent.
    """
    until = time.monotonic() + settings.JOBS_LEASE_S
    while True:
        try:
            claims.one(statement, **values)
        except DatabaseError:
            connection.close()
            if time.monotonic() > until:
                log.warning("job_ending_not_written")
                return
            time.sleep(RETRY_DATABASE_EVERY_S)
        else:
            return

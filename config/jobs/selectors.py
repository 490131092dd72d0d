"""Reads of the jobs: what a person sees of them, and the health of the workers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import ngettext

from config.jobs import beats, claims, registry
from config.jobs.models import Job

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

ETA_HIDDEN_BELOW_S = 5
GROUPS = {
    "all": tuple(Job.State),
    "active": Job.LIVE,
    "finished": (Job.State.SUCCEEDED,),
    "failed": (Job.State.FAILED, Job.State.CANCELLED),
}

# Place, seconds of work before it, and own median (of the last 50 successes of its kind). The order
# is that of claims.NEXT; a kind without history before a job makes its time unknown (unknown > 0).
OUTLOOK = """
WITH busy AS (
    SELECT queue, tenant, count(*) AS running FROM jobs_job
     WHERE state = 'running' GROUP BY queue, tenant),
waiting AS (
    SELECT job.id, job.queue, job.kind,
           coalesce(busy.running, 0)
           + row_number() OVER (PARTITION BY job.queue, job.tenant ORDER BY job.id) AS turn
      FROM jobs_job job
      LEFT JOIN busy ON busy.queue = job.queue AND busy.tenant IS NOT DISTINCT FROM job.tenant
     WHERE job.state = 'queued'),
medians AS (
    SELECT asked.kind, percentile_cont(0.5) WITHIN GROUP (
               ORDER BY extract(epoch FROM history.finished_at - history.started_at)) AS median_s
      FROM (SELECT kind FROM waiting UNION SELECT kind FROM jobs_job WHERE id = ANY(%(ids)s)) asked
     CROSS JOIN LATERAL (
           SELECT started_at, finished_at FROM jobs_job
            WHERE jobs_job.kind = asked.kind AND state = 'succeeded' AND started_at IS NOT NULL
            ORDER BY finished_at DESC LIMIT 50) history
     GROUP BY asked.kind),
placed AS (
    SELECT waiting.id, row_number() OVER (PARTITION BY queue ORDER BY turn, id) AS place,
           sum(median_s) OVER before AS before_s,
           count(*) FILTER (WHERE median_s IS NULL) OVER before AS unknown
      FROM waiting LEFT JOIN medians USING (kind)
    WINDOW before AS (PARTITION BY queue ORDER BY turn, id
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
SELECT job.id, placed.place, coalesce(placed.before_s, 0), coalesce(placed.unknown, 0),
       medians.median_s
  FROM jobs_job job LEFT JOIN placed ON placed.id = job.id
  LEFT JOIN medians ON medians.kind = job.kind
 WHERE job.id = ANY(%(ids)s)
"""
# The places alone, for tags.
PLACES = """
WITH busy AS (
    SELECT queue, tenant, count(*) AS running FROM jobs_job
     WHERE state = 'running' GROUP BY queue, tenant),
placed AS (
    SELECT id, row_number() OVER (PARTITION BY queue ORDER BY turn, id) AS place
      FROM (SELECT job.id, job.queue, coalesce(busy.running, 0)
                   + row_number() OVER (PARTITION BY job.queue, job.tenant ORDER BY job.id) AS turn
              FROM jobs_job job LEFT JOIN busy
                ON busy.queue = job.queue AND busy.tenant IS NOT DISTINCT FROM job.tenant
             WHERE job.state = 'queued') waiting)
SELECT string_agg(place::text, ' ' ORDER BY id) FROM placed WHERE id = ANY(%(ids)s)
"""


def jobs_at_work(kinds: Iterable[str] | None = None) -> bool:
    """Say whether a worker has begun a job of these kinds, of any when None, and it has not ended.

    One that only waits for its first attempt has stored nothing yet.
    """
    begun = Job.objects.filter(
        Q(state=Job.State.RUNNING) | Q(state=Job.State.QUEUED, attempt__gte=1)
    )
    return (begun if kinds is None else begun.filter(kind__in=tuple(kinds))).exists()


@dataclass(frozen=True)
class JobProgress:
    """What a person sees of a job. ``error`` is written for people, never a traceback."""

    public_id: UUID
    reference: str
    title: str
    kind: str
    state: str
    state_label: str
    is_terminal: bool
    is_cancelling: bool
    can_retry: bool
    percent: int
    step: str
    step_number: int
    step_count: int
    attempt: int
    max_attempts: int
    queue_place: int | None
    eta_s: int | None
    error: str
    error_code: str


@dataclass(frozen=True)
class Beat:
    """The last sign of life of the workers of one queue; None when there never was one."""

    queue: str
    age_s: float | None
    is_fresh: bool


@dataclass(frozen=True)
class QueueDepth:
    """How much waits and runs in one queue, and how long the oldest waits, in seconds."""

    queue: str
    queued: int
    running: int
    oldest_s: float


def job_progress(job: Job) -> JobProgress:
    """Return what a person sees of ``job`` now."""
    return jobs_progress([job])[0]


def jobs_progress(jobs: Iterable[Job]) -> list[JobProgress]:
    """Return what a person sees of each job now, with one query for all; for ended ones none."""
    all_jobs = list(jobs)
    live = [job.pk for job in all_jobs if not job.is_terminal]
    outlooks = {row[0]: row[1:] for row in claims.every(OUTLOOK, ids=live)} if live else {}
    return [_progress(job, outlooks.get(job.pk)) for job in all_jobs]


def progress_with(job: Job, *, queue_place: int | None, eta_s: int | None) -> JobProgress:
    """Return what a person sees of ``job``, its place and time left having been read already."""
    known = registry.find(job.kind)
    steps = list(job.steps)
    return JobProgress(
        public_id=job.public_id,
        reference=job.reference,
        title=job.title,
        kind=job.kind,
        state=job.state,
        state_label=str(Job.State(job.state).label),
        is_terminal=job.is_terminal,
        is_cancelling=job.cancel_requested and not job.is_terminal,
        can_retry=job.state in GROUPS["failed"] and not hasattr(job, "retry"),
        percent=_percent(job),
        step=str(known.steps.get(job.step, job.step)) if known else job.step,
        step_number=steps.index(job.step) + 1 if job.step in steps else 0,
        step_count=len(steps),
        attempt=job.attempt,
        max_attempts=job.max_attempts,
        queue_place=queue_place,
        eta_s=eta_s,
        error=_error_for_people(job),
        error_code=job.error_code,
    )


def job_tag(job: Job) -> str:
    """Return a short tag that changes when the shown fragment of ``job`` would change."""
    place = claims.one(PLACES, ids=[job.pk]) if job.state == Job.State.QUEUED else None
    shown = (job.state, _percent(job), job.step, job.attempt, job.cancel_requested, place)
    return hashlib.blake2b(repr(shown).encode(), digest_size=8).hexdigest()


def job_get(tenant: UUID, *, public_id: UUID) -> Job | None:
    """Return the tenant's job, or None for one that does not exist or belongs to another."""
    return Job.objects.filter(tenant=tenant, public_id=public_id).select_related("retry").first()


def worker_beats() -> list[Beat]:
    """Return the freshest sign of life of each configured queue and of the reaper."""
    rows = claims.every(
        "SELECT queue, extract(epoch FROM clock_timestamp() - max(beat_at)) "
        "FROM jobs_workerbeat GROUP BY queue"
    )
    ages = {queue: float(age) for queue, age in rows}
    found = []
    for name in [*settings.JOBS_QUEUES, "reaper"]:
        age_s = ages.get(name)
        found.append(Beat(name, age_s, age_s is not None and age_s <= beats.stale_after_s(name)))
    return found


def queue_depths() -> list[QueueDepth]:
    """Return how much waits and runs in each configured queue."""
    rows = claims.every(
        "SELECT queue, count(*) FILTER (WHERE state = 'queued'),"
        " count(*) FILTER (WHERE state = 'running'),"
        " coalesce(extract(epoch FROM clock_timestamp()"
        "          - min(created_at) FILTER (WHERE state = 'queued')), 0)"
        " FROM jobs_job WHERE state IN ('queued', 'running') GROUP BY queue"
    )
    found = {row[0]: QueueDepth(row[0], row[1], row[2], float(row[3])) for row in rows}
    return [found.get(name, QueueDepth(name, 0, 0, 0.0)) for name in settings.JOBS_QUEUES]


def _progress(job: Job, outlook: Sequence[Any] | None) -> JobProgress:
    if outlook is None:
        return progress_with(job, queue_place=None, eta_s=None)
    place, before_s, unknown, median_s = outlook
    eta_s = None
    if median_s is not None and not unknown:
        own = float(median_s) * (1 - job.progress_ppm / 1_000_000)
        left = float(before_s) / settings.JOBS_WORKERS.get(job.queue, 1) + own
        eta_s = round(left) if left >= ETA_HIDDEN_BELOW_S else None
    return progress_with(job, queue_place=None if place is None else int(place), eta_s=eta_s)


def _percent(job: Job) -> int:
    """Return whole percent; 100 is kept for work that is really done."""
    if job.state == Job.State.SUCCEEDED:
        return 100
    return min(99, job.progress_ppm // 10_000)


def _error_for_people(job: Job) -> str:
    """Return what went wrong in words for people; a traceback is for staff only."""
    if job.state != Job.State.FAILED:
        return ""
    if job.error_code and not job.error_code.startswith("jobs."):
        return job.error  # a DomainError, whose message is written for people
    return ngettext(
        "This work stopped unexpectedly after %(count)s attempt. Nothing you own was lost and "
        "finished steps are kept. Try again to continue from the step that failed; if it fails "
        "once more, tell support the reference %(reference)s.",
        "This work stopped unexpectedly after %(count)s attempts. Nothing you own was lost and "
        "finished steps are kept. Try again to continue from the step that failed; if it fails "
        "once more, tell support the reference %(reference)s.",
        job.attempt,
    ) % {"count": job.attempt, "reference": job.reference}

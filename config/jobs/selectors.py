"""Reads of the jobs: what a person sees of one, the lists, and the health of the workers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from config.jobs import beats, claims, registry
from config.jobs.models import Job

if TYPE_CHECKING:
    from uuid import UUID

PAGE_SIZE = 20
ETA_HIDDEN_BELOW_S = 5
GROUPS = {
    "all": tuple(Job.State),
    "active": Job.LIVE,
    "finished": (Job.State.SUCCEEDED,),
    "failed": (Job.State.FAILED, Job.State.CANCELLED),
}

# The median run of the last 50 successes of each kind, in seconds.
MEDIANS = """
SELECT asked.kind,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - started_at))
  FROM unnest(%(kinds)s::text[]) AS asked(kind)
 CROSS JOIN LATERAL (
       SELECT started_at, finished_at FROM jobs_job
        WHERE jobs_job.kind = asked.kind AND state = 'succeeded' AND started_at IS NOT NULL
        ORDER BY finished_at DESC LIMIT 50) history
 GROUP BY asked.kind
"""
# Who is served before this one: the order of claims.NEXT, continued to the end of the queue.
AHEAD = """
WITH busy AS (
    SELECT tenant, count(*) AS running FROM jobs_job
     WHERE queue = %(queue)s AND state = 'running' GROUP BY tenant),
waiting AS (
    SELECT job.id, job.kind,
           coalesce(busy.running, 0)
           + row_number() OVER (PARTITION BY job.tenant ORDER BY job.id) AS turn
      FROM jobs_job job LEFT JOIN busy ON busy.tenant IS NOT DISTINCT FROM job.tenant
     WHERE job.queue = %(queue)s AND job.state = 'queued')
SELECT other.kind, count(*)
  FROM waiting me JOIN waiting other ON (other.turn, other.id) < (me.turn, me.id)
 WHERE me.id = %(id)s GROUP BY other.kind
"""


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
    ahead = _ahead(job) if job.state == Job.State.QUEUED else None
    return progress_with(
        job,
        queue_place=None if ahead is None else sum(ahead.values()) + 1,
        eta_s=_eta_s(job, ahead or {}),
    )


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
    place = sum(_ahead(job).values()) if job.state == Job.State.QUEUED else 0
    shown = (job.state, _percent(job), job.step, job.attempt, job.cancel_requested, place)
    return hashlib.blake2b(repr(shown).encode(), digest_size=8).hexdigest()


def jobs_of(tenant: UUID, *, group: str = "all", page: int = 1) -> Page[Job]:
    """Return one page of a tenant's jobs, newest first.

    ``group`` is ``all``, ``active``, ``finished`` or ``failed``; an unknown one means ``all``.
    """
    states = GROUPS.get(group, GROUPS["all"])
    found = Job.objects.filter(tenant=tenant, state__in=states).select_related("retry")
    return Paginator(found.order_by("-id"), PAGE_SIZE).get_page(page)


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


def _percent(job: Job) -> int:
    """Return whole percent; 100 is kept for work that is really done."""
    if job.state == Job.State.SUCCEEDED:
        return 100
    return min(99, job.progress_ppm // 10_000)


def _ahead(job: Job) -> dict[str, int]:
    """Return how many waiting jobs of which kind are served before this one."""
    return dict(claims.every(AHEAD, queue=job.queue, id=job.pk))


def _eta_s(job: Job, ahead: dict[str, int]) -> int | None:
    """Return the seconds left by the measured history, or None when it is unknown or too short.

    For a waiting job this includes the work before it, shared among the queue's workers.
    """
    if job.is_terminal:
        return None
    medians = dict(claims.every(MEDIANS, kinds=[job.kind, *ahead]))
    if not {job.kind, *ahead} <= medians.keys():
        return None
    before = sum(count * medians[kind] for kind, count in ahead.items())
    own = medians[job.kind] * (1 - job.progress_ppm / 1_000_000)
    left = before / settings.JOBS_WORKERS.get(job.queue, 1) + own
    return round(left) if left >= ETA_HIDDEN_BELOW_S else None


def _error_for_people(job: Job) -> str:
    """Return what went wrong in words for people; a traceback is for staff only."""
    if job.state != Job.State.FAILED:
        return ""
    if job.error_code and not job.error_code.startswith("jobs."):
        return job.error  # a DomainError, whose message is written for people
    return _(
        "This work stopped unexpectedly after %(count)s attempts. Nothing you own was changed and "
        "finished steps are kept. Try again to continue from the step that failed; if it fails "
        "once more, tell support the reference %(reference)s."
    ) % {"count": job.attempt, "reference": job.reference}

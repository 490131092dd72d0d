"""What a page that lists many jobs needs, in a number of queries that does not grow with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Subquery

from config.jobs import claims
from config.jobs.models import Job
from config.jobs.selectors import (
    ETA_HIDDEN_BELOW_S,
    GROUPS,
    JobProgress,
    progress_with,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

# Place, seconds of work before it, and own median, of many jobs at once. The order is that of
# claims.NEXT; a kind without history before a job makes its time unknown (unknown > 0).
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
            WHERE jobs_job.kind = asked.kind AND state = 'succeeded'
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
# Everything of a tenant's live jobs that a list shows and that can change, in one row.
LIVE = """
SELECT (SELECT max(id) FROM jobs_job WHERE tenant = %(tenant)s),
       count(*),
       coalesce((array_agg(left(public_id::text, 8) ORDER BY id DESC))[1:50], '{}'),
       string_agg(concat_ws('/', id, state, progress_ppm / 10000, step, attempt, cancel_requested),
                  ' ' ORDER BY id),
       coalesce(array_agg(id) FILTER (WHERE state = 'queued'), '{}')
  FROM jobs_job WHERE tenant = %(tenant)s AND state IN ('queued', 'running')
"""
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


@dataclass(frozen=True)
class JobSlice:
    """One page of jobs, newest first; ``next_before`` is the key of the next page, or None."""

    jobs: tuple[Job, ...]
    next_before: UUID | None


@dataclass(frozen=True)
class LiveJobs:
    """A tenant's waiting and running jobs at a glance.

    ``tag`` changes when a list of the tenant's jobs would change. ``keys`` are the first eight
    digits of the newest jobs' public ids: what a page remembers, to learn later what became of them.
    """

    tag: str
    keys: tuple[str, ...]
    count: int
    has_history: bool


def jobs_before(
    tenant: UUID, *, group: str, before: UUID | None = None, limit: int = 50
) -> JobSlice:
    """Return at most ``limit`` jobs of ``group`` older than the job ``before``.

    A key, not a page number: rows that arrive meanwhile neither repeat nor hide one. A key of
    another tenant's job, or of none, gives no rows.
    """
    mine = Job.objects.filter(tenant=tenant)
    found = mine.filter(state__in=GROUPS[group]).select_related("retry")
    if before is not None:
        found = found.filter(pk__lt=Subquery(mine.filter(public_id=before).values("pk")))
    jobs = tuple(found.order_by("-id")[: limit + 1])
    return JobSlice(jobs[:limit], jobs[limit - 1].public_id if len(jobs) > limit else None)


def jobs_ended(tenant: UUID, *, keys: Sequence[str], limit: int = 3) -> list[Job]:
    """Return which of the jobs with these ``LiveJobs.keys`` have succeeded or failed.

    No clock is asked: what was live at one look and is over at a later one has ended between them.
    Looks at the tenant's newest five hundred only, so that a long history costs nothing.
    """
    found = Job.objects.raw(
        "SELECT * FROM (SELECT * FROM jobs_job WHERE tenant = %(tenant)s ORDER BY id DESC LIMIT 500)"
        " newest WHERE state IN ('succeeded', 'failed')"
        " AND left(public_id::text, 8) = ANY(%(keys)s)"
        " ORDER BY finished_at DESC LIMIT %(limit)s",
        {"tenant": tenant, "keys": list(keys), "limit": limit},
    )
    return list(found)


def jobs_progress(jobs: Iterable[Job]) -> list[JobProgress]:
    """Return what a person sees of each job: as ``job_progress``, with one query for all."""
    all_jobs = list(jobs)
    live = [job.pk for job in all_jobs if not job.is_terminal]
    outlooks = {row[0]: row[1:] for row in claims.every(OUTLOOK, ids=live)} if live else {}
    return [_progress(job, outlooks.get(job.pk)) for job in all_jobs]


def jobs_live(tenant: UUID) -> LiveJobs:
    """Return the tenant's live jobs at a glance.

    One indexed read; a second one, for the places in the queue, only while something waits.
    """
    newest, count, keys, shown, waiting = claims.every(LIVE, tenant=tenant)[0]
    places = claims.one(PLACES, ids=waiting) if waiting else None
    told = repr((newest, shown, places))
    tag = hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
    return LiveJobs(tag, tuple(keys), count, newest is not None)


def jobs_live_count(tenant: UUID) -> int:
    """Return how many of the tenant's jobs wait or run."""
    return Job.objects.filter(tenant=tenant, state__in=Job.LIVE).count()


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

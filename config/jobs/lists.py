"""Lists of a tenant's jobs, in a number of queries that does not grow with them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Subquery

from config.jobs import claims
from config.jobs.models import Job
from config.jobs.selectors import GROUPS, PLACES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

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
    found = mine.filter(state__in=GROUPS[group])
    if group != "active":  # only what has ended can have been tried again
        found = found.select_related("retry")
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

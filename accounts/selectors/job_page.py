"""The page of one job: its row, its named steps, its times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from accounts.policies import can_change_content
from accounts.selectors import job_words as words
from accounts.selectors.job_rows import JobRow, row_of
from config.jobs import registry
from config.jobs.models import Job
from config.jobs.selectors import job_get, job_progress, job_tag

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django_stubs_ext import StrOrPromise

    from accounts.models import Membership
    from config.jobs.selectors import JobProgress


@dataclass(frozen=True)
class Step:
    """One named step; ``state`` is ``done``, ``current``, ``stopped`` or ``todo``."""

    label: str
    state: str
    state_label: str


@dataclass(frozen=True)
class JobPage:
    """The page of one job. ``live_tag`` is empty once nothing will change it any more."""

    row: JobRow
    steps: tuple[Step, ...]
    facts: tuple[tuple[str, str], ...]
    live_tag: str
    retry_of_url: str


def job_find(membership: Membership, *, public_id: UUID) -> Job | None:
    """Return the organisation's job, or None for one that is not there or not theirs."""
    return job_get(membership.organisation_id, public_id=public_id)


def job_live_tag(job: Job) -> str:
    """Return the tag of the job's page, or "" once nothing will change it any more."""
    return "" if job.is_terminal else job_tag(job)


def job_page(membership: Membership, job: Job, *, tag: str) -> JobPage:
    """Return the page of one job; ``tag`` is what its poll brings back."""
    base = reverse("accounts:job-list")
    progress = job_progress(job)
    row = row_of(job, progress, base=base, may_change=can_change_content(membership))
    before = job.retry_of
    return JobPage(
        row=row,
        steps=_steps(job),
        facts=tuple((label, value) for label, value in _facts(job, progress) if value),
        live_tag=tag,
        retry_of_url=f"{base}{before.public_id}/" if before else "",
    )


def _steps(job: Job) -> tuple[Step, ...]:
    """Return the named steps; those that an earlier attempt finished count as done."""
    known = registry.find(job.kind)
    labels: Mapping[str, StrOrPromise] = known.steps if known else {}
    finished = set(job.stages.values_list("name", flat=True))
    names = [str(name) for name in job.steps]
    reached = names.index(job.step) if job.step in names else -1

    def state(number: int, name: str) -> str:
        if job.state == Job.State.SUCCEEDED or number < reached or name in finished:
            return "done"
        if number != reached:
            return "todo"
        return "stopped" if job.is_terminal else "current"

    found = [(name, state(number, name)) for number, name in enumerate(names)]
    return tuple(Step(str(labels.get(n, n)), s, str(words.STEP_LABELS[s])) for n, s in found)


def _facts(job: Job, progress: JobProgress) -> list[tuple[str, str]]:
    took = ""
    if job.started_at and job.finished_at:
        took = words.duration_text((job.finished_at - job.started_at).total_seconds())
    attempt = ""
    if progress.attempt > 1:
        numbers = {"n": progress.attempt, "most": progress.max_attempts}
        attempt = gettext("%(n)d of %(most)d") % numbers
    return [
        (gettext("Asked for"), words.when_text(job.created_at)),
        (gettext("Started"), words.when_text(job.started_at)),
        (gettext("Ended"), words.when_text(job.finished_at)),
        (gettext("Took"), took),
        (gettext("Attempt"), attempt),
        (gettext("Reference"), progress.reference),
    ]

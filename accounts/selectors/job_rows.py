"""One job as a row: what the list and the page of a job both print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.policies import can_change_content
from accounts.selectors import job_words as words
from config.jobs.selectors import job_progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import Membership
    from config.jobs.models import Job
    from config.jobs.selectors import JobProgress


BADGES = {"running": "info", "succeeded": "success", "failed": "error"}


@dataclass(frozen=True)
class JobRow:
    """One job, every string ready to print. ``url`` is its page; the result may lie elsewhere."""

    public_id: SafeString
    url: SafeString
    title: str
    reference: str
    state: str
    state_label: str
    badge: str
    percent: int
    is_live: bool
    line: str
    when: str
    announcement: str
    error: str
    can_cancel: bool
    can_retry: bool
    result_url: str
    result_label: str
    retried_url: str


def job_row(membership: Membership, job: Job) -> JobRow:
    """Return one row of the list, as the list would show it now."""
    return row_of(
        job,
        job_progress(job),
        base=reverse("accounts:job-list"),
        may_change=can_change_content(membership),
    )


def row_of(job: Job, progress: JobProgress, *, base: str, may_change: bool) -> JobRow:
    """Return the row of ``job``; ``base`` is the address of the job centre."""
    result_url = own_address(job.result)
    # Only what has ended can have been tried again; asking a live job would be a query.
    retried = getattr(job, "retry", None) if progress.is_terminal else None
    return JobRow(
        # Hexadecimal digits and hyphens need no escaping, which is done seven times a row.
        public_id=SafeString(job.public_id),
        url=SafeString(f"{base}{job.public_id}/"),
        title=progress.title,
        reference=progress.reference,
        state="stopping" if progress.is_cancelling else progress.state,
        state_label=words.gettext("Stopping") if progress.is_cancelling else progress.state_label,
        badge="neutral" if progress.is_cancelling else BADGES.get(progress.state, "neutral"),
        percent=progress.percent,
        is_live=not progress.is_terminal,
        line=words.progress_line(progress),
        when=words.when_line(job),
        announcement=words.announcement(progress),
        error=progress.error,
        can_cancel=may_change and not progress.is_terminal and not progress.is_cancelling,
        can_retry=may_change and progress.can_retry,
        result_url=result_url,
        result_label=_result_label(job) if result_url else "",
        retried_url=f"{base}{retried.public_id}/" if retried else "",
    )


def _result_label(job: Job) -> str:
    return str(job.result.get("label") or words.gettext("Open the result"))


def own_address(result: Mapping[str, object]) -> str:
    """Return where a finished job says to go, if that is an address of this site."""
    url = result.get("url")
    is_ours = isinstance(url, str) and url.startswith("/") and not url.startswith(("//", "/\\"))
    return str(url) if is_ours else ""

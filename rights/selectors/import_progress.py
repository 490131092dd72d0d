"""How far a delivery is applied: the job behind it in words, and what is written of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.selectors import job_words as words
from config.jobs.models import Job
from config.jobs.selectors import job_progress, job_tag
from rights.models import ImportRow

if TYPE_CHECKING:
    from rights.models import ImportRun


@dataclass(frozen=True)
class ImportProgress:
    """Rows written and left among those that can be used, and where the job stands.

    ``tag`` changes with what is shown, and is empty unless the job waits or works. ``is_stopped``
    says that the job ended without its work.
    """

    written: int
    left: int
    total: int
    is_live: bool = False
    is_stopped: bool = False
    is_cancelled: bool = False
    percent: int = 0
    line: str = ""
    announcement: str = ""
    error: str = ""
    job_url: str = ""
    tag: str = ""


def import_progress(run: ImportRun) -> ImportProgress:
    """Return how far ``run`` is applied; without a job, only what is written of it."""
    usable = run.rows.exclude(action=ImportRow.Action.REFUSE)
    counts = usable.aggregate(total=Count("pk"), written=Count("recording"))
    written, total = counts["written"], counts["total"]
    job = Job.objects.filter(pk=run.job_id).first() if run.job_id else None
    if job is None:
        return ImportProgress(written, total - written, total)
    progress = job_progress(job)
    error = progress.error
    if error and progress.error_code.startswith("jobs."):
        # The words of the job layer say that nothing was changed, which it cannot know.
        error = _("The work stopped unexpectedly. If it does so again, tell support %(number)s.")
        error %= {"number": progress.reference}
    return ImportProgress(
        written=written,
        left=total - written,
        total=total,
        is_live=not progress.is_terminal,
        is_stopped=job.state in (Job.State.FAILED, Job.State.CANCELLED),
        is_cancelled=job.state == Job.State.CANCELLED,
        percent=progress.percent,
        line=words.progress_line(progress),
        announcement=words.announcement(progress),
        error=error,
        job_url=reverse("accounts:job-detail", args=[progress.public_id]),
        tag="" if progress.is_terminal else job_tag(job),
    )

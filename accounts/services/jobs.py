"""Stop an organisation's job, or try it again, and leave a trace of who did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services.audit import audit_record
from config.jobs import services as job_services
from config.jobs.models import Job

if TYPE_CHECKING:
    from accounts.models import Membership


@transaction.atomic
def organisation_job_cancel(*, membership: Membership, job: Job) -> Job:
    """Stop the job: at once while it waits, within a beat while it runs.

    One that has ended stays as it is, and then there is nothing to record.
    """
    had_ended = job.is_terminal or job.cancel_requested
    stopped = job_services.job_cancel(job=job)
    if not had_ended and (stopped.cancel_requested or stopped.state == Job.State.CANCELLED):
        _record("accounts.job.cancelled", membership, stopped)
    return stopped


@transaction.atomic
def organisation_job_retry(*, membership: Membership, job: Job) -> Job:
    """Try the job again from the step that failed, as a new job; pressed twice it is one.

    Raises
    ------
    JobNotFinishedError
        If the job has neither failed nor been cancelled.
    """
    had_retry = Job.objects.filter(retry_of=job).exists()
    again = job_services.job_retry(job=job, idem=f"retry:{job.public_id}")
    if not had_retry:
        _record("accounts.job.retried", membership, again)
    return again


def _record(action: str, membership: Membership, job: Job) -> None:
    audit_record(
        action=action,
        actor=membership.user,
        organisation=membership.organisation,
        target=job,
        data={"kind": job.kind, "reference": job.reference},
    )

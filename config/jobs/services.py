"""Ask for work, ring for it, cancel it, try it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from config.jobs import claims, registry
from config.jobs.models import Job, Stage
from config.lib import queue as doorbells
from config.lib.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


class JobKeyReusedError(DomainError):
    """The idempotency key belongs to other work, or to another tenant."""


class JobNotFinishedError(DomainError):
    """The job still waits or runs, or has succeeded: there is nothing to try again."""


@transaction.atomic
def enqueue(
    kind: str,
    params: dict[str, Any],
    *,
    idem: str,
    queue: str = "cpu",
    tenant: UUID | None = None,
    title: str = "",
) -> Job:
    """Ask for work inside the caller's transaction; it commits or vanishes with it.

    The same ``idem`` twice is the same request: the second call returns the first job and rings
    for nothing. ``params`` holds ids and short values only, never secrets.

    Raises
    ------
    JobKindUnknownError
        If no app registered ``kind``.
    JobKeyReusedError
        If ``idem`` names a job of another kind or another tenant.
    """
    known = registry.get(kind)
    job, is_new = Job.objects.get_or_create(
        idem=idem,
        defaults={
            "kind": kind,
            "params": params,
            "queue": queue,
            "tenant": tenant,
            "title": title or str(known.title),
            "steps": list(known.steps),
            "max_attempts": known.max_attempts,
        },
    )
    if (job.kind, job.tenant) != (kind, tenant):
        raise JobKeyReusedError(
            "jobs.key_reused",
            _("This request was already used for something else. Reload the page and try again."),
        )
    if is_new:
        ring([job.pk], queue=queue)
    return job


def ring(ids: Iterable[int], *, queue: str) -> None:
    """Put one doorbell per job into ``queue``; one too many is harmless, none is noticed later.

    A doorbell names no job: the worker that hears it takes the next one that is due. So the order
    is that of ``claims.NEXT``, never that of the messages.
    """
    rung = list(ids)
    claims.run(claims.RUNG, {"ids": rung})
    for _bell in rung:
        doorbells.push("config.jobs.worker.run_next", to=queue, queue=queue)


def job_cancel(*, job: Job) -> Job:
    """Stop the work: at once while it waits, within a beat while it runs.

    Stages that are finished are kept for a retry. A job that has ended stays as it is.
    """
    claims.one(claims.CANCEL, id=job.pk)
    job.refresh_from_db()
    return job


@transaction.atomic
def job_retry(*, job: Job, idem: str) -> Job:
    """Try a failed or cancelled job again from the stage that failed, as a new job.

    Pressed twice, or by two people, it gives one new job. The handler finds the finished stages
    of the old one.

    Raises
    ------
    JobNotFinishedError
        If the job is not failed or cancelled.
    """
    old = Job.objects.select_for_update().get(pk=job.pk)
    if old.state not in {Job.State.FAILED, Job.State.CANCELLED}:
        raise JobNotFinishedError(
            "jobs.not_failed",
            _("Only work that failed or was cancelled can be tried again. Nothing was changed."),
        )
    if (existing := Job.objects.filter(retry_of=old).first()) is not None:
        return existing
    new = enqueue(
        old.kind, old.params, idem=idem, queue=old.queue, tenant=old.tenant, title=old.title
    )
    new.retry_of = old
    new.save(update_fields=["retry_of"])
    Stage.objects.bulk_create(
        Stage(job=new, name=s.name, input_key=s.input_key, artefact=s.artefact, attempt=0)
        for s in old.stages.all()
    )
    if followers := registry.get(old.kind).on_retry:
        import_string(followers)(old=old, new=new)
    return new

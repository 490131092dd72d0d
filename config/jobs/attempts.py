"""One attempt at a job inside the child: call its handler, and put into words how it ended."""

from __future__ import annotations

import traceback

import structlog
from django.db import close_old_connections

from config.jobs import registry
from config.jobs.models import Job
from config.jobs.replies import Reply
from config.jobs.stages import LeaseLostError, Run
from config.lib.errors import DomainError

log = structlog.get_logger(__name__)

ERROR_CHARACTERS = 4_000


def attempt_job(*, job_id: int, attempt: int) -> Reply:
    """Run the job's handler and return how it ended; nothing it raises gets past here."""
    close_old_connections()
    with structlog.contextvars.bound_contextvars(job_id=job_id, attempt=attempt):
        try:
            return _handle(Job.objects.get(pk=job_id), attempt)
        except LeaseLostError:
            return Reply("lease_lost")
        except DomainError as refusal:
            return Reply("refused", refusal.message, refusal.code)
        except Exception:
            log.exception("job_attempt_failed")
            return Reply("failed", traceback.format_exc()[-ERROR_CHARACTERS:], "jobs.error")


def _handle(job: Job, attempt: int) -> Reply:
    run = Run(job, attempt)
    with structlog.contextvars.bound_contextvars(kind=job.kind, reference=job.reference):
        registry.get(job.kind).load()(run)
    if not run.is_finished:
        return Reply("refused", "the handler returned without run.finish()", "jobs.unfinished")
    return Reply("done")

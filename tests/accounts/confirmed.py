"""A password shown a moment ago, a job run in this process: what the tests of data need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.jobs import claims, registry
from config.jobs.stages import LeaseLostError, Run
from config.lib.errors import DomainError
from tests.cast import PASSWORD

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client

    from config.jobs.models import Job


# Which of two apps above accounts was told that which organisation closes, in order.
CLOSED: list[tuple[str, UUID]] = []


def confirm_password(client: Client) -> None:
    """Answer the page that asks for the password again."""
    answer = client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302


def run_job(job: Job | None) -> str:
    """Claim the job and run one attempt at it in this process; return how it ended.

    ``config.jobs.attempts`` would begin with closing the connection, and the test's data with it.
    """
    assert job is not None, "no job was asked for"
    claimed = claims.one(claims.CLAIM, id=job.pk, owner="test", lease_s=60)
    job.refresh_from_db()
    run = Run(job, claimed[0] if claimed else job.attempt)
    try:
        registry.get(job.kind).load()(run)
    except LeaseLostError:
        return "lease_lost"
    except DomainError as refused:
        return refused.code
    return "done" if run.is_finished else "unfinished"


def upper_collect(*, user_id: int) -> dict[str, object]:
    """Stand for an app above accounts that knows something about a person."""
    return {"songs": [user_id]}


def low_close(*, organisation_id: UUID) -> None:
    """Stand for an app above accounts that holds something for organisations."""
    CLOSED.append(("low", organisation_id))


def high_close(*, organisation_id: UUID) -> None:
    """Stand for an app above that one."""
    CLOSED.append(("high", organisation_id))

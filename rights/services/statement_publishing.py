"""Publishing: from then on the payee sees the statement, and is told so by a mail without figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.services.audit import audit_record
from accounts.services.mail import mail_send
from config.jobs.services import enqueue
from rights.constants import BACK_OFFICE
from rights.exceptions import StatementRefusedError
from rights.models import RoyaltyRun, Statement

if TYPE_CHECKING:
    from accounts.models import User
    from config.jobs.models import Job

KIND = "rights.statements.publish"
MAIL = "statement"
READERS = (Membership.Role.OWNER, Membership.Role.ACCOUNTANT)
State = Statement.State


@transaction.atomic
def statement_publish(*, statement: Statement, actor: User | None) -> Statement:
    """Show a statement to its payee and write to those who look after the money; asked twice, once.

    Raises
    ------
    StatementRefusedError
        If a later revision stands in its place.
    """
    mine = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if mine.state == State.PUBLISHED:
        return mine
    if Statement.objects.filter(replaces=mine).exists():
        raise StatementRefusedError(
            "rights.statement.replaced",
            f"A later revision stands in the place of {mine}. Nothing was published. Publish that.",
        )
    mine.state, mine.published_at, mine.published_by = State.PUBLISHED, timezone.now(), actor
    mine.save(update_fields=["state", "published_at", "published_by"])
    audit_record(
        action="rights.statement.published",
        actor=actor,
        organisation=mine.party.organisation,
        target=mine,
        data={"number": str(mine)},
    )
    _write_to_readers(mine)
    return mine


@transaction.atomic
def statements_publish(*, run: RoyaltyRun, actor: User | None) -> Job:
    """Ask for everything of a run to be published.

    Raises
    ------
    StatementRefusedError
        If the statements are not issued yet.
    """
    require_issued(run)
    return enqueue(
        KIND,
        {"run": str(run.pk), "actor": actor.pk if actor else None},
        idem=f"{KIND}/{run.pk}/{timezone.now().isoformat()}",
        tenant=BACK_OFFICE,
        title=run.period,
    )


def require_issued(run: RoyaltyRun) -> None:
    """Refuse to publish a part of a run.

    Raises
    ------
    StatementRefusedError
        If the statements are not issued yet.
    """
    batch = getattr(RoyaltyRun.objects.get(pk=run.pk), "statement_batch", None)
    if batch is None or batch.issued_at is None:
        raise StatementRefusedError(
            "rights.statement.not_issued",
            f"The statements of {run.period} are not issued yet. Nothing was published. Issue them "
            "first.",
        )


@transaction.atomic
def run_published(*, run: RoyaltyRun) -> None:
    """Write down that a run is published, when no statement of it waits any more."""
    mine = RoyaltyRun.objects.select_for_update().get(pk=run.pk)
    waiting = mine.statements.filter(state=State.FINAL, replaced_by=None).exists()
    if mine.state == RoyaltyRun.State.LOCKED and not waiting:
        mine.state = RoyaltyRun.State.PUBLISHED
        mine.save(update_fields=["state"])


def statement_viewed(*, statement: Statement) -> None:
    """Keep when somebody of the payee first looked at a statement."""
    Statement.objects.filter(pk=statement.pk, state=State.PUBLISHED, first_viewed_at=None).update(
        first_viewed_at=Coalesce(F("first_viewed_at"), Now())
    )


def _write_to_readers(statement: Statement) -> None:
    organisation = statement.party.organisation
    if organisation is None or organisation.closed_at is not None:
        return
    members = Membership.objects.filter(
        organisation=organisation, role__in=READERS, user__is_active=True
    ).select_related("user")
    for member in members.order_by("pk"):
        mail_send(
            template="rights/statement_published",
            to=member.user.email,
            context={
                "organisation": organisation.name,
                "number": statement.number,
                "period": statement.period,
                "is_corrected": statement.revision > 1,
                "path": reverse("rights:statement", args=[statement.pk]),
            },
            organisation=organisation,
            kind=MAIL,
        )

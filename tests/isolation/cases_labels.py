"""The verdicts of what rights holders earn: statements, their lines, the book, payouts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.models import User
from rights.models import Payout, PayoutBatch, Statement
from rights.services.statement_publishing import statement_publish
from tests.isolation.case import Case, Viewer, listing, owned, public
from tests.rights.factories import NUMBERS, make_party
from tests.rights.statements.months import AUGUST, Earning, issue, locked

if TYPE_CHECKING:
    from tests.cast import Cast

MARK = 1_000_000


def alices_statement(cast: Cast) -> dict[str, Any]:
    """A published statement of a payee of Alice's organisation."""
    payee = make_party(f"Payee {next(NUMBERS)}", organisation=cast.studio)
    second = User.objects.create_user(email="second@tenfold.example", is_staff=True)
    made = issue(locked(AUGUST, [Earning(payee, 100 * MARK)], cast.sam, second))
    return {"statement_id": statement_publish(statement=made[0], actor=cast.sam).pk}


def line_of_alices_statement(cast: Cast) -> dict[str, Any]:
    """The first line of that statement."""
    statement = Statement.objects.get(party__organisation=cast.studio)
    return {"statement_id": statement.pk, "number": 1}


def alices_payout(cast: Cast) -> dict[str, Any]:
    """A payout to a payee of Alice's organisation that waits."""
    payee = make_party(f"Payee {next(NUMBERS)}", organisation=cast.studio)
    batch = PayoutBatch.objects.create(
        currency="NOK", total=5 * MARK, two_people_above=1000 * MARK, created_by=cast.sam
    )
    row = Payout.objects.create(
        batch=batch, party=payee, currency="NOK", amount=5 * MARK, amount_minor=500
    )
    return {"payout_id": row.pk}


def alices_payee(cast: Cast) -> dict[str, Any]:
    """A payee of Alice's organisation."""
    return {"party_id": make_party(f"Payee {next(NUMBERS)}", organisation=cast.studio).pk}


LABELS: list[Case] = [
    listing("rights:overview"),
    listing("rights:statement-list"),
    owned("rights:statement", alices_statement),
    # Who may read it may have it drawn; the drawing is kept for the next one.
    owned("rights:statement-pdf", alices_statement, viewer=Viewer.ACTS),
    owned("rights:statement-csv", alices_statement),
    owned("rights:statement-json", alices_statement),
    owned("rights:statement-lines", alices_statement),
    owned("rights:statement-line", line_of_alices_statement),
    owned(
        "rights:statement-dispute",
        line_of_alices_statement,
        data={"reason": "Taken"},
        viewer=Viewer.NOTHING,
    ),
    listing("rights:balance"),
    listing("rights:payout-list"),
    owned("rights:payout", alices_payout),
    owned(
        "rights:payee-onboarding-open",
        alices_payee,
        data={"country": "GB"},
        viewer=Viewer.NOTHING,
    ),
    owned("rights:payee-onboarding-go", alices_payee, viewer=Viewer.NOTHING),
    owned("rights:payee-onboarding-back", alices_payee, viewer=Viewer.NOTHING),
    public("rights:webhook-stripe", "the signature of the message is the permission"),
]

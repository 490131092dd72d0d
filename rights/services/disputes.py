"""Disputes of statement lines. Upheld, one is an adjustment in the open period, never an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from rights.domain.chart import account
from rights.domain.postings import Movement, payee_movements
from rights.exceptions import DisputeRefusedError
from rights.models import DisputeChange, Statement, StatementDispute, StatementLine
from rights.policies import can_decide_dispute
from rights.services.ledger import entry_post
from rights.services.ledger_accounts import payees_lock

if TYPE_CHECKING:
    from accounts.models import User
    from rights.models import Entry, Party

State = StatementDispute.State
PENDING = (State.OPEN, State.INVESTIGATING)


@transaction.atomic
def dispute_open(*, line: StatementLine, actor: User | None, reason: str) -> StatementDispute:
    """Say that a line of a published statement is wrong, and why.

    Raises
    ------
    DisputeRefusedError
        If nothing is said, the statement is not published or was replaced, or the line is disputed.
    """
    statement = Statement.objects.get(pk=line.statement_id)
    if not reason.strip():
        raise DisputeRefusedError(
            "rights.dispute.no_reason", _("Say what is wrong with the line. Nothing was opened.")
        )
    if statement.state != Statement.State.PUBLISHED or not statement.is_current:
        raise DisputeRefusedError(
            "rights.dispute.not_published",
            _("Only lines of a statement that is published and stands can be disputed. Nothing was opened."),
        )  # fmt: skip
    try:
        with transaction.atomic():
            dispute = StatementDispute.objects.create(
                line=line, reason=reason.strip(), opened_by=actor
            )
    except IntegrityError as error:
        raise DisputeRefusedError(
            "rights.dispute.open",
            _("This line is disputed already, and is being looked at. Nothing was opened."),
        ) from error
    _step(dispute, State.OPEN, actor, reason.strip(), "rights.dispute.opened")
    return dispute


@transaction.atomic
def dispute_investigate(
    *, dispute: StatementDispute, actor: User, words: str = ""
) -> StatementDispute:
    """Say that somebody looks into a dispute.

    Raises
    ------
    DisputeRefusedError
        If it is not open.
    """
    mine = _locked(dispute, State.OPEN)
    mine.state = State.INVESTIGATING
    mine.save(update_fields=["state"])
    _step(mine, State.INVESTIGATING, actor, words.strip(), "rights.dispute.investigated")
    return mine


@transaction.atomic
def dispute_decide(
    *,
    dispute: StatementDispute,
    actor: User,
    is_upheld: bool,
    amount: int | None = None,
    because: str,
    at_cost_of: Party | None = None,
) -> StatementDispute:
    """Uphold a dispute by an amount (micro-units of the statement's currency), or reject it.

    The amount is ours to bear, or taken from the payee who had too much (``at_cost_of``), and stands
    in the next statements as an adjustment that names the line.

    Raises
    ------
    DisputeRefusedError
        If it is decided, by somebody of the payee, without a reason, or upheld by nothing.
    """
    mine = _locked(dispute, *PENDING)
    if not can_decide_dispute(actor, mine):
        raise DisputeRefusedError(
            "rights.dispute.same_side",
            _("A dispute is decided by staff who belong to no side of it. Nothing was changed."),
        )
    if not because.strip():
        raise DisputeRefusedError(
            "rights.dispute.unexplained",
            _("Say why. Nothing was changed; the payee reads your words."),
        )
    if is_upheld:
        if amount is None or amount <= 0:
            raise DisputeRefusedError(
                "rights.dispute.no_amount",
                _("Say by how much the dispute is upheld. Nothing was changed, no money moved."),
            )
        if at_cost_of is not None and at_cost_of.pk == mine.line.statement.party_id:
            raise DisputeRefusedError(
                "rights.dispute.same_payee",
                _("The one who gets the amount cannot be the one who pays it. No money moved."),
            )
        mine.entry, mine.amount = _adjust(mine, amount, because.strip(), at_cost_of, actor), amount
    mine.state, mine.because = State.UPHELD if is_upheld else State.REJECTED, because.strip()
    mine.save(update_fields=["state", "amount", "entry", "because"])
    _step(mine, State(mine.state), actor, because.strip(), f"rights.dispute.{mine.state}")
    return mine


def _adjust(
    dispute: StatementDispute, amount: int, because: str, payer: Party | None, actor: User
) -> Entry:
    statement = dispute.line.statement
    currency, payee = statement.currency, str(statement.party_id)
    names = [payee, *([str(payer.pk)] if payer else [])]
    standings = payees_lock(names, currency=currency)
    movements = list(payee_movements(payee, currency, amount, standings[payee]))
    if payer is None:
        movements.append(Movement(account("platform_fee", currency), -amount))
    else:
        other = str(payer.pk)
        movements += payee_movements(other, currency, -amount, standings[other])
    return entry_post(
        idem=f"dispute:{dispute.pk}",
        kind="adjustment",
        effective_at=timezone.now(),
        movements=movements,
        memo=f"Dispute of {statement}, line {dispute.line.number}",
        facts={"dispute": str(dispute.pk), "statement": str(statement), "because": because},
        posted_by=actor,
    )


def _locked(dispute: StatementDispute, *states: str) -> StatementDispute:
    rows = StatementDispute.objects.select_for_update(of=("self",))
    mine = rows.select_related("line__statement__party").get(pk=dispute.pk)
    if mine.state not in states:
        words = _("The dispute is %(state)s. Nothing was changed.")
        raise DisputeRefusedError(
            "rights.dispute.state", words % {"state": mine.get_state_display().lower()}
        )
    return mine


def _step(
    dispute: StatementDispute, state: str, actor: User | None, words: str, action: str
) -> None:
    DisputeChange.objects.create(dispute=dispute, to_state=state, words=words, made_by=actor)
    statement = dispute.line.statement
    audit_record(
        action=action,
        actor=actor,
        organisation=statement.party.organisation,
        target=dispute,
        data={"number": str(statement), "line": dispute.line.number},
    )

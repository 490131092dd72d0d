"""Payouts as a rights holder reads them: where it is paid, from what on, what was sent, what for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.money import Money
from rights.domain.payout_course import ACTIVE, CANCELLED, IN_TRANSIT, PAID, REVERSED, SENT
from rights.models import PayeeAccount, PayeeHold, Payout, PayoutChange, Statement
from rights.selectors.available import Told, available_of, told_of
from rights.selectors.payees import contracts_of, payees_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from django.core.paginator import Page
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from accounts.models import Organisation
    from rights.models import Contract, Party

PER_PAGE = 50
# What a payee is told; our own steps before the money leaves are one to them.
STATES: Mapping[str, tuple[str, _StrPromise]] = {
    "pending": ("neutral", gettext_lazy("Waiting")),
    "approved": ("info", gettext_lazy("Being prepared")),
    "reserved": ("info", gettext_lazy("Being prepared")),
    "sending": ("info", gettext_lazy("Being sent")),
    "sent": ("info", gettext_lazy("On its way")),
    "paid": ("success", gettext_lazy("Paid")),
    "failed": ("warning", gettext_lazy("Refused, will be tried again")),
    "reversed": ("error", gettext_lazy("Taken back")),
}
REQUIREMENTS: Mapping[str, _StrPromise] = {
    "external_account": gettext_lazy("A bank account"),
    "identity": gettext_lazy("Who you are"),
    "representative": gettext_lazy("Who represents the company"),
    "owners": gettext_lazy("Who owns the company"),
    "tos_acceptance": gettext_lazy("Agreement to the terms of the payment service"),
}


@dataclass(frozen=True)
class PayeeCard:
    """Where one payee is paid, and what stands against it."""

    party: Party
    state: str
    kind: str
    words: str
    country: str
    missing: tuple[str, ...]
    holds: tuple[PayeeHold, ...]
    contract: Contract | None
    minimum: Money | None
    told: tuple[Told, ...]
    checked_at: datetime | None

    @property
    def is_ready(self) -> bool:
        """Say whether the provider takes money for the payee."""
        return self.state == ACTIVE

    @property
    def is_begun(self) -> bool:
        """Say whether there is an account at the provider."""
        return self.state not in ("", PayeeAccount.State.NEW, PayeeAccount.State.CLOSED)


@dataclass(frozen=True)
class PayoutRow:
    """A payout in the list."""

    id: UUID
    payee: str
    amount: Money
    came_back: Money | None
    kind: str
    words: str
    hold: str
    created_at: datetime
    sent_at: datetime | None
    paid_at: datetime | None


@dataclass(frozen=True)
class PayoutsPage:
    """Everything the list shows."""

    cards: tuple[PayeeCard, ...]
    rows: tuple[PayoutRow, ...]
    page: Page[Any]
    as_of: datetime


@dataclass(frozen=True)
class CourseStep:
    """One step that is told to the payee."""

    words: str
    at: datetime


@dataclass(frozen=True)
class PaidStatement:
    """A statement that a payout pays."""

    id: UUID
    number: str
    period: str
    closing: Money


@dataclass(frozen=True)
class Advice:
    """Remittance advice: what was sent where, when, and the statements that it pays."""

    row: PayoutRow
    payout: Payout
    steps: tuple[CourseStep, ...]
    statements: tuple[PaidStatement, ...]
    reference: str
    as_of: datetime


def payouts_of(organisation: Organisation) -> QuerySet[Payout]:
    """Return what was or is to be paid to the organisation's payees, the newest first."""
    rows = Payout.objects.filter(party__organisation=organisation).exclude(state=CANCELLED)
    return rows.select_related("party").order_by("-created_at", "pk")


def payouts_page(*, organisation: Organisation, number: int = 1) -> PayoutsPage:
    """Return where the payees are paid and a page of what was sent, in nine queries for any size."""
    payees = tuple(payees_of(organisation))
    page = Paginator(payouts_of(organisation), PER_PAGE).get_page(number)
    return PayoutsPage(
        cards=_cards(payees),
        rows=tuple(payout_row(one) for one in page.object_list),
        page=page,
        as_of=timezone.now(),
    )


def payout_row(payout: Payout) -> PayoutRow:
    """Return a payout as a list shows it."""
    kind, words = STATES.get(payout.state, ("neutral", payout.get_state_display()))
    return PayoutRow(
        id=payout.pk,
        payee=payout.party.name,
        amount=Money(payout.amount, payout.currency),
        came_back=Money(payout.reversed, payout.currency) if payout.reversed else None,
        kind=kind,
        words=str(words),
        hold=str(payout.get_hold_display()) if payout.hold else "",
        created_at=payout.created_at,
        sent_at=payout.sent_at,
        paid_at=payout.paid_at,
    )


def payout_advice(*, payout: Payout) -> Advice:
    """Return what a payee keeps of a payout, in three queries."""
    changes = PayoutChange.objects.filter(payout=payout).order_by("pk")
    return Advice(
        row=payout_row(payout),
        payout=payout,
        steps=_course(list(changes)),
        statements=_statements(payout),
        reference=payout.transfer_id,
        as_of=timezone.now(),
    )


def _cards(payees: Sequence[Party]) -> tuple[PayeeCard, ...]:
    accounts = {one.party_id: one for one in PayeeAccount.objects.filter(party__in=payees)}
    contracts = contracts_of(payees)
    holds: dict[UUID, list[PayeeHold]] = {}
    for hold in PayeeHold.objects.filter(party__in=payees, lifted_at=None).order_by("placed_at"):
        holds.setdefault(hold.party_id, []).append(hold)
    told: dict[UUID, list[Told]] = {}
    for (payee, currency), standing in sorted(available_of([one.pk for one in payees]).items()):
        told.setdefault(payee, []).extend(filter(None, [told_of([standing], currency)]))
    return tuple(
        replace(
            _card(party, accounts.get(party.pk), contracts.get(party.pk), holds.get(party.pk, ())),
            told=tuple(told.get(party.pk, ())),
        )
        for party in payees
    )


def _card(
    party: Party,
    account: PayeeAccount | None,
    contract: Contract | None,
    holds: Sequence[PayeeHold],
) -> PayeeCard:
    state = account.state if account else ""
    kinds = {ACTIVE: "success", "restricted": "error", "closed": "error"}
    return PayeeCard(
        party=party,
        state=state,
        kind=kinds.get(state, "warning"),
        words=str(account.get_state_display()) if account else _("Not begun"),
        country=account.country if account else "",
        missing=_missing(account.requirements if account else ()),
        holds=tuple(holds),
        contract=contract,
        minimum=_minimum(contract, timezone.now().date()),
        told=(),
        checked_at=account.checked_at if account else None,
    )


def _missing(requirements: Sequence[str]) -> tuple[str, ...]:
    """Return what the provider still asks for, in words; what has none is said once for all."""
    heads = dict.fromkeys(str(one).partition(".")[0] for one in requirements)
    known = [str(REQUIREMENTS[head]) for head in heads if head in REQUIREMENTS]
    if len(known) < len(heads):
        known.append(_("More details, which the payment service names"))
    return tuple(known)


def _minimum(contract: Contract | None, day: date) -> Money | None:
    if contract is None:
        return None
    for terms in contract.terms.all():
        if terms.active_from <= day and (terms.active_to is None or day < terms.active_to):
            return Money(terms.payout_min, contract.currency) if terms.payout_min else None
    return None


def _course(changes: Sequence[PayoutChange]) -> tuple[CourseStep, ...]:
    """Return the steps that a payee can see from outside: several of ours may be one of theirs."""
    steps: list[CourseStep] = []
    for change in changes:
        words = str(STATES.get(change.state_to, ("", change.state_to))[1])
        if not steps or steps[-1].words != words:
            steps.append(CourseStep(words, change.made_at))
    return tuple(steps)


def _statements(payout: Payout) -> tuple[PaidStatement, ...]:
    """Return the published statements that stood between the payout before and this one."""
    before = (
        Payout.objects.filter(
            party=payout.party_id,
            currency=payout.currency,
            created_at__lt=payout.created_at,
            state__in=[*IN_TRANSIT, SENT, PAID, REVERSED],
        )
        .order_by("-created_at")
        .first()
    )
    rows = Statement.objects.filter(
        party=payout.party_id,
        currency=payout.currency,
        state=Statement.State.PUBLISHED,
        replaced_by=None,
        issued_at__lt=payout.created_at,
    )
    if before is not None:
        rows = rows.filter(issued_at__gte=before.created_at)
    return tuple(
        PaidStatement(one.pk, str(one), one.period, Money(one.closing, one.currency))
        for one in rows.defer("body").order_by("-ends_at", "number")
    )

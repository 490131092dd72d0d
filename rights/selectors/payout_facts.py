"""What decides about payouts: balances, minimums, accounts and holds of payees, as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, Sum

from config.lib.money import MICROS
from rights.domain.payout_course import IN_TRANSIT, PayeeFacts
from rights.models import ContractTerms, Leg, PayeeAccount, PayeeHold, Payout
from rights.selectors.payees import BALANCE
from rights.selectors.unstated import earnings_unstated

if TYPE_CHECKING:
    from datetime import date


def balances_payable(currency: str) -> Mapping[UUID, int]:
    """Return what may be paid, in micro-units, by payee: balances above zero, as far as stated.

    What is owed to us is taken off, and so is what no published statement has settled yet.
    """
    sums = (
        Leg.objects.filter(currency=currency, account__role__in=BALANCE)
        .order_by()
        .values("account__subject")
        .annotate(total=Sum("amount"))
        .filter(total__gt=0)
    )
    found = {row["account__subject"]: int(row["total"]) for row in sums}
    booked = {UUID(subject): total for subject, total in found.items() if _is_uuid(subject)}
    unstated = earnings_unstated(booked, currency)
    stated = {payee: total - unstated.get(payee, 0) for payee, total in booked.items()}
    return {payee: total for payee, total in stated.items() if total > 0}


def payee_facts(
    balances: Mapping[UUID, int], *, currency: str, on: date
) -> Mapping[UUID, PayeeFacts]:
    """Return for each payee what decides, given what stands in their books."""
    minimums = _minimums(balances, currency=currency, on=on)
    states = dict(PayeeAccount.objects.filter(party__in=balances).values_list("party", "state"))
    placed = holds_placed(balances)
    default = settings.PAYOUT_MINIMUM * MICROS
    return {
        party: PayeeFacts(
            balance=balance,
            minimum=minimums.get(party, default),
            account_state=states.get(party, ""),
            placed=placed.get(party, ()),
        )
        for party, balance in balances.items()
    }


def holds_placed(parties: Collection[Any]) -> Mapping[UUID, tuple[str, ...]]:
    """Return the reasons that people or banks have put against paying these payees."""
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = PayeeHold.objects.filter(party__in=list(parties), lifted_at=None)
    for party, reason in rows.order_by("id").values_list("party", "reason"):
        found[party].append(reason)
    return {party: tuple(reasons) for party, reasons in found.items()}


def in_transit_of_payouts() -> Mapping[str, int]:
    """Return by currency what payouts say is reserved or on its way, to compare with the ledger."""
    rows = Payout.objects.filter(state__in=IN_TRANSIT).order_by().values("currency")
    return {row["currency"]: int(row["total"]) for row in rows.annotate(total=Sum("amount"))}


def _minimums(parties: Collection[UUID], *, currency: str, on: date) -> Mapping[UUID, int]:
    """Return the lowest payout that a contract in this currency names for the day."""
    terms = ContractTerms.objects.filter(
        Q(active_to=None) | Q(active_to__gt=on),
        contract__party__in=list(parties),
        contract__currency=currency,
        active_from__lte=on,
    )
    return dict(terms.order_by("active_from").values_list("contract__party", "payout_min"))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

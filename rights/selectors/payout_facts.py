"""What decides about payouts: balances, minimums, accounts and holds of payees, as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q, Sum

from config.lib.money import MICROS
from rights.domain.payout_course import IN_TRANSIT, PayeeFacts
from rights.models import ContractTerms, PayeeAccount, PayeeHold, Payout
from rights.selectors.available import available_of

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from rights.selectors.available import Available


def payees_payable(currency: str) -> Mapping[UUID, Available]:
    """Return who may be paid something in a currency, or could if nothing of it were disputed."""
    found = available_of(currency=currency)
    return {
        payee: standing for (payee, _), standing in found.items() if standing.amount + standing.disputed > 0
    }  # fmt: skip


def payee_facts(
    standings: Mapping[UUID, Available], *, currency: str, on: date
) -> Mapping[UUID, PayeeFacts]:
    """Return for each payee what decides, given what stands in their books."""
    minimums = _minimums(standings, currency=currency, on=on)
    states = dict(PayeeAccount.objects.filter(party__in=standings).values_list("party", "state"))
    placed = holds_placed(standings)
    default = settings.PAYOUT_MINIMUM * MICROS
    return {
        party: PayeeFacts(
            balance=standing.amount,
            disputed=standing.disputed,
            minimum=minimums.get(party, default),
            account_state=states.get(party, ""),
            placed=placed.get(party, ()),
        )
        for party, standing in standings.items()
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

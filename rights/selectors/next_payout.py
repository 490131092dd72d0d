"""What is paid next and what stands against it, by the rule that the payouts themselves follow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.utils import timezone

from config.lib.money import MICRO_PLACES, Money, minor_places
from rights.domain.payout_course import (
    IN_TRANSIT,
    UNFINISHED,
    PayeeFacts,
    holds_of,
    payable_part,
)
from rights.models import Leg, PayeeAccount, PayeeHold, Payout
from rights.models.payout import HOLD_WORDS
from rights.selectors.payees import BALANCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from django.utils.functional import _StrPromise

    from rights.models import Contract, Party


@dataclass(frozen=True)
class NextPayout:
    """``amount`` would be sent now; with ``held`` (in words) it is not. ``sending`` is on its way."""

    amount: Money
    held: tuple[_StrPromise, ...]
    sending: Money
    minimum: Money | None


def next_payouts(
    payees: Sequence[Party],
    contracts: Mapping[UUID, Contract],
    currency: str,
    *,
    on: date | None = None,
) -> NextPayout:
    """Return what the payees together get next in a currency, and why not all of it; four queries."""
    day = on or timezone.now().date()
    balances = _balances(payees, currency)
    states = dict(PayeeAccount.objects.filter(party__in=payees).values_list("party", "state"))
    placed: dict[UUID, list[str]] = defaultdict(list)
    open_holds = PayeeHold.objects.filter(party__in=payees, lifted_at=None)
    for party, reason in open_holds.values_list("party", "reason"):
        placed[party].append(reason)
    unfinished = Payout.objects.filter(
        party__in=payees, currency=currency, state__in={*UNFINISHED, *IN_TRANSIT}
    )
    sending = sum(unfinished.filter(state__in=IN_TRANSIT).values_list("amount", flat=True))
    amount, minimum = 0, 0
    held: dict[str, None] = {}
    for payee in payees:
        least = _minimum(contracts.get(payee.pk), currency, day)
        part = payable_part(balances[payee.pk], step=10 ** (MICRO_PLACES - minor_places(currency)))
        facts = PayeeFacts(balances[payee.pk], least, states.get(payee.pk, ""), placed[payee.pk])
        reasons = holds_of(facts, amount=part)
        amount, minimum = amount + part, max(minimum, least)
        held |= dict.fromkeys(reasons)
    return NextPayout(
        amount=Money(amount, currency),
        held=tuple(HOLD_WORDS[reason] for reason in held),
        sending=Money(sending, currency),
        minimum=Money(minimum, currency) if minimum else None,
    )


def _balances(payees: Sequence[Party], currency: str) -> dict[UUID, int]:
    subjects = [str(payee.pk) for payee in payees]
    rows = Leg.objects.filter(
        account__role__in=BALANCE, account__subject__in=subjects, account__currency=currency
    )
    sums = dict(
        rows.values_list("account__subject").annotate(Sum("amount")).order_by("account__subject")
    )
    return {payee.pk: sums.get(str(payee.pk), 0) for payee in payees}


def _minimum(contract: Contract | None, currency: str, day: date) -> int:
    if contract is None or contract.currency != currency:
        return 0
    return next(
        (
            terms.payout_min
            for terms in contract.terms.all()
            if terms.active_from <= day and (terms.active_to is None or day < terms.active_to)
        ),
        0,
    )

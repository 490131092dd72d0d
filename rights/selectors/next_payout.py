"""What is paid next and what stands against it, by the rule that the payouts themselves follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.utils import timezone

from config.lib.money import MICRO_PLACES, Money, minor_places
from rights.domain.payout_course import IN_TRANSIT, holds_of, payable_part
from rights.models import Payout
from rights.models.payout import HOLD_WORDS
from rights.selectors.available import NOTHING, available_of
from rights.selectors.payout_facts import payee_facts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.utils.functional import _StrPromise

    from rights.models import Party


@dataclass(frozen=True)
class NextPayout:
    """``amount`` would be sent now; with ``held`` (in words) it is not. ``sending`` is on its way.

    ``minimum`` is the lowest payout, where that is what stands against it.
    """

    amount: Money
    held: tuple[_StrPromise, ...]
    sending: Money
    minimum: Money | None


def next_payout(
    payees: Sequence[Party],
    currency: str,
    *,
    on: date | None = None,
) -> NextPayout:
    """Return what the payees together get next in a currency, and why not all of it; six queries.

    What is pending is not paid (``rights.selectors.available``).
    """
    known = available_of([payee.pk for payee in payees], currency=currency)
    standings = {payee.pk: known.get((payee.pk, currency), NOTHING) for payee in payees}
    facts = payee_facts(standings, currency=currency, on=on or timezone.now().date())
    step = 10 ** (MICRO_PLACES - minor_places(currency))
    amount, held, minimum = 0, dict[str, int](), 0
    for payee in payees:
        part = payable_part(standings[payee.pk].amount, step=step)
        reasons = holds_of(facts[payee.pk], amount=part)
        if reasons:
            held |= dict.fromkeys(reasons, 0)
            minimum = facts[payee.pk].minimum if "below_threshold" in reasons else minimum
        else:
            amount += part
    sending = Payout.objects.filter(party__in=payees, currency=currency, state__in=IN_TRANSIT)
    return NextPayout(
        amount=Money(amount, currency),
        held=tuple(HOLD_WORDS[reason] for reason in held) if not amount else (),
        sending=Money(sending.aggregate(total=Sum("amount"))["total"] or 0, currency),
        minimum=Money(minimum, currency) if minimum else None,
    )

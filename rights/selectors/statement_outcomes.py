"""What became of the amount of a statement: paid, on its way, or counted on in the statement after it.

Each statement says what is to be paid in all, what earlier ones left included. So the amounts of two
statements are never added up, and only the newest one of a payee still waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from config.lib.money import Money, money_format
from rights.models import Payout, Statement
from rights.selectors.money_words import month_words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

State = Payout.State
UNDER_WAY = (State.RESERVED, State.SENDING, State.SENT)
Chain = tuple["UUID", str]


def outcomes_of(rows: Iterable[Statement]) -> Mapping[UUID, str]:
    """Return in words what became of the amounts of published statements, in two queries for any number.

    A statement that was replaced, or whose amount still waits, is not in it.
    """
    asked = [row for row in rows if row.payable > 0 and row.is_current and row.published_at]
    if not asked:
        return {}
    later, payouts = _later(asked), _payouts(asked)
    return {row.pk: words for row in asked if (words := _outcome(row, later, payouts))}


def _outcome(
    row: Statement,
    later: Mapping[Chain, Sequence[tuple[int, str, datetime]]],
    payouts: Mapping[Chain, Sequence[Payout]],
) -> str:
    chain = (row.party_id, row.currency)
    following = next((one for one in later[chain] if one[0] > row.sequence), None)
    until = following[2] if following else None
    sent = [
        one
        for one in payouts[chain]
        if row.published_at is not None
        and one.created_at >= row.published_at
        and (until is None or one.created_at < until)
    ]
    if sent:
        return _sent(row, sent)
    if following is not None:
        return _("Counted in %(month)s") % {"month": month_words(following[1])}
    return ""


def _sent(row: Statement, payouts: Sequence[Payout]) -> str:
    """Say that it was paid; the amount is named where another was, for what is disputed stays."""
    micros, last = sum(one.amount for one in payouts), payouts[-1]
    amount = money_format(Money(micros, row.currency), is_exact=True)
    is_whole = micros == row.payable
    if last.paid_at is None:
        return _("On its way") if is_whole else _("%(amount)s on its way") % {"amount": amount}
    values = {"amount": amount, "day": date_format(last.paid_at, "DATE_FORMAT")}
    return (_("Paid on %(day)s") if is_whole else _("%(amount)s paid on %(day)s")) % values


def _later(rows: Sequence[Statement]) -> Mapping[Chain, Sequence[tuple[int, str, datetime]]]:
    """Return the published statements that stand, in their order, with when they were published."""
    found: dict[Chain, list[tuple[int, str, datetime]]] = defaultdict(list)
    known = Statement.objects.filter(
        party__in={row.party_id for row in rows}, state=Statement.State.PUBLISHED, replaced_by=None
    )
    columns = ("party", "currency", "sequence", "period", "published_at")
    for party, currency, sequence, period, at in known.order_by("sequence").values_list(*columns):
        if at is not None:
            found[party, currency].append((sequence, period, at))
    return found


def _payouts(rows: Sequence[Statement]) -> Mapping[Chain, Sequence[Payout]]:
    """Return the payouts that took money off the balance, the first first."""
    found: dict[Chain, list[Payout]] = defaultdict(list)
    known = Payout.objects.filter(
        party__in={row.party_id for row in rows}, state__in=[*UNDER_WAY, State.PAID]
    )
    columns = ("party", "currency", "amount", "created_at", "paid_at")
    for payout in known.order_by("created_at", "pk").only(*columns):
        found[payout.party_id, payout.currency].append(payout)
    return found

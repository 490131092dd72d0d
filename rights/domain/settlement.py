"""One period of one contract in one currency: from what was earned to what is paid.

The waterfall of a statement, as a pure function. Each step is a line with a label and a signed
amount, seen from the payee; the lines sum exactly to the closing balance. Order and rules:

1. opening balance: what was carried forward, negative when returns were larger than sales;
2. earned; what is above the contract's cap is taken off again;
3. our fee, a part of what was earned. It mirrors: returns give the fee back;
4. reserve taken, of what is left if that is positive; reserves that are due, given back;
5. advance: of what is left, if positive, up to what is not yet recouped;
6. withholding tax, on what this period adds to a balance that is not negative;
7. adjustments, each with the name of what it corrects. They are taxed where they arose.

Then the payout: whole coins of the closing balance, if it reaches the minimum and nothing holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from config.lib.money import Money, minor_floor, whole
from rights.domain.allocation import part
from rights.domain.terms import Terms


class Label(StrEnum):
    """What a line of a statement is."""

    OPENING = "opening"
    EARNED = "earned"
    OVER_CAP = "over_cap"
    FEE = "fee"
    RESERVE_TAKEN = "reserve_taken"
    RESERVE_RELEASED = "reserve_released"
    RECOUPED = "recouped"
    WITHHELD = "withheld"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True)
class Line:
    """One step. ``about`` names the period of a reserve, or what an adjustment corrects."""

    label: Label
    amount: int
    about: str = ""


@dataclass(frozen=True)
class Reserve:
    """Money kept back in the period numbered ``taken`` and given back in the one ``due``."""

    taken: int
    due: int
    amount: int


@dataclass(frozen=True)
class Position:
    """How a contract stands before a period; all amounts are micro-units of one currency.

    ``advance`` is what is not yet recouped, ``earned_before`` what all earlier periods earned (for
    the cap).
    """

    opening: int = 0
    advance: int = 0
    earned_before: int = 0
    reserves: tuple[Reserve, ...] = ()


@dataclass(frozen=True)
class Settlement:
    """The lines of a period, what is paid, and how the contract stands after it."""

    lines: tuple[Line, ...]
    closing: int
    payout: int
    payout_coins: int
    carried: int
    carried_because: str
    after: Position

    def amount(self, label: Label) -> int:
        """Return the sum of the lines with this label."""
        return sum(line.amount for line in self.lines if line.label is label)


NO_BALANCE, BELOW_MINIMUM, NEGATIVE = "no_balance", "below_minimum", "negative_balance"
LESS_THAN_A_COIN = "less_than_a_coin"


def settle(
    *,
    currency: str,
    period: int,
    earned: int,
    terms: Terms,
    before: Position,
    adjustments: Sequence[Line] = (),
    hold: str = "",
) -> Settlement:
    """Settle the period numbered ``period`` (periods are counted without gaps).

    ``hold`` is a reason for which nothing is paid out this time (a dispute, a missing tax form).

    Raises
    ------
    ValueError
        If an advance is negative, a reserve is negative or not from an earlier period, or an
        adjustment carries another label.
    """
    _check(before, period, adjustments)
    over = _over_cap(whole(earned), before.earned_before, terms)
    counted = earned - over
    fee = part(counted, terms.fee_ppm)
    if terms.fee_max is not None:
        fee = max(-terms.fee_max, min(fee, terms.fee_max))
    net = counted - fee
    taken = part(max(net, 0), terms.reserve_ppm)
    released = [each for each in before.reserves if each.due <= period]
    net += sum(each.amount for each in released) - taken
    recouped = min(before.advance, part(max(net, 0), terms.recoupment_ppm))
    net -= recouped
    withheld = part(max(0, min(net, before.opening + net)), terms.withholding_ppm)
    lines = [
        Line(Label.OPENING, before.opening),
        Line(Label.EARNED, earned),
        Line(Label.OVER_CAP, -over),
        Line(Label.FEE, -fee),
        Line(Label.RESERVE_TAKEN, -taken, str(period)),
        *(Line(Label.RESERVE_RELEASED, each.amount, str(each.taken)) for each in released),
        Line(Label.RECOUPED, -recouped),
        Line(Label.WITHHELD, -withheld),
        *adjustments,
    ]
    kept = [each for each in before.reserves if each.due > period]
    if taken:
        kept.append(Reserve(period, period + terms.reserve_periods, taken))
    closing = sum(line.amount for line in lines)
    payout, coins, because = _payout(Money(closing, currency), terms, hold)
    after = Position(
        opening=closing - payout,
        advance=before.advance - recouped,
        earned_before=before.earned_before + earned,
        reserves=tuple(kept),
    )
    shown = tuple(line for line in lines if line.amount or line.label in _ALWAYS)
    return Settlement(shown, closing, payout, coins, closing - payout, because, after)


_ALWAYS = frozenset({Label.OPENING, Label.EARNED})


def _check(before: Position, period: int, adjustments: Sequence[Line]) -> None:
    if before.advance < 0:
        msg = f"an advance is not negative: {before.advance}"
        raise ValueError(msg)
    for reserve in before.reserves:
        if reserve.amount <= 0 or not reserve.taken < period or not reserve.taken < reserve.due:
            msg = f"{reserve} cannot stand before period {period}"
            raise ValueError(msg)
    for line in adjustments:
        whole(line.amount)
        if line.label is not Label.ADJUSTMENT or not line.about:
            msg = f"an adjustment names what it corrects: {line}"
            raise ValueError(msg)


def _over_cap(earned: int, earned_before: int, terms: Terms) -> int:
    """Return how much of ``earned`` is above the cap; negative when a return gives room again.

    Both totals are cut at the cap, so any order of periods comes to the same in the end.
    """
    if terms.earnings_cap is None:
        return 0
    counted = min(earned_before + earned, terms.earnings_cap)
    return earned - (counted - min(earned_before, terms.earnings_cap))


def _payout(closing: Money, terms: Terms, hold: str) -> tuple[int, int, str]:
    """Return what is paid in micro-units and in coins, and why the rest is carried forward."""
    coins, rest = minor_floor(closing)
    because = ""
    if closing.micros <= 0:
        because = NEGATIVE if closing.micros else NO_BALANCE
    elif hold:
        because = hold
    elif closing.micros < terms.payout_min:
        because = BELOW_MINIMUM
    elif not coins:
        because = LESS_THAN_A_COIN
    if because:
        return 0, 0, because
    return closing.micros - rest.micros, coins, LESS_THAN_A_COIN if rest else ""

"""What a contract says about money, dated; and the one that counts on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.lib.money import whole
from rights.domain.allocation import PPM

if TYPE_CHECKING:
    from datetime import date


class TermsError(ValueError):
    """The terms make no sense, or leave a day open or doubly said."""


@dataclass(frozen=True)
class Terms:
    """Terms from a day up to but not including another. Rates in ppm, amounts in micro-units.

    Raises
    ------
    TermsError
        If a rate is not from 0 to 1,000,000 ppm, an amount is negative, or the end comes first.
    """

    active_from: date
    active_to: date | None = None
    # Ours, for administration, of what was earned; not more in one period than ``fee_max``.
    fee_ppm: int = 0
    fee_max: int | None = None
    # The most that the contract ever earns, over all periods.
    earnings_cap: int | None = None
    # Kept back against returns, and given back that many periods later.
    reserve_ppm: int = 0
    reserve_periods: int = 0
    # How much of what is left goes against an advance until it is recouped.
    recoupment_ppm: int = PPM
    # Tax that we withhold and pay for the payee.
    withholding_ppm: int = 0
    # Below this nothing is paid out and the balance is carried forward.
    payout_min: int = 0

    def __post_init__(self) -> None:
        """Refuse terms that cannot be meant."""
        rates = {
            "fee": self.fee_ppm,
            "reserve": self.reserve_ppm,
            "recoupment": self.recoupment_ppm,
            "withholding tax": self.withholding_ppm,
        }
        for name, ppm in rates.items():
            if not 0 <= whole(ppm) <= PPM:
                msg = f"the rate of the {name} is from 0 to {PPM} ppm, not {ppm}"
                raise TermsError(msg)
        amounts = {
            "highest fee": self.fee_max,
            "cap": self.earnings_cap,
            "lowest payout": self.payout_min,
            "time of the reserve": self.reserve_periods,
        }
        for name, amount in amounts.items():
            if amount is not None and whole(amount) < 0:
                msg = f"the {name} is not negative: {amount}"
                raise TermsError(msg)
        if self.active_to is not None and self.active_to <= self.active_from:
            msg = f"the terms end ({self.active_to}) before they begin ({self.active_from})"
            raise TermsError(msg)
        if self.reserve_ppm and not self.reserve_periods:
            msg = "a reserve is given back after at least one period"
            raise TermsError(msg)


def terms_on(terms: Iterable[Terms], day: date) -> Terms:
    """Return the terms that count on ``day``.

    Raises
    ------
    TermsError
        If there are none, or more than one.
    """
    fitting = [
        each
        for each in terms
        if each.active_from <= day and (each.active_to is None or day < each.active_to)
    ]
    if len(fitting) != 1:
        msg = f"{'no' if not fitting else len(fitting)} terms count on {day}; exactly one must"
        raise TermsError(msg)
    return fitting[0]

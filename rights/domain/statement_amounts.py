"""Lines in the currency of the statement: each converted, and together exactly what was converted.

An amount is converted once, as a whole, by ``rights.domain.exchange``. Its lines are then the exact
parts, cut down to whole micro-units, and the micro-units that are left go to the largest remainders:
the rule that divides pools, here for amounts of both signs. No line is off by a micro-unit or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from config.lib.money import divide_half_even, whole

if TYPE_CHECKING:
    from rights.domain.exchange import Rate


def amounts_convert(amounts: Sequence[int], rate: Rate | None) -> tuple[int, ...]:
    """Return each amount in the other currency; they sum to the sum, converted once, half to even.

    Without a rate the amounts stay as they are. Equal remainders go by the order of the amounts.
    """
    if rate is None:
        return tuple(whole(amount) for amount in amounts)
    total = divide_half_even(sum(amounts) * rate.numerator, rate.denominator)
    cut = [divmod(whole(amount) * rate.numerator, rate.denominator) for amount in amounts]
    left = total - sum(quotient for quotient, _rest in cut)
    by_rest = sorted(range(len(cut)), key=lambda index: (-cut[index][1], index))
    lifted = frozenset(by_rest[:left])
    return tuple(quotient + (index in lifted) for index, (quotient, _rest) in enumerate(cut))

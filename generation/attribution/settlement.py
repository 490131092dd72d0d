"""Shares as whole parts per million that sum to 1,000,000 exactly, by largest remainder.

The division itself is the one that money is divided by (``rights.domain.allocation``): one rule,
one order of ties. Shares are first rounded to 1e-12, so that the last bit of a floating-point sum
never decides who gets a part.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from generation.attribution.errors import WeightsInvalidError
from rights.domain.allocation import PPM, allocate

GRAIN = 10**12


def settle(shares: Mapping[str, float], total: int = PPM) -> dict[str, int]:
    """Return ``shares`` as whole numbers that sum to ``total``, in order of their keys.

    Raises
    ------
    WeightsInvalidError
        If a share is negative or no number, or all of them round to nothing.
    """
    if not all(map(isfinite, shares.values())):
        raise WeightsInvalidError(f"{dict(shares)}")
    weights = {key: round(shares[key] * GRAIN) for key in sorted(shares)}
    if not any(weights.values()) or min(weights.values()) < 0:
        raise WeightsInvalidError(f"{dict(shares)}")
    return dict(allocate(total, weights).amounts)

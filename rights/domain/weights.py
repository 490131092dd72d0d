"""The weights of a set's songs: whole parts per million that always add up to one million."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rights.domain.allocation import allocate

if TYPE_CHECKING:
    from collections.abc import Sequence

PPM = 1_000_000
LEVEL_FROM = 10_000
"""From here on two weights one part apart differ only because a million was not divisible."""


def weights_equal(songs: int) -> list[int]:
    """Return equal weights; what cannot be divided goes to the first songs."""
    return weights_scaled([1] * songs)


def weights_scaled(wanted: Sequence[int]) -> list[int]:
    """Return ``wanted`` brought to a sum of one million by the largest remainder.

    All zeros mean no wish, so the songs weigh the same. Weights that differ by one part only
    because a million could not be divided evenly count as equal, so that adding and removing songs
    never makes one of them heavier bit by bit.

    Raises
    ------
    ValueError
        If one is negative.
    """
    if not wanted:
        return []
    is_level = max(wanted) - min(wanted) <= 1 and min(wanted) >= LEVEL_FROM
    numbered = dict(enumerate([1] * len(wanted) if is_level or not any(wanted) else wanted))
    amounts = allocate(PPM, numbered).amounts
    return [amounts[index] for index in range(len(wanted))]


def weight_of_newcomer(weights: Sequence[int]) -> int:
    """Return what a song that joins weighs before all are scaled: as much as the others on average."""
    return sum(weights) // len(weights) if weights else PPM

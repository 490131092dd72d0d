"""Dividing a pool of micro-units by weights: largest remainder (Hamilton's method).

Each key gets the whole part of its exact share; the few micro-units that remain, fewer than there
are keys, go one each to the largest remainders, ties in the order of the keys. So the parts sum to
the pool, each is less than one micro-unit from exact, and the same question has one answer,
whatever the order it is asked in. Worked tables: docs/algorithms/allocation.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from config.lib.money import whole

PPM = 1_000_000  # a whole, in parts per million


class Key(Hashable, Protocol):
    """What parts are named by: strings, whole numbers, or tuples of them, all of one kind."""

    def __lt__(self, other: Any, /) -> bool: ...


# Strings order by code point, as COLLATE "C" does in PostgreSQL and text does in DuckDB.
K = TypeVar("K", bound=Key)


@dataclass(frozen=True)
class Allocation(Generic[K]):
    """Who gets how much, and what nobody could be given. Together they are the pool."""

    amounts: Mapping[K, int]
    suspense: int = 0

    @property
    def total(self) -> int:
        """Return the pool that was divided."""
        return sum(self.amounts.values()) + self.suspense


def allocate(pool: int, weights: Mapping[K, int]) -> Allocation[K]:
    """Divide ``pool`` micro-units by ``weights``, which are whole and not negative.

    A negative pool is the mirror of the positive one, so that a return takes back exactly what the
    sale gave. When all weights are zero, or there are none, nothing is divided: the whole pool is
    ``suspense``. One pool is divided once; parts of parts would round twice.

    Raises
    ------
    TypeError
        If the pool or a weight is not an int.
    ValueError
        If a weight is negative.
    """
    total = 0
    for key, weight in weights.items():
        if whole(weight) < 0:
            msg = f"the weight of {key!r} is negative: {weight}"
            raise ValueError(msg)
        total += weight
    if not total:
        return Allocation(dict.fromkeys(weights, 0), suspense=whole(pool))
    sign, size = (-1, -pool) if whole(pool) < 0 else (1, pool)
    amounts: dict[K, int] = {}
    remainders: list[tuple[int, K]] = []
    left = size
    for key, weight in weights.items():
        quotient, remainder = divmod(size * weight, total)
        amounts[key] = sign * quotient
        left -= quotient
        if remainder:
            remainders.append((-remainder, key))
    remainders.sort()
    for _, key in remainders[:left]:
        amounts[key] += sign
    return Allocation(amounts)


def part(amount: int, ppm: int) -> int:
    """Return the ``ppm`` parts per million of ``amount``, so that part and rest are the amount.

    Rounded by the same rule as every division here: half a micro-unit goes to the part, not to the
    rest, and a negative amount mirrors the positive one.

    Raises
    ------
    ValueError
        If ``ppm`` is not from 0 to 1,000,000.
    """
    if not 0 <= whole(ppm) <= PPM:
        msg = f"{ppm} is not a part of a million"
        raise ValueError(msg)
    return allocate(amount, {0: ppm, 1: PPM - ppm}).amounts[0]

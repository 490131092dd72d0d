"""Casting for an edit: some slots are open, the rest stand, and every source keeps to its weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np

from generation.attribution.errors import QuotaInfeasibleError
from generation.attribution.quota import Quota, assign
from generation.attribution.shares import BASE
from generation.composition.base import BasePack
from generation.composition.cast import Cast
from generation.composition.casting import EASE, NEVER, Pool, choose
from generation.composition.plan import Plan, source_keys
from generation.composition.slots import Slot
from generation.composition.units import SourceModel, Unit

STAY = 1.0
"""What it costs to give a slot that stands to another source or another unit."""
SAME_AGAIN = 0.8
"""What it costs to answer a re-roll with the unit that stood there."""


@dataclass(frozen=True)
class Standing:
    """A song with some of it open, as parts of the whole: ``fixed`` by source, ``slots`` by key.

    ``fixed`` is what closed notes owe; ``base`` and ``glue`` are the open notes' beside their slots.
    """

    fixed: Mapping[str, float]
    slots: Mapping[str, float]
    base: float
    glue: float


@dataclass(frozen=True)
class Opening:
    """Which slots may be filled anew.

    ``fresh`` are new slots, with the units that stood in their place; ``soft`` are standing slots
    that may change hands, at a price (a factor of :data:`STAY`).
    """

    fresh: Mapping[str, frozenset[str]]
    soft: Mapping[str, float]


def recast(
    plan: Plan,
    standing: Standing,
    opening: Opening,
    cast: Cast,
    slots: Mapping[str, Slot],
    sources: Sequence[SourceModel],
    base: BasePack,
    weights: Mapping[str, float],
) -> Cast:
    """Return ``cast`` with its open slots filled so that every source can come to its weight.

    Raises
    ------
    QuotaInfeasibleError
        If no assignment of the open slots can.
    """
    keys = source_keys(sources)
    heard = {name for name in opening.soft if standing.slots.get(name, 0.0) > 0}
    names = sorted({*opening.fresh, *heard})
    pools = [Pool(plan, source, base, weights[BASE]) for source in (base.source, *sources)]
    options = [[_options(pool, slots[name], opening, cast) for pool in pools] for name in names]
    owed = {key: standing.fixed.get(key, 0.0) for key in keys}
    owed[BASE] += standing.base
    for name, size in standing.slots.items():
        if name not in names:
            owed[cast.owners[name]] += size
    if not names:
        return replace(cast, planned=owed)
    cost = np.array([[row[0][0] if row else NEVER for row in slot] for slot in options])
    mass = np.array([standing.slots.get(name, 0.0) for name in names])
    columns = _solve(keys, tuple(names), mass, cost, owed, standing.glue, sources, weights)
    chosen = choose([slots[name] for name in names], options, columns)
    planned = dict(owed)
    for size, column in zip(mass, columns, strict=True):
        planned[keys[column]] += float(size)
    owners = {name: keys[column] for name, column in zip(names, columns, strict=True)}
    return Cast({**cast.units, **chosen}, {**cast.owners, **owners}, planned, cast.eased)


def _options(pool: Pool, slot: Slot, opening: Opening, cast: Cast) -> list[tuple[float, Unit]]:
    """Return (cost, unit), cheapest first: what stands should stay, what is re-rolled should not."""
    before = opening.fresh.get(slot.key, frozenset())
    price = opening.soft.get(slot.key)
    rated = []
    for cost, unit in pool.options(slot):
        if price is None:
            rated.append((cost + SAME_AGAIN * (unit.id in before), unit))
        elif cast.owners.get(slot.key) == pool.key and cast.units[slot.key].id == unit.id:
            rated.append((0.0, unit))
        else:
            rated.append((cost + price * STAY, unit))
    return sorted(rated, key=lambda pair: (pair[0], pair[1].id))


def _solve(
    keys: tuple[str, ...],
    names: tuple[str, ...],
    mass: np.ndarray[tuple[int], np.dtype[np.float64]],
    cost: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    owed: Mapping[str, float],
    glue: float,
    sources: Sequence[SourceModel],
    weights: Mapping[str, float],
) -> tuple[int, ...]:
    sings: AbstractSet[str] = {BASE} | {source.key for source in sources if source.lines}
    voice = sum(weights[key] for key in keys if key in sings)
    rest = np.array([weights[key] - owed[key] for key in keys])
    usual = np.array([glue * weights[key] / voice if key in sings else 0.0 for key in keys])
    zero = np.array([weights[key] <= 0 for key in keys])
    for ease, most_glue in EASE:
        # What the glue will add is counted from none to several times its usual part.
        slack = np.where((usual > 0) & (glue > 2 * ease), 0.0, ease)
        low = np.where(zero, 0.0, np.maximum(0.0, rest - most_glue * usual - slack))
        high = np.where(zero, 0.0, np.maximum(0.0, rest + slack))
        quota = Quota(keys, names, mass, cost, low, high)
        try:
            return assign(quota)
        except QuotaInfeasibleError:
            if ease == EASE[-1][0]:
                raise
    raise AssertionError("EASE is not empty")

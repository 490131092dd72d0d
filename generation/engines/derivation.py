"""Why a bar owes what it owes: what each of its layers took, from where in which source.

Read from the derivation that the score keeps of every note, before shares of slots become shares of
sources; so for each layer it sums to the whole, as the ledger does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.attribution.policy import POLICY_V1
from generation.attribution.shares import BASE, bar_attributions
from generation.composition.cast import Cast
from generation.composition.composition import Composition
from generation.composition.mining.source import source_key
from generation.composition.slots import GLUE

PREFIX = source_key("")
LEAST_PERCENT = 1

Taken = dict[str, Any]
"""``layer``; ``what`` (the kind of the slot, ``base`` for what a rule added, ``glue`` for connecting
notes that all sources wrote); ``source`` (ISRC, ``base``, or "" for glue); ``percent`` of the layer;
for what an analysis found, ``bars`` [first, last] from 1 and ``at_ms`` in the source; for what the
base pack holds, ``name``."""


def derivation(made: Composition) -> tuple[tuple[Taken, ...], ...]:
    """Return for every bar what it took, layer by layer, the largest parts first."""
    score = made.score
    slots = bar_attributions(score.contributions(of_parts=True), score.plan.bars, POLICY_V1)
    return tuple(
        tuple(
            taken
            for group, shares in bar.groups.items()
            for taken in _of_layer(str(group), shares, made.cast)
        )
        for bar in slots
    )


def _of_layer(layer: str, shares: Mapping[str, float], cast: Cast) -> Sequence[Taken]:
    order = sorted(shares, key=lambda slot: (-shares[slot], slot))
    found = [(slot, round(100 * shares[slot])) for slot in order]
    return [
        {"layer": layer, "percent": percent, **_taken(slot, cast)}
        for slot, percent in found
        if percent >= LEAST_PERCENT
    ]


def _taken(slot: str, cast: Cast) -> Taken:
    if slot == GLUE:
        return {"what": "glue", "source": ""}
    if slot == BASE:
        return {"what": "base", "source": BASE}
    unit, owner = cast.units[slot], cast.owners[slot]
    told: Taken = {"what": slot.partition("/")[0]}
    told["source"] = BASE if owner == BASE else owner.removeprefix(PREFIX)
    if unit.span is not None:
        first = unit.span.bar + 1
        told["bars"] = [first, first + unit.span.bars - 1]
        told["at_ms"] = round(1000 * unit.span.start_s)
    elif owner == BASE:
        told["name"] = unit.id.rpartition("/")[2]
    return told

"""From shares to whole parts per million under the names that receipts use: ISRCs and ``base``."""

from __future__ import annotations

from collections.abc import Mapping

from generation.attribution.settlement import settle
from generation.attribution.shares import BASE, group_shares
from generation.composition.composition import Composition
from generation.composition.mining.source import source_key
from generation.composition.plan import Plan
from generation.engines.base import Attribution, BarResult
from generation.engines.derivation import derivation

PREFIX = source_key("")


def settled(made: Composition) -> Attribution:
    """Return what a composition owes, by bar, by layer and in all; each sums to one million."""
    plan = made.score.plan
    borders = [round(bar * plan.bar_s * 1000) for bar in range(plan.bars + 1)]
    bars = tuple(
        BarResult(
            number=bar.bar + 1,
            start_ms=borders[bar.bar],
            end_ms=borders[bar.bar + 1],
            section=plan.section_at(bar.bar).role,
            shares=named(settle(bar.total)),
            why=why,
        )
        for bar, why in zip(made.bars, derivation(made), strict=True)
    )
    groups = group_shares(made.bars, [plan.bar_s] * plan.bars)
    asked = {key: 0 for key, weight in made.weights.items() if weight > 0}
    return Attribution(
        policy=made.policy,
        method="exact",
        song=named(asked | settle(made.shares)),
        bars=bars,
        layers={str(group): named(settle(shares)) for group, shares in groups.items()},
    )


def named(shares: Mapping[str, int]) -> dict[str, int]:
    """Return shares by ISRC or ``base`` instead of by the keys of the ledger."""
    return {BASE if key == BASE else key.removeprefix(PREFIX): ppm for key, ppm in shares.items()}


def tonic_of(plan: Plan) -> int:
    """Return the pitch class of the tonic; plans count from that of the relative major."""
    return (plan.tonic + (9 if plan.mode == "minor" else 0)) % 12

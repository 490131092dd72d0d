"""A score's ledger: what every bar and the whole song owe to sources, or to the slots of the plan."""

from __future__ import annotations

from generation.attribution.policy import Policy
from generation.attribution.shares import BarAttribution, bar_attributions, song_shares
from generation.composition.score import Score

Ledger = tuple[tuple[BarAttribution, ...], dict[str, float]]
"""Of every bar, and of the song."""


def weigh_sources(score: Score, policy: Policy) -> Ledger:
    """Return what the bars and the song owe to sources."""
    return _weigh(score, policy, of_parts=False)


def weigh_slots(score: Score, policy: Policy) -> dict[str, float]:
    """Return how much of the song each slot made, with the base and the glue beside them."""
    return _weigh(score, policy, of_parts=True)[1]


def _weigh(score: Score, policy: Policy, *, of_parts: bool) -> Ledger:
    bars = bar_attributions(score.contributions(of_parts=of_parts), score.plan.bars, policy)
    return bars, song_shares(bars, [score.plan.bar_s] * score.plan.bars)

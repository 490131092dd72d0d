"""From events to bars to the song: weighted means whose weights the policy fixes.

A bar's share is ``sum over groups of weight(group) * (sum_e m_e shares_e / sum_e m_e)``, the weights
renormalised over the groups that the bar holds; an event's mass m is its duration times its
velocity. A song's share is the mean of its bars, weighted by their duration.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generation.attribution.policy import GROUP_OF, Group, Layer, Policy

BASE = "base"
"""Key of the base model; a song's key is ``song:<id>``."""

Shares = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One event as the shares see it: where it starts, what it is, how much of it there is."""

    bar: int
    layer: Layer
    mass: float
    shares: Shares


@dataclass(frozen=True)
class BarAttribution:
    """Shares of one bar: ``total`` and each of ``groups`` sum to 1."""

    bar: int
    groups: Mapping[Group, Shares]
    total: Shares
    policy: str
    method: str = "exact"
    """``exact`` (from events), ``plan`` (from the plan alone) or ``estimated`` (neural engines)."""


def blend(parts: Iterable[tuple[float, Shares]]) -> dict[str, float]:
    """Return the weighted mean of shares, sources in order of their keys, zeros left out."""
    terms: dict[str, list[float]] = {}
    weights = []
    for weight, shares in parts:
        if weight > 0:
            weights.append(weight)
            for source, share in shares.items():
                terms.setdefault(source, []).append(weight * share)
    total = math.fsum(weights)
    sums = {source: math.fsum(terms[source]) / total for source in sorted(terms)}
    return {source: share for source, share in sums.items() if share > 0}


def bar_attributions(
    contributions: Iterable[Contribution], bars: int, policy: Policy
) -> tuple[BarAttribution, ...]:
    """Return one attribution for each of ``bars``; a bar without events has empty shares."""
    groups: list[dict[Group, list[tuple[float, Shares]]]] = [{} for _ in range(bars)]
    for item in contributions:
        groups[item.bar].setdefault(GROUP_OF[item.layer], []).append((item.mass, item.shares))
    return tuple(_bar(number, found, policy) for number, found in enumerate(groups))


def _bar(
    number: int, found: Mapping[Group, Sequence[tuple[float, Shares]]], policy: Policy
) -> BarAttribution:
    of_group = {group: blend(found[group]) for group in Group if group in found}
    return BarAttribution(
        bar=number,
        groups=of_group,
        total=blend((policy.group_weights[group], own) for group, own in of_group.items()),
        policy=policy.version,
    )


def song_shares(bars: Sequence[BarAttribution], seconds: Sequence[float]) -> dict[str, float]:
    """Return the shares of the whole song: the mean of its bars weighted by their ``seconds``."""
    return blend((s, bar.total) for s, bar in zip(seconds, bars, strict=True) if bar.total)


def group_shares(
    bars: Sequence[BarAttribution], seconds: Sequence[float]
) -> dict[Group, dict[str, float]]:
    """Return the shares of each group over the bars that hold it."""
    pairs = list(zip(seconds, bars, strict=True))
    held = {
        group: [(s, bar.groups[group]) for s, bar in pairs if group in bar.groups]
        for group in Group
    }
    return {group: blend(parts) for group, parts in held.items() if parts}

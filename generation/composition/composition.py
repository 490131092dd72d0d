"""A finished composition: the score, its ledger, and what both came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generation.attribution.shares import BarAttribution
from generation.composition.cast import Cast
from generation.composition.score import Score


@dataclass(frozen=True)
class Composition:
    """A score with its ledger: shares of every bar and of the song, and what was asked for."""

    score: Score
    bars: tuple[BarAttribution, ...]
    shares: Mapping[str, float]
    weights: Mapping[str, float]
    policy: str
    base_revision: str
    base_sha256: str
    cast: Cast

    @property
    def largest_error(self) -> float:
        """Largest distance of a share from its weight."""
        return max(abs(self.shares.get(key, 0.0) - self.weights[key]) for key in self.weights)

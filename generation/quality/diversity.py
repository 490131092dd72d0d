"""Do seeds make different songs? Their likeness to one another, and what their leads have in common.

The same vector as for the likeness to sources (``likeness.py``), with the sources and all the songs
as the documents that weigh the n-grams: what every song of this set has says little about any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from generation.composition.score import Score
from generation.quality.finding import Finding
from generation.quality.gate import lead_of
from generation.quality.likeness import Document, likenesses, read_score
from generation.quality.symbolic import melody_patterns

MOST_ALIKE_ON_AVERAGE, MOST_ALIKE = 0.40, 0.60
MOST_LEAD_IN_COMMON = 0.10


@dataclass(frozen=True)
class Diversity:
    """Over all pairs of songs: ``likeness`` from 0 (nothing in common) to 1 (the same), and
    ``lead_in_common``, the share of a lead's bars (onsets and intervals) that the other has too."""

    mean_likeness: float
    most_likeness: float
    lead_in_common: float

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return each measure beside its bar."""
        return (
            Finding("seeds_alike", self.mean_likeness, None, MOST_ALIKE_ON_AVERAGE),
            Finding("seeds_most_alike", self.most_likeness, None, MOST_ALIKE),
            Finding("lead_in_common", self.lead_in_common, None, MOST_LEAD_IN_COMMON),
        )


def diversity(scores: Sequence[Score], sources: Sequence[Document]) -> Diversity:
    """Measure how far at least two songs of the same ``sources`` lie apart.

    Raises
    ------
    ValueError
        If there are not two songs to compare.
    """
    if len(scores) < 2:
        raise ValueError("one song differs from nothing")
    songs = [read_score(score) for score in scores]
    alike = [likenesses(song, [*songs, *sources]) for song in songs]
    pairs = list(combinations(range(len(songs)), 2))
    leads = [set(melody_patterns(lead_of(score)).values()) for score in scores]
    common = [
        len(leads[a] & leads[b]) / max(1, min(len(leads[a]), len(leads[b]))) for a, b in pairs
    ]
    return Diversity(
        mean_likeness=sum(alike[a][b] for a, b in pairs) / len(pairs),
        most_likeness=max(alike[a][b] for a, b in pairs),
        lead_in_common=sum(common) / len(common),
    )

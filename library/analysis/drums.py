"""Drum patterns: what kick, snare and hats do on the sixteenths that a section's bars agree on.

Three bands of onset strength read on the grid of the beats. With 24 bars or more the median is
robust against single fills; a hit belongs to the pattern when it sounds in most bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from library.analysis.spectra import FINE_PER_SECOND, Spectra
from library.analysis.types import DrumHit, DrumPattern, Piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from library.analysis.types import Section

Doubles = npt.NDArray[np.float64]

PIECES: tuple[Piece, Piece, Piece] = ("kick", "snare", "hat")
STEPS_PER_BEAT = 4
LEAST_BARS = 2
PRESENT = 0.5
"""Share of bars in which a step must sound to belong to the pattern."""
SHARE_OF_PEAK = 0.35
"""A step sounds when its onset reaches this share of the piece's strong hits (95th percentile)."""


HITS_AND_LEAKS = 1.35
"""Snare: steps that are this much weaker than others in the mean are hats that reach into its band.
About 5 dB, for the level is compressed; quieter ghost notes go with them. For the kick it would not
do: a kick alone is no louder in its band than a bass note alone, and both together are."""


def find_drum_patterns(
    spectra: Spectra, downbeats: Doubles, meter: int, sections: Sequence[Section]
) -> tuple[DrumPattern, ...]:
    """One pattern per section letter, over all bars of that letter."""
    if len(downbeats) < LEAST_BARS + 1:
        return ()
    steps = STEPS_PER_BEAT * meter
    starts = downbeats[:-1]
    grid = starts[:, None] + np.diff(downbeats)[:, None] * np.arange(steps) / steps
    half_step = float(np.median(np.diff(downbeats))) / steps / 2
    read = {piece: _read(spectra.fine_bands[piece], grid, half_step) for piece in PIECES}
    middle = starts + np.diff(downbeats) / 2
    patterns = []
    for letter in dict.fromkeys(section.label for section in sections):
        own = np.zeros(len(starts), bool)
        for section in sections:
            if section.label == letter:
                own |= (middle >= section.start_s) & (middle < section.end_s)
        if own.sum() >= LEAST_BARS:
            patterns.append(_pattern(letter, steps, own, read))
    return tuple(patterns)


def _read(
    band: npt.NDArray[np.float32], grid: Doubles, half_step: float
) -> tuple[Doubles, Doubles]:
    """Strength and lateness (seconds) of the strongest onset around each grid position."""
    reach = max(1, min(int(half_step * FINE_PER_SECOND), 6))
    offsets = np.arange(-reach, reach + 1)
    centre = np.round(grid * FINE_PER_SECOND).astype(int)
    at = np.clip(centre[..., None] + offsets, 0, len(band) - 1)
    values = band[at].astype(np.float64)
    best = values.argmax(-1)
    late = (centre + offsets[best]) / FINE_PER_SECOND - grid
    return values.max(-1), late


def _pattern(
    letter: str,
    steps: int,
    own: npt.NDArray[np.bool_],
    read: dict[Piece, tuple[Doubles, Doubles]],
) -> DrumPattern:
    hits: list[DrumHit] = []
    agreements = []
    for piece in PIECES:
        strength, late = read[piece]
        strong = float(np.quantile(strength, 0.95))
        least = max(SHARE_OF_PEAK * strong, 1e-6)
        if piece == "snare":
            least = max(least, _between_hits_and_leaks(np.median(strength[own], axis=0), least))
        sounding = strength[own] > least
        share = sounding.mean(0)
        agreements.append(np.abs(2 * share - 1).mean())
        for step in np.flatnonzero(share >= PRESENT).tolist():
            sounds = sounding[:, step]
            level = float(np.median(strength[own][sounds, step])) / max(strong, 1e-9)
            offset = float(np.median(late[own][sounds, step]))
            velocity = int(np.clip(round(30 + 90 * level), 1, 127))
            hits.append(DrumHit(step, piece, velocity, round(1000 * offset, 1), float(share[step])))
    # Drums are on the grid, sparse and the same in every bar; a pad or a choir is none of these.
    filled = len(hits) / (steps * len(PIECES))
    confidence = float(np.mean(agreements)) * (1.0 if 0 < filled < 0.8 else 0.3)
    return DrumPattern(
        section=letter,
        steps=steps,
        bars=int(own.sum()),
        hits=tuple(sorted(hits, key=lambda h: (h.step, h.piece))),
        confidence=float(np.clip(confidence, 0, 1)),
    )


def _between_hits_and_leaks(levels: Doubles, least: float) -> float:
    """The level between two groups of steps (Otsu's split), or 0 when they are one group."""
    loud = np.sort(levels[levels > least])
    if len(loud) < 2:
        return 0.0
    cuts = range(1, len(loud))
    spread = [c * (len(loud) - c) * (loud[c:].mean() - loud[:c].mean()) ** 2 for c in cuts]
    cut = 1 + int(np.argmax(spread))
    quiet, hits = float(loud[:cut].mean()), float(loud[cut:].mean())
    return (quiet + hits) / 2 if hits > HITS_AND_LEAKS * quiet else 0.0

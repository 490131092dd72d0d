"""Key from two witnesses: the notes (a key profile) and what the chords do in the key."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from library.analysis.harmony import PITCHES, BeatHarmony, unit_rows
from library.analysis.types import Key, Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from library.analysis.chords import Triad

Doubles = npt.NDArray[np.float64]

MODES: tuple[Mode, Mode] = ("major", "minor")
TEMPERLEY: dict[Mode, tuple[float, ...]] = {  # Temperley (2007), from the Essen collection
    "major": (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
    "minor": (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
}
FUNCTION: dict[Mode, dict[tuple[int, Mode], float]] = {
    "major": {
        (0, "major"): 1.0,
        (7, "major"): 0.7,
        (5, "major"): 0.6,
        (9, "minor"): 0.55,
        (2, "minor"): 0.45,
        (4, "minor"): 0.35,
        (10, "major"): 0.1,
        (5, "minor"): 0.1,
    },
    "minor": {
        (0, "minor"): 1.0,
        (8, "major"): 0.6,
        (5, "minor"): 0.5,
        (3, "major"): 0.5,
        (10, "major"): 0.5,
        (7, "major"): 0.45,
        (7, "minor"): 0.4,
    },
}
"""How much a chord (semitones above the tonic, mode) speaks for a key; any other costs FOREIGN."""
FOREIGN = -0.15
FUNCTION_WEIGHT, CADENCE_WEIGHT = 1.08, 0.94
FIRST_CHORD, MINOR_BONUS = 0.055, 0.16
SHARPNESS = 6.15
"""Turns scores into probabilities; with the weights above from a multinomial logistic fit."""
NO_KEY = Key("", "major", 0.0)


def estimate_key(harmony: BeatHarmony, triads: Sequence[Triad]) -> Key:
    """Key of the whole song; NO_KEY when no chord sounds.

    Confidence is the probability of the key in the fitted model.
    """
    if not triads:
        return NO_KEY
    chroma = unit_rows(harmony.wide).mean(0)
    if not chroma.any():
        return NO_KEY
    total = sum(t.seconds for t in triads)
    scores: dict[tuple[int, Mode], float] = {}
    for mode, tonic in product(MODES, range(12)):
        function = sum(
            t.seconds * FUNCTION[mode].get(((t.root - tonic) % 12, t.mode), FOREIGN) for t in triads
        )
        scores[tonic, mode] = (
            _correlation(TEMPERLEY[mode], tonic, chroma)
            + FUNCTION_WEIGHT * function / total
            + CADENCE_WEIGHT * _cadences(triads, tonic, mode)
            + (MINOR_BONUS if mode == "minor" else 0.0)
        )
    scores[triads[0].root, triads[0].mode] += FIRST_CHORD
    (tonic, mode), best = max(scores.items(), key=lambda item: item[1])
    odds = sum(np.exp(SHARPNESS * (score - best)) for score in scores.values())
    return Key(PITCHES[tonic], mode, float(1 / odds))


def _correlation(profile: tuple[float, ...], tonic: int, chroma: Doubles) -> float:
    return float(np.corrcoef(np.roll(profile, tonic), chroma)[0, 1])


def _cadences(triads: Sequence[Triad], tonic: int, mode: Mode) -> float:
    """Share of the chord changes that go from the major dominant to the tonic."""
    dominant = (tonic + 7) % 12
    found = sum(
        (a.root, a.mode, b.root, b.mode) == (dominant, "major", tonic, mode)
        for a, b in pairwise(triads)
    )
    return found / max(1, len(triads) - 1)


def profile_key(chroma: Doubles) -> tuple[int, Mode]:
    """Tonic and mode by profile correlation alone, for the diatonic bonus of the chords."""
    if not chroma.any():
        return 0, "major"
    return max(
        ((tonic, mode) for mode, tonic in product(MODES, range(12))),
        key=lambda k: _correlation(ALBRECHT[k[1]], k[0], chroma),
    )


ALBRECHT: dict[Mode, tuple[float, ...]] = {  # Albrecht and Shanahan (2013)
    "major": (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    "minor": (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
}

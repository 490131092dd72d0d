"""Metre and downbeats: chords and bass change on the first beat more often than elsewhere.

The phase whose beats carry the most change wins; the metre is the one whose best phase stands out
most from its others. Beat-synchronous harmonic change after Davies and Plumbley (2006), with bass
chroma and the length of the chord that begins added. Drum accents were tried and did not help.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from library.analysis.harmony import BeatHarmony, unit_rows
from library.analysis.spectra import HARMONIC_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from library.analysis.types import Chord

Doubles = npt.NDArray[np.float64]

METERS = (4, 3)
BASS_WEIGHT = 2.0
LENGTH_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Downbeats:
    """``phase``: index of the first downbeat among the beats."""

    meter: int
    phase: int
    confidence: float


def find_downbeats(harmony: BeatHarmony, beats: Doubles, chords: Sequence[Chord]) -> Downbeats:
    """Metre (4 or 3) and phase; confidence 0 with fewer than two bars."""
    if len(beats) < 2 * max(METERS) or not chords:
        return Downbeats(4, 0, 0.0)
    novelty = harmonic_novelty(harmony, beats) + LENGTH_WEIGHT * chord_lengths(beats, chords)
    found = {meter: _phases(novelty, meter) for meter in METERS}
    lift = {m: float(p.max() / max(float(p.mean()), 1e-9)) for m, p in found.items()}
    meter = max(lift, key=lambda m: lift[m])
    order = np.sort(found[meter])[::-1]
    margin = (order[0] - order[1]) / max(float(order[0]), 1e-9)
    return Downbeats(meter, int(found[meter].argmax()), float(np.clip(2 * margin, 0, 1)))


def harmonic_novelty(harmony: BeatHarmony, beats: Doubles) -> Doubles:
    """1 - cosine between the harmony before and after each beat."""
    rows = unit_rows(np.concatenate([harmony.treble, BASS_WEIGHT * harmony.bass], axis=1))
    edges = harmony.edges
    change = np.zeros(int(edges[-1]) + 1)
    change[edges[1:-1]] = 1 - (rows[1:] * rows[:-1]).sum(1)
    at = np.round(beats * HARMONIC_PER_SECOND).astype(int)
    return np.asarray(change[np.clip(at, 0, len(change) - 1)])


def chord_lengths(beats: Doubles, chords: Sequence[Chord]) -> Doubles:
    """Length in beats (at most 8, over 4) of the chord that starts on each beat, 0 for none."""
    period = float(np.median(np.diff(beats)))
    starts = np.array([chord.start_s for chord in chords])
    lengths = np.array([chord.end_s - chord.start_s for chord in chords])
    nearest = np.abs(beats[:, None] - starts).argmin(1)
    on_beat = np.abs(beats - starts[nearest]) < period / 4
    return np.asarray(np.where(on_beat, np.minimum(lengths[nearest] / period, 8) / 4, 0))


def _phases(novelty: Doubles, meter: int) -> Doubles:
    return np.array([novelty[phase::meter].mean() for phase in range(meter)])

"""How much a song varies, in four respects, each from 0 (one thing only) to 1.

harmonic    entropy of the chords by duration (of 24), and chord changes per bar (up to 2)
rhythmic    entropy of the drum and onset steps, and the share of onsets off the beat
timbral     spread of the cepstrum over time, in units of a typical song's spread
structural  entropy of the section letters by duration, and how many letters there are (up to 6)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from library.analysis.beats import fine_onset
from library.analysis.spectra import FINE_PER_SECOND, Spectra
from library.analysis.types import Beats, Chord, Complexity, Section, Timbre

if TYPE_CHECKING:
    from collections.abc import Sequence

TYPICAL_SPREAD = 13.6
"""Mean standard deviation of cepstral coefficients 1 to 13 over 35 songs; twice this counts 1."""
STEPS = 4


def measure_complexity(
    spectra: Spectra,
    beats: Beats,
    chords: Sequence[Chord],
    sections: Sequence[Section],
    timbre: Timbre,
) -> Complexity:
    """The four measures and their mean."""
    harmonic = _harmonic(chords, beats)
    rhythmic = _rhythmic(spectra, beats)
    timbral = float(np.clip(np.mean(timbre.mfcc_std) / (2 * TYPICAL_SPREAD), 0, 1))
    structural = _structural(sections)
    return Complexity(
        harmonic=harmonic,
        rhythmic=rhythmic,
        timbral=timbral,
        structural=structural,
        overall=float(np.mean([harmonic, rhythmic, timbral, structural])),
        confidence=float(np.mean([beats.confidence, timbre.confidence])),
    )


def _entropy(weights: dict[str, float], most: int) -> float:
    shares = np.array([w for w in weights.values() if w > 0])
    if len(shares) < 2:
        return 0.0
    shares = shares / shares.sum()
    return float(np.clip(-(shares * np.log2(shares)).sum() / np.log2(most), 0, 1))


def _harmonic(chords: Sequence[Chord], beats: Beats) -> float:
    seconds: dict[str, float] = {}
    sounding = [chord for chord in chords if chord.label != "N"]
    for chord in sounding:
        seconds[chord.label] = seconds.get(chord.label, 0.0) + chord.end_s - chord.start_s
    bars = max(1, len(beats.downbeats_s))
    changes = float(np.clip(max(0, len(sounding) - 1) / bars / 2, 0, 1))
    return 0.5 * _entropy(seconds, 24) + 0.5 * changes


def _rhythmic(spectra: Spectra, beats: Beats) -> float:
    """Entropy of where in the beat onsets fall, and their share off the beat."""
    times = np.array(beats.beats_s)
    if len(times) < 4:
        return 0.0
    fine = fine_onset(spectra)
    fractions = np.arange(STEPS) / STEPS
    grid = times[:-1, None] + np.diff(times)[:, None] * fractions
    at = np.round(grid * FINE_PER_SECOND).astype(int)
    hit = np.max([fine[np.clip(at + k, 0, len(fine) - 1)] for k in range(-3, 4)], axis=0)
    sounds = (hit > fine.mean() + fine.std()).astype(float)
    share = np.clip(sounds.mean(0), 1e-6, 1 - 1e-6)
    surprise = -(share * np.log2(share) + (1 - share) * np.log2(1 - share))
    off_beat = sounds[:, 1:].sum() / max(float(sounds.sum()), 1.0)
    return float(0.5 * surprise.mean() + 0.5 * off_beat)


def _structural(sections: Sequence[Section]) -> float:
    seconds: dict[str, float] = {}
    for section in sections:
        seconds[section.label] = seconds.get(section.label, 0.0) + section.end_s - section.start_s
    return 0.5 * _entropy(seconds, 6) + 0.5 * float(np.clip((len(seconds) - 1) / 5, 0, 1))

"""A song as unit vectors: rhythm, harmony, timbre and all three, compared by dot product.

Plain measured numbers, no trained network: what makes two songs near can be read off the parts.
Harmony is relative to the tonic, rhythm to the bar, so key and tempo shifts do not separate songs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from library.analysis.harmony import PITCHES, WIDE, fold_chroma, unit_rows
from library.analysis.types import (
    Beats,
    Chord,
    DrumPattern,
    Embedding,
    Key,
    Tempo,
    Timbre,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from library.analysis.spectra import Spectra

Doubles = npt.NDArray[np.float64]

STEPS = 16
WEIGHTS = {"rhythm": 0.35, "harmony": 0.3, "timbre": 0.35}
"""Share of each part in the squared length of ``overall``."""
MFCC_CENTRE = np.array([127, 9, 22, 1, 3, -3, 2, -5, 1, -2, 2, -2, 2], np.float64)
MFCC_SPREAD = np.array([29, 24, 16, 14, 10, 8, 7, 6, 5, 4, 4, 4, 3], np.float64)
"""Mean cepstrum of 35 songs (ten recordings, 25 renderings) and its standard deviation."""
MOVE_CENTRE = np.array([36, 23, 17, 14, 12, 10, 10, 9, 9, 9, 9, 9, 9], np.float64)
MOVE_SPREAD = np.array([11, 6, 5.5, 4, 3.7, 2.3, 2.2, 2.2, 2, 2, 2, 2, 2], np.float64)
"""The same for how much the coefficients vary inside a song."""


def embed(
    spectra: Spectra,
    tempo: Tempo,
    beats: Beats,
    key: Key,
    chords: Sequence[Chord],
    drums: Sequence[DrumPattern],
    timbre: Timbre,
) -> Embedding:
    """Rhythm (53 numbers), harmony (37), timbre (34) and their weighted concatenation (124)."""
    parts = {
        "rhythm": _rhythm(tempo, beats, drums),
        "harmony": _harmony(spectra, key, chords),
        "timbre": _timbre(timbre),
    }
    whole = np.concatenate([np.sqrt(WEIGHTS[name]) * part for name, part in parts.items()])
    return Embedding(
        overall=_as_tuple(_unit(whole)),
        rhythm=_as_tuple(parts["rhythm"]),
        harmony=_as_tuple(parts["harmony"]),
        timbre=_as_tuple(parts["timbre"]),
        confidence=float(np.mean([tempo.confidence, key.confidence, timbre.confidence])),
    )


def _unit(vector: Doubles) -> Doubles:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))


def _as_tuple(vector: Doubles) -> tuple[float, ...]:
    return tuple(np.round(vector, 5).tolist())


def _rhythm(tempo: Tempo, beats: Beats, drums: Sequence[DrumPattern]) -> Doubles:
    """Tempo, swing, metre, and how often each piece sounds on each sixteenth of the bar."""
    if tempo.bpm <= 0:
        return np.zeros(5 + 3 * STEPS)
    steps = {piece: np.zeros(STEPS) for piece in ("kick", "snare", "hat")}
    bars = sum(pattern.bars for pattern in drums)
    for pattern in drums:
        for hit in pattern.hits:
            place = hit.step * STEPS // pattern.steps
            steps[hit.piece][place] += hit.probability * pattern.bars / max(bars, 1)
    head = np.array(
        [
            np.log2(tempo.bpm / 110),
            4 * (beats.swing - 0.5),
            1.0 if beats.meter == 3 else -1.0,
            beats.confidence,
            tempo.octave_confidence / 2,
        ]
    )
    return _unit(np.concatenate([_unit(head), *(row for row in steps.values())]))


def _harmony(spectra: Spectra, key: Key, chords: Sequence[Chord]) -> Doubles:
    """Chroma and chords, both counted from the tonic, and the mode."""
    sounding = [chord for chord in chords if chord.label != "N"]
    if not key.tonic or not sounding:
        return np.zeros(37)
    tonic = PITCHES.index(key.tonic)
    chroma = unit_rows(fold_chroma(spectra.log_freq, WIDE, 10.0)).mean(0)
    degrees = np.zeros(24)
    for chord in sounding:
        root, quality = chord.label.split(":")
        place = 2 * ((PITCHES.index(root) - tonic) % 12) + (quality == "min")
        degrees[place] += chord.end_s - chord.start_s
    mode = np.array([0.5 if key.mode == "major" else -0.5])
    return _unit(np.concatenate([_unit(np.roll(chroma, -tonic)), _unit(degrees), mode]))


def _timbre(timbre: Timbre) -> Doubles:
    """Cepstrum against a typical song, brightness, balance, percussion and width."""
    if timbre.confidence <= 0:
        return np.zeros(34)
    shape = (np.array(timbre.mfcc_mean) - MFCC_CENTRE) / MFCC_SPREAD
    spread = (np.array(timbre.mfcc_std) - MOVE_CENTRE) / MOVE_SPREAD
    rest = np.array(
        [
            np.log2(max(timbre.centroid_hz, 50) / 1_500),
            np.log2(max(timbre.rolloff_hz, 50) / 3_500),
            np.log10(timbre.flatness + 1e-4) + 2,
            (timbre.crest_db - 14) / 4,
            4 * (timbre.low_share - 0.4),
            20 * (timbre.high_share - 0.03),
            2 * (timbre.percussive_share - 0.5),
            4 * (timbre.stereo_width - 0.1),
        ]
    )
    return _unit(np.concatenate([shape, spread, rest]))

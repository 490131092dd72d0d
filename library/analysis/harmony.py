"""Chroma between beats: the material of key, chords, downbeats and sections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from library.analysis.spectra import HARMONIC_PER_SECOND, Floats, Spectra

Doubles = npt.NDArray[np.float64]

PITCHES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
TREBLE, BASS, WIDE = (24, 72), (3, 27), (12, 72)
"""Semitones above A0: A2 to A6, C1 to C3, A1 to A6."""
FINE_GAIN, COARSE_GAIN = 100.0, 10.0
FRAMES_READ = 12


@dataclass(frozen=True)
class BeatHarmony:
    """Chroma per beat segment (segments by 12), and the frames where the segments start.

    Segment 0 is what sounds before the first beat.
    """

    edges: npt.NDArray[np.int64]
    treble: Doubles
    bass: Doubles
    wide: Doubles


def beat_harmony(spectra: Spectra, beats: Doubles) -> BeatHarmony:
    """Medians between beats: a passing note shorter than half a beat does not count."""
    edges = beat_edges(spectra, beats)
    return BeatHarmony(
        edges=edges,
        treble=beat_medians(fold_chroma(spectra.log_freq, TREBLE, FINE_GAIN), edges),
        bass=beat_medians(fold_chroma(spectra.log_freq, BASS, FINE_GAIN), edges),
        wide=beat_medians(fold_chroma(spectra.log_freq, WIDE, COARSE_GAIN), edges),
    )


def fold_chroma(log_freq: Floats, semitones: tuple[int, int], gain: float) -> Floats:
    """Log-compressed chroma, frames by 12 (C first), of the given range above A0."""
    low, high = semitones
    first = max(0, 3 * low - 1)  # the centre bin of three lies on the semitone
    part = log_freq[:, first : 3 * high - 1]
    loud = np.log1p(part * np.float32(gain / (float(log_freq.max(initial=0.0)) + 1e-9)))
    bins = np.arange(first, first + part.shape[1])
    classes = np.zeros((part.shape[1], 12), np.float32)
    classes[bins - first, (9 + (bins + 1) // 3) % 12] = 1
    return np.asarray(loud @ classes)


def beat_edges(spectra: Spectra, beats: Doubles) -> npt.NDArray[np.int64]:
    """Harmonic frames where beat segments start, with 0 and the end."""
    frames = np.round(beats * HARMONIC_PER_SECOND).astype(np.int64)
    count = len(spectra.log_freq)
    return np.unique(np.concatenate([[0], frames[(frames > 0) & (frames < count)], [count]]))


def beat_medians(chroma: Floats, edges: npt.NDArray[np.int64]) -> Doubles:
    """Median of twelve frames spread over each segment, segments by bins."""
    places = (np.arange(FRAMES_READ) + 0.5) / FRAMES_READ
    at = (edges[:-1, None] + np.diff(edges)[:, None] * places).astype(int)
    return np.asarray(np.median(chroma[at], axis=1), np.float64)


def unit_rows(rows: npt.NDArray[np.floating]) -> Doubles:
    """Rows scaled to length 1; rows of zeros stay zero."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))

"""Chords between beats: triad templates on the treble, the root in the bass, smoothed by Viterbi.

Template matching after Fujishima (1999), the bass chroma after Mauch and Dixon (2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from library.analysis.harmony import PITCHES, BeatHarmony, beat_medians, unit_rows
from library.analysis.key import profile_key
from library.analysis.spectra import HARMONIC_PER_SECOND, RATE_HZ, Spectra
from library.analysis.types import Chord, Mode

Doubles = npt.NDArray[np.float64]

TREBLE_WEIGHT, BASS_WEIGHT, DIATONIC_WEIGHT = 25.0, 5.0, 1.0
SEVENTH, STAY = 0.15, 0.8
QUALITIES: tuple[tuple[Mode, tuple[int, int, int]], ...] = (
    ("major", (0, 4, 7)),
    ("minor", (0, 3, 7)),
)
SCALES: dict[Mode, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10, 11),
}
SILENT_DB = -50.0
"""Beats this far below the loudest hold no chord."""


@dataclass(frozen=True, slots=True)
class Triad:
    """A chord with what the labels leave out."""

    root: int
    mode: Mode
    seconds: float


def find_chords(
    spectra: Spectra, harmony: BeatHarmony
) -> tuple[tuple[Chord, ...], tuple[Triad, ...]]:
    """Chords without gaps from 0 to the end, and the triads in order without the silent ones."""
    edges = harmony.edges
    states, margins = _best_states(harmony.treble, harmony.bass)
    silent = _silent_segments(spectra, edges)
    times = np.minimum(edges / HARMONIC_PER_SECOND, spectra.duration_s)
    times[-1] = spectra.duration_s
    codes = np.where(silent, -1, states)
    chords, triads = [], []
    starts = np.flatnonzero(np.diff(codes, prepend=-2))
    for first, last in zip(starts, np.append(starts[1:], len(codes)), strict=True):
        start_s, end_s = float(times[first]), float(times[last])
        if end_s - start_s <= 1e-6:
            continue
        code = int(codes[first])
        confidence = float(np.median(margins[first:last])) if code >= 0 else 1.0
        chords.append(Chord(start_s, end_s, _label(code), confidence))
        if code >= 0:
            triads.append(Triad(code // 2, QUALITIES[code % 2][0], end_s - start_s))
    return tuple(chords), tuple(triads)


def _label(code: int) -> str:
    return "N" if code < 0 else f"{PITCHES[code // 2]}:{('maj', 'min')[code % 2]}"


def _best_states(treble: Doubles, bass: Doubles) -> tuple[npt.NDArray[np.int64], Doubles]:
    """Viterbi path over 24 triads and, per segment, the winner's probability."""
    tones = unit_rows(treble)
    roots = bass / np.maximum(bass.max(1, keepdims=True), 1e-9)
    templates, diatonic = _templates(treble.mean(0))
    score = TREBLE_WEIGHT * tones @ templates.T + DIATONIC_WEIGHT * diatonic
    score += BASS_WEIGHT * np.repeat(roots, 2, axis=1)
    leave = np.log((1 - STAY) / 23)
    path_score, back = score[0].copy(), np.zeros(score.shape, np.int64)
    for i in range(1, len(score)):
        other = int(path_score.argmax())
        jump, stay = path_score[other] + leave, path_score + np.log(STAY)
        back[i] = np.where(stay >= jump, np.arange(24), other)
        path_score = np.maximum(stay, jump) + score[i]
    states = np.zeros(len(score), np.int64)
    states[-1] = int(path_score.argmax())
    for i in range(len(score) - 1, 0, -1):
        states[i - 1] = back[i, states[i]]
    soft = np.exp(score - score.max(1, keepdims=True))
    soft /= soft.sum(1, keepdims=True)
    return states, soft[np.arange(len(states)), states]


def _templates(chroma: Doubles) -> tuple[Doubles, Doubles]:
    """Unit templates (24 by 12) and how far each leaves the scale (0 to -3)."""
    tonic, mode = profile_key(chroma)
    scale = {(tonic + step) % 12 for step in SCALES[mode]}
    templates, diatonic = np.zeros((24, 12)), np.zeros(24)
    for root in range(12):
        for quality, (name, steps) in enumerate(QUALITIES):
            row = templates[2 * root + quality]
            row[[(root + step) % 12 for step in steps]] = 1
            row[(root + (11 if name == "major" else 10)) % 12] += SEVENTH
            row[(root + 10) % 12] += SEVENTH / 2
            inside = sum((root + step) % 12 in scale for step in steps)
            diatonic[2 * root + quality] = inside - 3
    return unit_rows(templates), diatonic


def _silent_segments(spectra: Spectra, edges: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Segments whose median level is low: a lead-in stays silent though the first beat leaks in."""
    hop = round(RATE_HZ / HARMONIC_PER_SECOND)
    count = int(edges[-1])
    padded = np.pad(spectra.mono, (0, max(0, count * hop - len(spectra.mono))))[: count * hop]
    rows = padded.reshape(count, hop)
    power = np.einsum("ij,ij->i", rows, rows) / hop
    level = 10 * np.log10(np.maximum(beat_medians(power[:, None], edges)[:, 0], 1e-12))
    return np.asarray((level < level.max() + SILENT_DB) | (level < -80))

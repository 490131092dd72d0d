"""Bass line on sixteenths: harmonic salience from E1 to G3, a Viterbi path that knows the chords."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from library.analysis.harmony import PITCHES
from library.analysis.spectra import (
    BINS_PER_OCTAVE,
    FINE_PER_SECOND,
    HARMONIC_PER_SECOND,
    Spectra,
)
from library.analysis.types import Note, NoteLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from library.analysis.types import Chord

Doubles = npt.NDArray[np.float64]

LOWEST_MIDI, COUNT, A0_MIDI = 28, 28, 21
STEPS_PER_BEAT = 4
METHOD = "salience-viterbi"
CHORD_BONUS, ROOT_BONUS, CHANGE_COST = 0.25, 0.25, 0.9
SILENCE = 0.22
"""Salience (1 is the song's 95th percentile) below which no bass sounds."""
RESTRIKE = 1.2


def find_bass(spectra: Spectra, beats: Doubles, chords: Sequence[Chord]) -> NoteLine:
    """Notes of the bass, MIDI 28 to 55, starting and ending on sixteenths of the beat."""
    if len(beats) < 4:
        return NoteLine((), METHOD, 0.0)
    grid = np.interp(
        np.arange(STEPS_PER_BEAT * (len(beats) - 1) + 1) / STEPS_PER_BEAT,
        np.arange(len(beats)),
        beats,
    )
    salience = _salience(spectra, grid)
    prior = _chord_prior(grid, chords)
    path = _path(salience, prior)
    return _notes(path, salience, grid, _strikes(spectra, grid))


def _salience(spectra: Spectra, grid: Doubles) -> Doubles:
    """Sum of three harmonics per semitone and step, 1 at the song's 95th percentile."""
    tones = spectra.log_freq.astype(np.float64)
    per_semitone = BINS_PER_OCTAVE // 12
    centres = (LOWEST_MIDI - A0_MIDI + np.arange(COUNT)) * per_semitone
    total = np.zeros((len(tones), COUNT))
    for harmonic, weight in ((1, 1.0), (2, 0.6), (3, 0.3)):
        shift = round(BINS_PER_OCTAVE * np.log2(harmonic))
        for neighbour in (-1, 0, 1):
            total += weight * tones[:, np.maximum(centres + shift + neighbour, 0)]
    total = np.sqrt(total)
    sums = np.concatenate([np.zeros((1, COUNT)), np.cumsum(total, axis=0)])
    at = np.clip(np.round(grid * HARMONIC_PER_SECOND).astype(int), 0, len(total) - 1)
    stop = np.maximum(at[1:], at[:-1] + 1)
    means = (sums[stop] - sums[at[:-1]]) / (stop - at[:-1])[:, None]
    strong = np.quantile(means.max(1), 0.95)
    return np.asarray(means / max(float(strong), 1e-9))


def _chord_prior(grid: Doubles, chords: Sequence[Chord]) -> Doubles:
    """Bonus per step and pitch for the tones of the chord that sounds there."""
    bonus = np.zeros((len(chords) + 1, COUNT))
    classes = (LOWEST_MIDI + np.arange(COUNT)) % 12
    for i, chord in enumerate(chords):
        if chord.label == "N":
            continue
        name, quality = chord.label.split(":")
        root = PITCHES.index(name)
        third = (root + (3 if quality.startswith("min") else 4)) % 12
        for tone in (root, third, (root + 7) % 12):
            bonus[i, classes == tone] += CHORD_BONUS
        bonus[i, classes == root] += ROOT_BONUS
    starts = np.array([chord.start_s for chord in chords] or [0.0])
    middle = (grid[1:] + grid[:-1]) / 2
    return np.asarray(bonus[np.maximum(np.searchsorted(starts, middle) - 1, 0)])


def _path(salience: Doubles, prior: Doubles) -> npt.NDArray[np.int64]:
    """Best pitch per step, -1 for silence. Moving to any other pitch costs the same."""
    silent = np.full((len(salience), 1), SILENCE)
    score = np.concatenate([salience * (1 + prior), silent], axis=1)
    best, back = score[0].copy(), np.zeros(score.shape, np.int64)
    own = np.arange(COUNT + 1)
    for i in range(1, len(score)):
        top = int(best.argmax())
        moved = best[top] - CHANGE_COST * 0.1
        back[i] = np.where(best >= moved, own, top)
        best = np.maximum(best, moved) + score[i]
    path = np.zeros(len(score), np.int64)
    path[-1] = int(best.argmax())
    for i in range(len(score) - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return np.where(path == COUNT, -1, path)


def _strikes(spectra: Spectra, grid: Doubles) -> npt.NDArray[np.bool_]:
    """Steps on which the low band attacks, so that a repeated pitch becomes two notes."""
    band = spectra.fine_bands["kick"]
    at = np.round(grid[:-1] * FINE_PER_SECOND).astype(int)
    hit = np.max([band[np.clip(at + k, 0, len(band) - 1)] for k in range(-4, 5)], axis=0)
    return np.asarray(hit > hit.mean() + RESTRIKE * hit.std() / 2)


def _rivals(path: npt.NDArray[np.int64], salience: Doubles) -> Doubles:
    """Per step the strongest pitch that is neither the chosen one nor its octave."""
    other = (np.arange(COUNT) - path[:, None]) % 12 != 0
    return np.asarray(np.where(other, salience, 0).max(1))


def _notes(
    path: npt.NDArray[np.int64],
    salience: Doubles,
    grid: Doubles,
    strikes: npt.NDArray[np.bool_],
) -> NoteLine:
    starts = np.flatnonzero((np.diff(path, prepend=-2) != 0) | strikes)
    rivals = _rivals(path, salience)
    notes = []
    for first, last in zip(starts, np.append(starts[1:], len(path)), strict=True):
        pitch = int(path[first])
        if pitch < 0:
            continue
        level = float(np.clip(salience[first:last, pitch].mean(), 0, 1.2))
        rival = float(rivals[first:last].mean())
        notes.append(
            Note(
                start_s=float(grid[first]),
                end_s=float(grid[last]),
                pitch=LOWEST_MIDI + pitch,
                velocity=int(np.clip(round(40 + 70 * level), 1, 127)),
                confidence=float(np.clip(1 - rival / max(level, 1e-9), 0, 1)),
            )
        )
    confidence = float(np.mean([n.confidence for n in notes])) if notes else 0.0
    return NoteLine(tuple(notes), METHOD, confidence)

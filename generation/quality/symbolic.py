"""Symbolic measures of a melody over chords, defined as for the human reference songs.

The reference medians and ranges (152 songs) stand in docs/algorithms/mosaic.md. Notes of the melody
are sorted by onset; times are in beats from the first bar line; a bar has four beats.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

import numpy as np

STEPS_PER_BEAT, BAR_STEPS = 4, 16
MAJOR = frozenset((0, 2, 4, 5, 7, 9, 11))
CHORD_LATER_S = 0.02
ON_BEAT = 0.1
STEP, LEAP = 2, 7
LEAST_PATTERN_NOTES, LEAST_PATTERN_BARS = 3, 8

Pattern = tuple[tuple[int, ...], tuple[int, ...]]
"""Onsets and intervals of a bar."""


@dataclass(frozen=True, slots=True)
class MelodyNote:
    """``start`` and ``length`` in beats, MIDI ``pitch``."""

    start: float
    length: float
    pitch: int


@dataclass(frozen=True, slots=True)
class ChordSpan:
    """Pitch classes that sound from ``start`` (in beats) until the next span; ``name`` tells them apart."""

    start: float
    classes: frozenset[int]
    name: str


@dataclass(frozen=True, slots=True)
class SymbolicMeasures:
    """All shares from 0 to 1; entropy in bits, range in semitones; NaN where nothing can be said."""

    pitch_class_entropy: float
    scale_consistency: float
    chord_tones: float
    chord_tones_on_beat: float
    steps: float
    leaps: float
    repeated_notes: float
    range_semitones: float
    groove_consistency: float
    notes_per_active_bar: float
    active_bars: float
    bar_pattern_repeat: float
    rhythm_repeat: float
    chords_per_bar: float
    distinct_chords: int


def measure(
    melody: Sequence[MelodyNote], chords: Sequence[ChordSpan], bars: int, bpm: float
) -> SymbolicMeasures:
    """Measure a melody (at least two notes) over ``chords`` in a song of ``bars``."""
    notes = sorted(melody, key=lambda n: (n.start, n.pitch))
    moves = [b.pitch - a.pitch for a, b in pairwise(notes)]
    grid = _grid(notes)
    by_duration, on_beat = _chord_tones(notes, chords, bpm)
    low, high = np.percentile([n.pitch for n in notes], [2, 98])
    return SymbolicMeasures(
        pitch_class_entropy=_entropy(notes),
        scale_consistency=_scale_consistency(notes),
        chord_tones=by_duration,
        chord_tones_on_beat=on_beat,
        steps=_share([abs(move) <= STEP for move in moves]),
        leaps=_share([abs(move) > LEAP for move in moves]),
        repeated_notes=_share([move == 0 for move in moves]),
        range_semitones=float(high - low),
        groove_consistency=_groove(grid),
        notes_per_active_bar=sum(len(bar) for bar in grid.values()) / max(len(grid), 1),
        active_bars=len(grid) / max(bars, 1),
        bar_pattern_repeat=_repeats(grid, with_pitch=True),
        rhythm_repeat=_repeats(grid, with_pitch=False),
        chords_per_bar=len(chords) / max(bars, 1),
        distinct_chords=len({chord.name for chord in chords}),
    )


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else float("nan")


def _class_durations(notes: Sequence[MelodyNote]) -> list[float]:
    durations = [0.0] * 12
    for note in notes:
        durations[note.pitch % 12] += note.length
    return durations


def _entropy(notes: Sequence[MelodyNote]) -> float:
    durations = _class_durations(notes)
    total = sum(durations)
    return -sum(d / total * log2(d / total) for d in durations if d)


def _scale_consistency(notes: Sequence[MelodyNote]) -> float:
    durations = _class_durations(notes)
    inside = (sum(durations[(tonic + step) % 12] for step in MAJOR) for tonic in range(12))
    # Two orders of one sum differ in the last bit: all inside is 1, not a hair above it.
    return min(1.0, max(inside) / sum(durations))


def _chord_tones(
    notes: Sequence[MelodyNote], chords: Sequence[ChordSpan], bpm: float
) -> tuple[float, float]:
    """Share of chord tones by duration (chord at onset + 20 ms), and of those on a beat by number."""
    starts = [chord.start for chord in chords]
    later = CHORD_LATER_S * bpm / 60
    inside = total = 0.0
    on_beat = []
    for note in notes:
        at = bisect_right(starts, note.start + later) - 1
        if at < 0:
            continue
        tone = note.pitch % 12 in chords[at].classes
        total += note.length
        inside += note.length * tone
        if abs(note.start - round(note.start)) <= ON_BEAT:
            on_beat.append(tone)
    return inside / total if total else float("nan"), _share(on_beat)


def _grid(notes: Sequence[MelodyNote]) -> dict[int, dict[int, int]]:
    """Return pitch by sixteenth for every bar with an onset; the highest of equal onsets stays."""
    bars: dict[int, dict[int, int]] = {}
    for note in notes:
        bar, step = divmod(round(note.start * STEPS_PER_BEAT), BAR_STEPS)
        own = bars.setdefault(bar, {})
        own[step] = max(note.pitch, own.get(step, 0))
    return bars


def _groove(grid: dict[int, dict[int, int]]) -> float:
    """Return 1 - Hamming distance of the onset vectors of neighbouring active bars, on average."""
    alike = [
        1 - len(grid[bar].keys() ^ grid[bar + 1].keys()) / BAR_STEPS
        for bar in grid
        if bar + 1 in grid
    ]
    return sum(alike) / len(alike) if alike else float("nan")


def bar_patterns(grid: dict[int, dict[int, int]], *, with_pitch: bool) -> dict[int, Pattern]:
    """Return (onsets, intervals) of every bar with three notes or more, or onsets alone."""
    patterns: dict[int, Pattern] = {}
    for bar in sorted(grid):
        steps = sorted(grid[bar])
        if len(steps) >= LEAST_PATTERN_NOTES:
            moves = tuple(grid[bar][b] - grid[bar][a] for a, b in pairwise(steps))
            patterns[bar] = (tuple(steps), moves if with_pitch else ())
    return patterns


def melody_patterns(melody: Sequence[MelodyNote]) -> dict[int, Pattern]:
    """Return the pattern of every bar of a melody that has one."""
    return bar_patterns(_grid(sorted(melody, key=lambda n: (n.start, n.pitch))), with_pitch=True)


def _repeats(grid: dict[int, dict[int, int]], *, with_pitch: bool) -> float:
    patterns = list(bar_patterns(grid, with_pitch=with_pitch).values())
    if len(patterns) <= LEAST_PATTERN_BARS:
        return float("nan")
    seen: set[Pattern] = set()
    again = 0
    for pattern in patterns:
        again += pattern in seen
        seen.add(pattern)
    return again / len(patterns)

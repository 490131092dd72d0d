"""Which of several attempts at a cell is the best to sing. Higher is better; no shares here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from generation.composition.singer import Sung, Task

WANTED_CHORD_TONES = 0.74
WANTED_RANGE = (4, 12)
"""Semitones that an idea of two bars likes to span."""
MOST_REPEATS = 0.35
MOST_IN_A_ROW = 3
"""Notes of one pitch in a row before a line sounds stuck."""
WANTED_STEPS, STEPWISE = 0.68, 2.2


def judge(task: Task, notes: Sequence[Sung]) -> float:
    """Return how good ``notes``, the first of ``task``, are: chord tones, range, peak, steps, contour."""
    pitches = [note.pitch for note in notes]
    moves = [b - a for a, b in pairwise(pitches)]
    if not moves:
        return 0.0
    score = -2.5 * abs(_on_beat(task, notes) - WANTED_CHORD_TONES)
    span = max(pitches) - min(pitches)
    score -= 0.25 * max(WANTED_RANGE[0] - span, span - WANTED_RANGE[1], 0)
    score -= 2.0 * max(0.0, _mean(move == 0 for move in moves) - MOST_REPEATS)
    score -= 0.6 * max(0, _in_a_row(pitches) - MOST_IN_A_ROW)
    score -= 0.7 * sum(abs(move) > 7 for move in moves)
    score -= STEPWISE * abs(_mean(abs(move) <= 2 for move in moves) - WANTED_STEPS)
    score += 0.4 * (pitches.count(max(pitches)) == 1)
    score -= 0.3 * _off_contour(task, notes)
    score += 0.1 * _mean(note.logp for note in notes)
    score -= abs(_mean(pitches) - task.centre) / 8
    return score


def _mean(values: Iterable[float]) -> float:
    """Return the mean; ``statistics.mean`` is exact and far slower."""
    listed = list(values)
    return sum(listed) / len(listed)


def _in_a_row(pitches: Sequence[int]) -> int:
    """Return the length of the longest run of one pitch."""
    longest = run = 1
    for before, now in pairwise(pitches):
        run = run + 1 if now == before else 1
        longest = max(longest, run)
    return longest


def _on_beat(task: Task, notes: Sequence[Sung]) -> float:
    on_beat = [
        note.degree % 7 in chord.degrees
        for note, chord in zip(notes, task.chords, strict=False)
        if note.step % 4 == 0
    ]
    return _mean(on_beat) if on_beat else WANTED_CHORD_TONES


def _off_contour(task: Task, notes: Sequence[Sung]) -> float:
    """Return the mean distance from the contour in scale steps, over the notes that follow it."""
    place, off = notes[0].degree, []
    for note, move in zip(notes[1:], task.contour, strict=False):
        place += move
        off.append(abs(note.degree - place))
    return _mean(off) if off else 0.0

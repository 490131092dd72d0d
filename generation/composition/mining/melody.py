"""Motifs, and lines for the Markov model, out of a melody that was heard through a whole mix.

A single transcribed note is right about every second time, so a motif must have evidence: loud
notes that fit the scale and the grid, or a rhythm that comes back. Noise does not repeat itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import mean

from generation.attribution.copy_guard import Token, melody_tokens
from generation.composition.chords import nearest_degree
from generation.composition.mining.measured import Measured
from generation.composition.units import (
    LEAST_CONFIDENCE,
    STEPS,
    ContourUnit,
    RhythmUnit,
    Span,
    Stroke,
)
from library.analysis.types import Note

IDEA_BARS = 2
FEWEST, MOST_NOTES = 5, 18
MOST_IDEAS = 8
ALIKE = 0.6
DOUBT_LEFT = 0.6
"""Of the doubt about a motif, what each further occurrence of its rhythm leaves."""
MOST_OCCURRENCES = 3
GAP_STEPS = 16
LEAST_LINE, LEAST_NOTES = 4, 24
WIDEST_STEP = 7


@dataclass(frozen=True)
class Sung:
    """A melody note on the grid: sixteenths from the first bar line, its scale step, its source."""

    start: int
    length: int
    off_grid: float
    degree: int
    in_scale: bool
    note: Note


@dataclass(frozen=True)
class Melody:
    """What a song gives to melodies."""

    rhythms: tuple[RhythmUnit, ...]
    contours: tuple[ContourUnit, ...]
    lines: tuple[tuple[int, ...], ...]
    heard: tuple[tuple[Token, ...], ...]


def mine_melody(song: Measured, key: str, tonic: int) -> Melody:
    """Return motifs with confidence .5 or more, lines when there are such, and all that was heard.

    A waltz gives the shapes of its ideas and its lines; its rhythms would not fill a bar of four.
    """
    if not song.has_grid:
        return Melody((), (), (), ())
    sung = _sing(song, tonic)
    phrases = _phrases(sung)
    heard = tuple(melody_tokens([(s.start, s.note.pitch) for s in p]) for p in phrases)
    ideas = _ideas(song, sung)
    rhythms, contours = [], []
    for bar, idea in ideas.items():
        sure = _confidence(idea, [other for b, other in ideas.items() if b != bar], song.bar_steps)
        if sure >= LEAST_CONFIDENCE:
            role = _role(song, idea)
            start = bar * song.bar_steps
            end = start + IDEA_BARS * song.bar_steps
            span = Span(bar, IDEA_BARS, song.time(start), song.time(end))
            rhythms.append(
                RhythmUnit(
                    id=f"{key}:rhythm/{bar}",
                    confidence=sure,
                    span=span,
                    roles=(role,),
                    strokes=tuple(Stroke(s.start - start, s.length) for s in idea),
                )
            )
            contours.append(
                ContourUnit(
                    id=f"{key}:contour/{bar}",
                    confidence=sure,
                    span=span,
                    roles=(role,),
                    steps=_steps(idea),
                )
            )
    usable = len(sung) >= LEAST_NOTES and bool(rhythms)
    lines = tuple(_steps(p) for p in phrases if len(p) > LEAST_LINE) if usable else ()
    best = sorted(range(len(rhythms)), key=lambda n: (-rhythms[n].confidence, rhythms[n].id))
    kept = sorted(best[:MOST_IDEAS])
    own_rhythms = tuple(rhythms[n] for n in kept) if song.bar_steps == STEPS else ()
    return Melody(own_rhythms, tuple(contours[n] for n in kept), lines, heard)


def _sing(song: Measured, tonic: int) -> list[Sung]:
    """One note to a sixteenth, the surest; lengths end where the next begins."""
    at_step: dict[int, tuple[Note, float]] = {}
    for note in song.melody:
        position = song.position(note.start_s)
        step = round(position)
        known = at_step.get(step)
        if known is None or note.confidence > known[0].confidence:
            at_step[step] = (note, abs(position - step))
    steps = sorted(at_step)
    sung = []
    for number, step in enumerate(steps):
        note, off_grid = at_step[step]
        end = steps[number + 1] if number + 1 < len(steps) else step + STEPS
        length = max(1, min(end - step, round(song.position(note.end_s)) - step))
        degree, inside = nearest_degree(note.pitch, 60 + tonic)
        sung.append(Sung(step, length, off_grid, degree, inside, note))
    return sung


def _phrases(sung: list[Sung]) -> list[list[Sung]]:
    """Cut where nothing starts for a bar: excerpts lie apart, and so do breaths."""
    phrases: list[list[Sung]] = []
    for one in sung:
        if not phrases or one.start - phrases[-1][-1].start > GAP_STEPS:
            phrases.append([])
        phrases[-1].append(one)
    return phrases


def _steps(idea: list[Sung]) -> tuple[int, ...]:
    moves = (b.degree - a.degree for a, b in pairwise(idea))
    return tuple(max(-WIDEST_STEP, min(WIDEST_STEP, move)) for move in moves)


def _ideas(song: Measured, sung: list[Sung]) -> dict[int, list[Sung]]:
    """Every two bars of a section that hold a usable number of notes, by their first bar."""
    ideas = {}
    for section in song.sections:
        bars = song.bars_of(section)
        for bar in range(bars.start, bars.stop - 1, IDEA_BARS):
            start = bar * song.bar_steps
            own = [s for s in sung if start <= s.start < start + IDEA_BARS * song.bar_steps]
            both = {(s.start - start) // song.bar_steps for s in own} == {0, 1}
            if FEWEST <= len(own) <= MOST_NOTES and both:
                ideas[bar] = own
    return ideas


def _confidence(idea: list[Sung], others: list[list[Sung]], bar_steps: int) -> float:
    amplitude = mean(s.note.confidence for s in idea)
    in_scale = mean(s.in_scale for s in idea)
    on_grid = 1 - mean(s.off_grid for s in idea)
    again = sum(_likeness(idea, other, bar_steps) >= ALIKE for other in others)
    evidence = 1 - (1 - amplitude) * DOUBT_LEFT ** min(again, MOST_OCCURRENCES)
    return evidence * in_scale * on_grid


def _likeness(idea: list[Sung], other: list[Sung], bar_steps: int) -> float:
    """Jaccard index of two rhythms."""
    whole = IDEA_BARS * bar_steps
    one = {s.start % whole for s in idea}
    two = {s.start % whole for s in other}
    shifted = {(step + bar_steps) % whole for step in two}
    return max(len(one & t) / len(one | t) for t in (two, shifted))


def _role(song: Measured, idea: list[Sung]) -> str:
    at = idea[0].note.start_s
    return next((s.role for s in song.sections if s.start_s <= at < s.end_s), "whole")

"""A score as it is written on paper: bars of notes and rests that add up, chords, section names.

The lead is brought to the grid of sixteenths, gaps that are only articulation are closed, and what
a reader could not count is split into tied notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generation.composition.chords import Chord
from generation.composition.plan import Plan
from generation.composition.score import Event, Score
from generation.composition.units import STEPS, TICKS
from generation.exports.errors import ScoreUnwritableError
from generation.exports.spelling import Key, Spelled

HALF = STEPS // 2
BARS_PER_LINE = 4
CLOSED_GAP = 1
"""Sixteenths of silence after a note that are articulation and not a rest."""
TITLES = {
    "intro": "Intro",
    "verse": "Verse",
    "pre": "Pre-chorus",
    "chorus": "Chorus",
    "bridge": "Bridge",
    "outro": "Outro",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A note or a rest (no pitch) inside one bar: start and length in sixteenths."""

    step: int
    length: int
    pitch: Spelled | None = None
    ties_on: bool = False
    """The next mark continues it."""
    tied_from: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar. ``chords`` holds (sixteenth, chord) where the harmony changes."""

    marks: tuple[Mark, ...]
    chords: tuple[tuple[int, Chord], ...]
    section: str = ""
    """The name of the section that begins here."""
    begins_line: bool = False


@dataclass(frozen=True)
class Sheet:
    """A whole lead sheet in 4/4."""

    key: Key
    bpm: float
    bars: tuple[Bar, ...]


def read_sheet(score: Score) -> Sheet:
    """Return the lead sheet of ``score``.

    Raises
    ------
    ScoreUnwritableError
        If the score has no bar.
    """
    plan = score.plan
    if not plan.sections or not plan.bars:
        raise ScoreUnwritableError("it has no bar")
    key = Key(plan.tonic, plan.mode)
    starts = dict(zip((s.bar for s in plan.sections), section_names(score), strict=True))
    notes = _quantised(score.events, plan.bars)
    lines = set(_line_starts(plan))
    bars: list[Bar] = []
    before = ""
    for bar in range(plan.bars):
        chords = []
        for half in (0, 1):
            chord = score.chords[2 * bar + half]
            name = key.chord_name(chord)  # two that are written alike are one to read
            if name != before or (half == 0 and bar in lines):
                chords.append((half * HALF, chord))
            before = name
        both = (score.chords[2 * bar], score.chords[2 * bar + 1])
        marks = _marks(notes, bar, key, both)
        bars.append(Bar(marks, tuple(chords), starts.get(bar, ""), begins_line=bar in lines))
    return Sheet(key, plan.bpm, tuple(bars))


def _line_starts(plan: Plan) -> Iterator[int]:
    """Yield the bars that begin a line: every fourth of a section. The chord is named again there."""
    for section in plan.sections:
        yield from range(section.bar, section.bar + section.bars, BARS_PER_LINE)


def section_names(score: Score) -> tuple[str, ...]:
    """Return a name for each section, numbered where its role comes more than once."""
    sections = score.plan.sections
    times = Counter(section.role for section in sections)
    return tuple(TITLES[s.role] + (f" {s.nth + 1}" if times[s.role] > 1 else "") for s in sections)


Placed = tuple[int, int, int]
"""Start and end in sixteenths of the song, MIDI pitch."""


def _quantised(events: Sequence[Event], bars: int) -> list[Placed]:
    """Return the lead on the grid, one voice, nothing beyond the last bar."""
    lead = sorted((e for e in events if e.track == "Lead"), key=lambda e: (e.tick, e.pitch))
    found: list[Placed] = []
    for event in lead:
        start = max(round(event.tick / TICKS), 0)
        end = max(round((event.tick + event.ticks) / TICKS), start + 1)
        if found and found[-1][0] == start:
            found.pop()  # of two notes on one sixteenth the later and higher is the melody
        found.append((start, end, event.pitch))
    last = bars * STEPS
    closed = []
    for number, (start, end, pitch) in enumerate(found):
        until = found[number + 1][0] if number + 1 < len(found) else last
        # A note that stops on the weak half of an eighth would leave a rest nobody wants to count.
        reaches = min(end + CLOSED_GAP, until) if end % 2 or end + CLOSED_GAP == until else end
        if start < last:
            closed.append((start, min(reaches, until, last), pitch))
    return closed


def _marks(
    notes: Sequence[Placed], bar: int, key: Key, chords: tuple[Chord, Chord]
) -> tuple[Mark, ...]:
    first, last = bar * STEPS, (bar + 1) * STEPS
    marks: list[Mark] = []
    at = first
    for start, end, pitch in notes:
        if end <= first or start >= last:
            continue
        begin, stop = max(start, first), min(end, last)
        marks += [Mark(step, length) for step, length in _rests(at - first, begin - first)]
        chord = chords[(begin - first) // HALF]
        pieces = split_note(begin - first, stop - first)
        for number, (step, length) in enumerate(pieces):
            marks.append(
                Mark(
                    step,
                    length,
                    key.spell(pitch, chord),
                    ties_on=number + 1 < len(pieces) or end > stop,
                    tied_from=number > 0 or start < begin,
                )
            )
        at = stop
    marks += [Mark(step, length) for step, length in _rests(at - first, STEPS)]
    return tuple(marks)


def split_note(start: int, end: int) -> list[tuple[int, int]]:
    """Return (start, length) of the notes to tie, each readable where it stands in the bar."""
    pieces = []
    while start < end:
        length = max(n for n in readable(start) if start + n <= end)
        pieces.append((start, length))
        start += length
    return pieces


def readable(step: int) -> tuple[int, ...]:
    """Return the lengths that a reader counts at once when a note begins at ``step`` of a bar.

    The middle of the bar stays visible, but for a half note on the second beat and for whatever
    begins with the bar; a beat stays visible, but for the one syncopation everybody knows (an
    eighth, then quarters); the second half of a beat stays visible inside the beat, but for
    sixteenth, eighth, sixteenth and the dotted eighth.
    """
    if step == 0:
        return 1, 2, 3, 4, 6, 8, 12, 16
    if step == HALF:
        return 1, 2, 3, 4, 6, 8
    beat, within = divmod(step, 4)
    if within == 0:
        return (1, 2, 3, 4, 8) if beat == 1 else (1, 2, 3, 4)
    if within == 2:
        return (1, 2, 4, 6) if beat in (0, 2) else (1, 2)
    return (1, 2, 3) if within == 1 else (1,)


def _rests(start: int, end: int) -> list[tuple[int, int]]:
    """Return rests that show every beat: halves only at the halves, no syncopation."""
    pieces = []
    while start < end:
        length = next(n for n in _rests_at(start) if start + n <= end)
        pieces.append((start, length))
        start += length
    return pieces


def _rests_at(step: int) -> tuple[int, ...]:
    if step % HALF == 0:
        return (16, 8, 4, 2, 1) if step == 0 else (8, 4, 2, 1)
    if step % 4 == 0:
        return 4, 2, 1
    return (2, 1) if step % 2 == 0 else (1,)

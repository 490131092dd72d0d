"""How people play: a little early or late, chords spread by the hand, phrases that breathe.

The groove of the score is in its ticks already. What is added here is bounded, has a mean of zero,
and neither adds nor drops a note: the ledger knows every one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from generation.composition.stream import Stream
from generation.rendering.arrangement import Note

DRIFT_PART = 0.45
"""Of the jitter: what changes slowly, as a player leans forward for some bars; the rest is by note."""
DRIFT_S = 6.0
CHORD_S = 0.03
"""Notes that begin within this time are one stroke of the hand."""
BREATH_S = 0.09
"""A shorter rest in a melody is sung through."""
OVERLAP_S = 0.02
SHORTEST_S = 0.04
ARC = 0.06
"""How much louder the middle of a phrase is than its ends, as a part of the velocity."""


@dataclass(frozen=True)
class Feel:
    """Largest deviation of a part: seconds, and velocity as a part of itself."""

    late_s: float
    force: float


FEELS: Mapping[str, Feel] = {
    "Lead": Feel(0.007, 0.05),
    "Double": Feel(0.010, 0.06),
    "Comp": Feel(0.005, 0.06),
    "Pad": Feel(0.010, 0.04),
    "Arp": Feel(0.004, 0.07),
    "Bass": Feel(0.004, 0.05),
    "Kick": Feel(0.0015, 0.04),
    "Snare": Feel(0.0025, 0.05),
    "Hats": Feel(0.003, 0.09),
    "Percussion": Feel(0.004, 0.07),
}
MOST_LATE_S = max(feel.late_s for feel in FEELS.values())


def played(notes: Sequence[Note], part: str, seed: int) -> tuple[Note, ...]:
    """Return ``notes`` as a person plays them: as many, of the same pitches, in the same order."""
    feel, stream = FEELS[part], Stream(seed, f"feel/{part}")
    anchors = _Drift(stream.split("drift"))
    moved = []
    for number, note in enumerate(notes):
        own = stream.split(number)
        late = DRIFT_PART * anchors.at(note.start_s) + (1 - DRIFT_PART) * own.spread(1.0)
        force = 1 + own.spread(feel.force)
        moved.append(
            replace(
                note,
                start_s=max(0.0, note.start_s + feel.late_s * late),
                velocity=max(1, min(127, round(note.velocity * force))),
            )
        )
    return tuple(moved)


class _Drift:
    """A number from -1 to 1 that wanders, drawn anew every few seconds."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def at(self, seconds: float) -> float:
        before = int(seconds // DRIFT_S)
        along = seconds / DRIFT_S - before
        first, second = (self._stream.split(n).spread(1.0) for n in (before, before + 1))
        return first + (second - first) * along


def strummed(notes: Sequence[Note], spread_s: float, step_s: float) -> tuple[Note, ...]:
    """Return chords with their strings one after another, around the moment that was written.

    Strokes on the beat go down, those between go up (``step_s`` is an eighth); the hand slows for
    soft ones.
    """
    out: list[Note] = []
    for chord in chords(notes):
        middle = sum(n.start_s for n in chord) / len(chord)
        is_down = round(middle / step_s) % 2 == 0
        ordered = sorted(chord, key=lambda n: n.pitch, reverse=not is_down)
        gap = spread_s * (1.5 - chord[0].velocity / 127)
        for place, note in enumerate(ordered):
            offset = gap * (place - (len(ordered) - 1) / 2)
            out.append(replace(note, start_s=max(0.0, middle + offset)))
    return tuple(sorted(out, key=lambda n: (n.start_s, n.pitch)))


def chords(notes: Sequence[Note]) -> Iterator[list[Note]]:
    """Yield the notes of each stroke together."""
    run: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.start_s, n.pitch)):
        if run and note.start_s - run[0].start_s > CHORD_S:
            yield run
            run = []
        run.append(note)
    if run:
        yield run


def sung(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Return a melody in phrases: short rests sung through, the middle of a phrase a little louder."""
    ordered = sorted(notes, key=lambda n: (n.start_s, n.pitch))
    joined: list[Note] = []
    for note, after in zip_longest(ordered, ordered[1:]):
        rest = after.start_s - note.start_s - note.length_s if after else BREATH_S
        is_bound = after is not None and -OVERLAP_S < rest < BREATH_S
        length = note.length_s + rest + OVERLAP_S if is_bound else note.length_s
        joined.append(replace(note, length_s=max(SHORTEST_S, length)))
    out: list[Note] = []
    for phrase in _phrases(joined):
        for place, note in enumerate(phrase):
            along = (place + 0.5) / len(phrase)
            force = 1 + ARC * (1 - abs(2 * along - 1)) - ARC / 2
            out.append(replace(note, velocity=max(1, min(127, round(note.velocity * force)))))
    return tuple(out)


def _phrases(notes: Sequence[Note]) -> Iterator[list[Note]]:
    run: list[Note] = []
    for note in notes:
        if run and note.start_s - run[-1].start_s - run[-1].length_s >= BREATH_S:
            yield run
            run = []
        run.append(note)
    if run:
        yield run

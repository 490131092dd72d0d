"""How tests read a finished song: its cells, its chords, its voices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from generation.composition.cells import Cell, lay_cells
from generation.composition.chords import Chord
from generation.composition.composition import Composition
from generation.composition.score import Event
from generation.composition.slots import CELL_BARS
from generation.composition.units import STEPS, TICKS


def step_of(event: Event) -> int:
    """Return the sixteenth of the song on which a note is meant, however it is played."""
    return round(event.tick / TICKS)


def chord_of(song: Composition, event: Event) -> Chord:
    """Return the chord under the beginning of a note."""
    return song.score.chords[step_of(event) // 8]


def of_track(song: Composition, track: str) -> list[Event]:
    """Return the notes of one track in order of time."""
    return sorted(
        (e for e in song.score.events if e.track == track), key=lambda e: (e.tick, e.pitch)
    )


def lead_of_cell(song: Composition, bar: int) -> list[Event]:
    """Return the lead of the two bars from ``bar`` on."""
    first, end = bar * STEPS, (bar + CELL_BARS) * STEPS
    return [event for event in of_track(song, "Lead") if first <= step_of(event) < end]


def places_of(song: Composition, closings: tuple[str, ...]) -> Iterator[tuple[Cell, int]]:
    """Yield every place of every cell that closes in one of these ways."""
    for cell in lay_cells(song.score.plan):
        if cell.closing in closings:
            for bar in cell.bars:
                yield cell, bar


def chords_struck(song: Composition, track: str) -> dict[int, list[int]]:
    """Return the ascending pitches that a track strikes on each sixteenth."""
    struck: dict[int, list[int]] = defaultdict(list)
    for event in of_track(song, track):
        struck[step_of(event)].append(event.pitch)
    return {step: sorted(pitches) for step, pitches in sorted(struck.items())}

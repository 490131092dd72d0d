"""Bass figures, comping rhythms, broken chords and held chords.

One transcribed bar proves little; what several bars of a section agree on does. Each unit's
confidence is that agreement, mean |2 share - 1| over the sixteen steps, times how well its notes
fit the chords where that can be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from generation.composition.chords import PITCHES
from generation.composition.mining.harmony import chord_at
from generation.composition.mining.measured import Measured
from generation.composition.units import (
    LEAST_CONFIDENCE,
    STEPS,
    ArpUnit,
    BassUnit,
    CompUnit,
    PadUnit,
    Stroke,
    Tone,
)
from library.analysis.types import Note, Section

PLACE_OF = (1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7)
"""Scale place (1 root, 3 third, 5 fifth) of semitones above the root."""
LEAST_BARS = 3
BASS_SHARE, COMP_SHARE = 0.45, 0.4
COMP_RANGE = range(48, 77)
ARP_RANGE = range(52, 89)
FULL_BASS, FULL_COMP, FULL_ARP = 10, 9, 14


@dataclass(frozen=True)
class Placed:
    """A note on the grid of its section: bar, step, length in sixteenths, place above the root."""

    bar: int
    step: int
    length: int
    pitch: int
    place: int
    in_chord: bool


def place_notes(song: Measured, notes: Sequence[Note], bars: range) -> list[Placed]:
    """Return the notes that start in ``bars``, each on its nearest sixteenth."""
    placed = []
    for note in notes:
        start = round(song.position(note.start_s))
        bar, step = divmod(start, song.bar_steps)
        if bar not in bars:
            continue
        label = chord_at(song, note.start_s + 0.02)
        above = (note.pitch - PITCHES.index(label.split(":")[0])) % 12 if label != "N" else 0
        third = 3 if label.endswith("min") else 4
        length = max(1, round(song.position(note.end_s)) - start)
        placed.append(
            Placed(bar, step, length, note.pitch, PLACE_OF[above], above in (0, third, 7))
        )
    return placed


def step_shares(placed: Sequence[Placed], least: int = 1) -> tuple[list[float], int]:
    """Return for each step the share of bars with ``least`` notes on it, and how many bars count."""
    bars = sorted({note.bar for note in placed})
    counts = Counter((note.bar, note.step) for note in placed)
    shares = [
        sum(counts[bar, step] >= least for bar in bars) / max(len(bars), 1) for step in range(STEPS)
    ]
    return shares, len(bars)


def agreement(shares: Sequence[float]) -> float:
    """Return how much the bars agree, 0 (a coin for every step) to 1."""
    return mean(abs(2 * share - 1) for share in shares)


def mine_bass(song: Measured, key: str) -> tuple[BassUnit, ...]:
    """Return the bar of bass that the bars of each section agree on."""
    units: dict[tuple[Tone, ...], BassUnit] = {}
    for section in _in_four(song):
        placed = place_notes(song, song.bass, song.bars_of(section))
        shares, bars = step_shares(placed)
        steps = [step for step in range(STEPS) if shares[step] >= BASS_SHARE]
        if bars < LEAST_BARS or not steps:
            continue
        chordal = mean(note.in_chord for note in placed)
        confidence = agreement(shares) * chordal
        tones = tuple(
            Tone(step, _length(placed, steps, n), _usual_place(placed, step))
            for n, step in enumerate(steps)
        )
        if confidence >= LEAST_CONFIDENCE:
            unit = BassUnit(
                id=f"{key}:bass/{section.label}",
                confidence=confidence,
                roles=(section.role,),
                bars=1,
                tones=tones,
                energy=min(1.0, len(tones) / FULL_BASS),
            )
            units.setdefault(tones, unit)
    return tuple(units.values())


def _in_four(song: Measured) -> list[Section]:
    """First instance of each section letter of a song in four; others cannot be laid on sixteen."""
    if not song.has_grid or song.bar_steps != STEPS:
        return []
    first: dict[str, Section] = {}
    for section in song.sections:
        first.setdefault(section.label, section)
    return list(first.values())


def _length(placed: Sequence[Placed], steps: Sequence[int], number: int) -> int:
    own = [note.length for note in placed if note.step == steps[number]]
    room = (steps[number + 1] if number + 1 < len(steps) else STEPS) - steps[number]
    return max(1, min(room, round(median(own))))


def _usual_place(placed: Sequence[Placed], step: int) -> int:
    own = [note for note in placed if note.step == step]
    places = Counter(note.place for note in own)
    return min(places, key=lambda place: (-places[place], place))


def mine_comp(song: Measured, key: str) -> tuple[CompUnit, ...]:
    """Return the rhythm in which the notes of each section start together."""
    units: dict[tuple[Stroke, ...], CompUnit] = {}
    for section in _in_four(song):
        placed = place_notes(song, song.notes, song.bars_of(section))
        placed = [note for note in placed if note.pitch in COMP_RANGE]
        shares, bars = step_shares(placed, least=2)
        steps = [step for step in range(STEPS) if shares[step] >= COMP_SHARE]
        confidence = agreement(shares)
        if bars < LEAST_BARS or not 1 <= len(steps) <= FULL_COMP:
            continue
        strokes = tuple(Stroke(step, _length(placed, steps, n)) for n, step in enumerate(steps))
        if confidence >= LEAST_CONFIDENCE:
            unit = CompUnit(
                id=f"{key}:comp/{section.label}",
                confidence=confidence,
                roles=(section.role,),
                strokes=strokes,
                energy=min(1.0, len(strokes) / FULL_COMP),
            )
            units.setdefault(strokes, unit)
    return tuple(units.values())


def mine_arps(song: Measured, key: str) -> tuple[ArpUnit, ...]:
    """Return the most typical bar of broken chords of each section, if its bars are alike."""
    units = []
    for section in _in_four(song):
        placed = place_notes(song, song.notes, song.bars_of(section))
        placed = [note for note in placed if note.pitch in ARP_RANGE and note.in_chord]
        shares, bars = step_shares(placed)
        steps = [step for step in range(STEPS) if shares[step] >= 0.5]
        confidence = agreement(shares)
        if bars < LEAST_BARS or not 5 <= len(steps) <= FULL_ARP or confidence < LEAST_CONFIDENCE:
            continue
        units.append(
            ArpUnit(
                id=f"{key}:arp/{section.label}",
                confidence=confidence,
                roles=(section.role,),
                tones=_broken(placed, steps),
                energy=min(1.0, len(steps) / FULL_ARP),
            )
        )
    return tuple(units)


def _broken(placed: Sequence[Placed], steps: Sequence[int]) -> tuple[Tone, ...]:
    """Read the height of each step against the section's own range as one of six chord places."""
    heights = {step: median(n.pitch for n in placed if n.step == step) for step in steps}
    low, high = min(heights.values()), max(heights.values())
    span = max(high - low, 1.0)
    ends = [*steps[1:], STEPS]
    return tuple(
        Tone(step, end - step, 1 + round(4 * (heights[step] - low) / span))
        for step, end in zip(steps, ends, strict=True)
    )


def mine_pads(song: Measured, key: str) -> tuple[PadUnit, ...]:
    """Return how the long notes of each section lie."""
    units = []
    for section in _in_four(song):
        placed = place_notes(song, song.notes, song.bars_of(section))
        held = [note for note in placed if note.length >= STEPS // 2 and note.pitch in ARP_RANGE]
        bars = {note.bar for note in placed}
        carrying = [bar for bar in bars if sum(note.bar == bar for note in held) >= 2]
        if len(bars) < LEAST_BARS or len(carrying) / len(bars) < LEAST_CONFIDENCE:
            continue
        pitches = sorted(note.pitch for note in held)
        low, high = pitches[len(pitches) // 10], pitches[-1 - len(pitches) // 10]
        units.append(
            PadUnit(
                id=f"{key}:pad/{section.label}",
                confidence=len(carrying) / len(bars),
                roles=(section.role,),
                voices=max(3, min(4, round(len(held) / len(carrying)))),
                low=max(48, min(62, low)),
                spread=max(9, min(19, high - low)),
                strike=STEPS,
            )
        )
    return tuple(units)

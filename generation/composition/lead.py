"""The lead as events, and the second voice that joins it in the last chorus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generation.attribution.policy import Layer
from generation.composition.choir import Choir, LeadNote, note_glue, note_parts
from generation.composition.melody import RANGES
from generation.composition.plan import swell
from generation.composition.score import Event, Track, Why
from generation.composition.stream import Stream
from generation.composition.units import STEPS, TICKS

HUMAN_VELOCITY, HUMAN_TICKS = 4.0, 5.0
SHORTEN = 10
BELOW = (-2, -3, -4, -5)
"""Scale steps at which the second voice may lie, nearest first."""
SOFTER = 16
ARCH, ARCH_BY_SEMITONE = 6.0, 0.8
"""How much louder a high note is sung than one in the middle of its role's range."""


def write_events(
    choir: Choir, line: Sequence[LeadNote], energies: Sequence[float]
) -> Iterator[Event]:
    """Yield the lead."""
    for number, lead in enumerate(line):
        yield _event(choir, lead, _room(choir, line, number), energies, "Lead", lead.note.pitch)


def write_double(
    choir: Choir, line: Sequence[LeadNote], energies: Sequence[float]
) -> Iterator[Event]:
    """Yield a third below the lead in the last chorus, a chord tone wherever the lead is on a beat."""
    last = [s for s in choir.plan.sections if s.role == "chorus"][-1:]
    for number, lead in enumerate(line):
        if not last or choir.plan.section_at(lead.start // STEPS) is not last[0]:
            continue
        chord = choir.harmony.at(lead.start)
        degrees = [lead.note.degree + move for move in BELOW]
        tones = [d for d in degrees if d % 7 in chord.degrees]
        on_beat = lead.note.step % 4 == 0 and tones
        pitch = choir.singer.pitch(tones[0] if on_beat else degrees[0], chord)
        yield _event(choir, lead, _room(choir, line, number), energies, "Double", pitch)


def _room(choir: Choir, line: Sequence[LeadNote], number: int) -> int:
    """Return the sixteenths until the next note or the section's end: the line stays one voice, and
    a section can be written anew without its neighbours."""
    start = line[number].start
    section = choir.plan.section_at(start // STEPS)
    end = (section.bar + section.bars) * STEPS
    return min(end, line[number + 1].start if number + 1 < len(line) else end) - start


def _event(
    choir: Choir,
    lead: LeadNote,
    room: int,
    energies: Sequence[float],
    track: Track,
    pitch: int,
) -> Event:
    note, cell = lead.note, lead.cell
    human = Stream(choir.plan.seed, "human").split(track, lead.start)
    section = choir.plan.section_at(lead.start // STEPS)
    force = 78 + 24 * energies[section.index] + (5 if note.step % 4 == 0 else 0)
    force -= SOFTER if track == "Double" else 0
    force += max(-ARCH, min(ARCH, ARCH_BY_SEMITONE * (note.pitch - RANGES[cell.role][2])))
    force += swell(section, lead.start)
    parts = note_parts(choir, lead)
    ops = (*note.ops, *(("close",) if lead.rhythm_changed else ()))
    return Event(
        track=track,
        layer=Layer.MOTIF,
        tick=max(0, lead.start * TICKS + round(human.spread(HUMAN_TICKS))),
        ticks=max(TICKS // 2, min(note.length, room) * TICKS - SHORTEN),
        pitch=pitch,
        velocity=max(1, min(127, round(force + human.spread(HUMAN_VELOCITY)))),
        parts=parts,
        shares=choir.cast.owe(parts, note_glue(choir, lead)),
        why=Why(
            slot=cell.rhythm_slot,
            unit=choir.cast.units[cell.rhythm_slot].id,
            ops=(cell.kind, *ops),
            order=note.order,
            logp=note.logp,
        ),
    )

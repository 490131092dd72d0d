"""From score to arrangement: ticks to seconds, programs to instruments, events to played notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from generation.composition.score import Event, Score
from generation.composition.units import PPQ
from generation.rendering.arrangement import Arrangement, Note, Part, SectionSound
from generation.rendering.drumkit import DRUM_PARTS, part_of
from generation.rendering.feel import played, strummed, sung
from generation.rendering.instruments import INSTRUMENTS
from generation.rendering.lineup import EFFECTS_INSTRUMENT, Lineup, lineup_of
from generation.rendering.transitions import effects_of

PITCHED = ("Lead", "Double", "Comp", "Pad", "Arp", "Bass")
MELODIC = ("Lead", "Double")
LEAST_LENGTH_S = 0.03


def arrange(score: Score, *, seed: int) -> Arrangement:
    """Return ``score`` as it is to be played.

    Every event becomes one note of its pitch, and no other note is added; only the Effects part,
    which follows from the form, has no events. The same score and seed give the same arrangement.
    """
    sections = _sections(score)
    lineup = lineup_of(score.programs, weight=_mean_weight(sections), seed=score.plan.seed)
    parts = [
        _pitched(score, name, lineup, sections, seed)
        for name in PITCHED
        if any(event.track == name for event in score.events)
    ]
    parts += _drums(score, lineup, seed)
    effects = effects_of(sections, score.plan.bar_s, is_synthetic=lineup.is_synthetic)
    if effects:
        parts.append(Part("Effects", EFFECTS_INSTRUMENT, effects))
    return Arrangement(
        seconds=score.plan.bars * score.plan.bar_s,
        bpm=score.plan.bpm,
        seed=seed,
        parts=tuple(parts),
        sections=sections,
    )


def _sections(score: Score) -> tuple[SectionSound, ...]:
    bar_s = score.plan.bar_s
    return tuple(
        SectionSound(
            section.role,
            section.bar * bar_s,
            (section.bar + section.bars) * bar_s,
            score.energies[section.index],
            *score.sounds[section.index],
        )
        for section in score.plan.sections
    )


def _mean_weight(sections: Sequence[SectionSound]) -> float:
    whole = sum(s.end_s - s.start_s for s in sections)
    return sum(s.weight * (s.end_s - s.start_s) for s in sections) / whole


def _notes(events: Iterable[Event], bpm: float) -> list[Note]:
    tick_s = 60.0 / (bpm * PPQ)
    return [
        Note(
            max(0.0, event.tick * tick_s),
            max(LEAST_LENGTH_S, event.ticks * tick_s),
            event.pitch,
            event.velocity,
        )
        for event in events
    ]


def _pitched(
    score: Score, name: str, lineup: Lineup, sections: Sequence[SectionSound], seed: int
) -> Part:
    instrument = INSTRUMENTS[getattr(lineup, name.lower())]
    written = _notes((e for e in score.events if e.track == name), score.plan.bpm)
    notes = played(written, name, seed)
    if name in MELODIC:
        notes = sung(notes)
    if instrument.strum_s and name == "Comp":
        notes = strummed(notes, instrument.strum_s, 30.0 / score.plan.bpm)
    if instrument.tight and name == "Comp":
        notes = tuple(_tightened(note, instrument.tight, sections) for note in notes)
    return Part(name, instrument.name, notes)


def _tightened(note: Note, tight: float, sections: Sequence[SectionSound]) -> Note:
    """Play shorter where the song is fuller: stabs in a chorus, chords in a verse."""
    energy = next((s.energy for s in sections if s.start_s <= note.start_s < s.end_s), 0.5)
    return replace(note, length_s=max(LEAST_LENGTH_S, note.length_s * (1 - tight * energy)))


def _drums(score: Score, lineup: Lineup, seed: int) -> list[Part]:
    written = _notes((e for e in score.events if e.track == "Drums"), score.plan.bpm)
    parts = []
    for name in DRUM_PARTS:
        mine = [note for note in written if part_of(note.pitch) == name]
        if mine:
            parts.append(Part(name, lineup.kit, played(mine, name, seed)))
    return parts

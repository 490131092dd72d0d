"""Comping, pads and broken chords: cast rhythms over voicings that move as little as they can."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generation.attribution.policy import Layer
from generation.composition.bassline import root_pitches
from generation.composition.cast import Cast
from generation.composition.chords import Chord
from generation.composition.harmony import Harmony
from generation.composition.plan import Plan, Section
from generation.composition.score import Event, Track, Why
from generation.composition.slots import slot_key
from generation.composition.stream import Stream
from generation.composition.units import (
    STEPS,
    TICKS,
    ArpUnit,
    CompUnit,
    PadUnit,
    Stroke,
)
from generation.composition.voicing import Hand, Voicing, voice

COMP_HAND = Hand(low=53, high=74, voices=3, spread=9, colours=True)
PAD_ROOM = 20
"""Semitones above its lowest note that a pad may use."""
ARP_LOWEST, ARP_LONGEST = 60, 4
HUMAN_VELOCITY, HUMAN_TICKS = 5.0, 4.0
SHORTEN = 8
"""Ticks: played late and followed early, a note still ends before the next of its pitch."""


def write_comp(
    plan: Plan, cast: Cast, harmony: Harmony, energies: Sequence[float]
) -> Iterator[Event]:
    """Yield struck chords; one path of voicings runs through the whole song."""
    voicings: dict[int, Voicing] = {}
    for section in _with(plan, Layer.COMP):
        if not voicings:
            voicings = _voicings(plan, harmony, COMP_HAND, range(2 * plan.bars))
        slot = slot_key(Layer.COMP, section)
        unit = cast.unit(slot, CompUnit)
        player = _Player(plan, harmony, "Comp", Layer.COMP, cast, Why(slot, unit.id))
        force = 58 + 30 * energies[section.index]
        for bar in range(section.bar, section.bar + section.bars):
            strokes: Sequence[Stroke] = unit.strokes
            if bar == plan.bars - 1:
                strokes = (Stroke(0, STEPS),)
            for stroke in strokes:
                step = bar * STEPS + stroke.step
                length = _until_change(harmony, step, stroke.length, colours=True)
                accent = 6 if stroke.step % 8 == 0 else 0
                for pitch in voicings[step // 8]:
                    yield player.note(step, length, pitch, force + accent)


def write_pad(
    plan: Plan, cast: Cast, harmony: Harmony, energies: Sequence[float]
) -> Iterator[Event]:
    """Yield held chords, struck again where the chord changes or the unit asks for it."""
    for section in _with(plan, Layer.PAD):
        slot = slot_key(Layer.PAD, section)
        unit = cast.unit(slot, PadUnit)
        hand = Hand(unit.low, unit.low + PAD_ROOM, unit.voices, unit.spread)
        halves = range(2 * section.bar, 2 * (section.bar + section.bars))
        voicings = _voicings(plan, harmony, hand, halves)
        player = _Player(plan, harmony, "Pad", Layer.PAD, cast, Why(slot, unit.id))
        force = 46 + 22 * energies[section.index]
        start, end = section.bar * STEPS, (section.bar + section.bars) * STEPS
        step = start
        while step < end:
            length = _until_change(harmony, step, min(unit.strike, end - step))
            for pitch in voicings[step // 8]:
                yield player.note(step, length, pitch, force)
            step += length


def write_arp(
    plan: Plan, cast: Cast, harmony: Harmony, energies: Sequence[float]
) -> Iterator[Event]:
    """Yield broken chords: a place is the n-th tone of the chord from middle C on."""
    for section in _with(plan, Layer.ARP):
        slot = slot_key(Layer.ARP, section)
        unit = cast.unit(slot, ArpUnit)
        player = _Player(plan, harmony, "Arp", Layer.ARP, cast, Why(slot, unit.id))
        force = 52 + 26 * energies[section.index]
        for bar in range(section.bar, section.bar + section.bars):
            for tone in unit.tones:
                step = bar * STEPS + tone.step
                ladder = _ladder(harmony.at(step), plan.tonic)
                accent = 5 if tone.step % 4 == 0 else 0
                pitch = ladder[min(tone.place, len(ladder)) - 1]
                length = _until_change(harmony, step, min(tone.length, ARP_LONGEST))
                yield player.note(step, length, pitch, force + accent)


def _with(plan: Plan, layer: Layer) -> list[Section]:
    return [section for section in plan.sections if layer in section.layers]


def _voicings(plan: Plan, harmony: Harmony, hand: Hand, halves: range) -> dict[int, Voicing]:
    """Return the voicing of each half bar; a chord that goes on is voiced once."""
    own = [harmony.chords[n] if hand.colours else _plain(harmony.chords[n]) for n in halves]
    starts = [n for n, chord in enumerate(own) if n == 0 or chord != own[n - 1]]
    chords = [own[n] for n in starts]
    voicings = voice(chords, root_pitches(chords, plan.tonic), plan.tonic, hand)
    found: dict[int, Voicing] = {}
    for n, half in enumerate(halves):
        found[half] = voicings[bisect_right(starts, n) - 1]
    return found


def _plain(chord: Chord) -> Chord:
    """Return what pads and broken chords play: suspensions, but no added tones."""
    return replace(chord, colour="sus4" if chord.colour == "sus4" else "", over=None)


def _until_change(harmony: Harmony, step: int, length: int, *, colours: bool = False) -> int:
    """Shorten a note so that it does not sound into another chord."""
    here = harmony.at(step)
    for later in range(step - step % 8 + 8, step + length, 8):
        there = harmony.at(later)
        if there != here if colours else _plain(there) != _plain(here):
            return later - step
    return length


def _ladder(chord: Chord, tonic: int) -> list[int]:
    classes = {(tone + tonic) % 12 for tone in chord.pitch_classes}
    return [p for p in range(ARP_LOWEST, ARP_LOWEST + 36) if p % 12 in classes]


@dataclass(frozen=True)
class _Player:
    """Writes notes of one part: half the figure's, half the chord's."""

    plan: Plan
    harmony: Harmony
    track: Track
    layer: Layer
    cast: Cast
    why: Why

    def note(self, step: int, length: int, pitch: int, force: float) -> Event:
        human = Stream(self.plan.seed, "human").split(self.track, step, pitch)
        late = round(human.spread(HUMAN_TICKS))
        parts = {self.why.slot: 0.5, self.harmony.key_at(step): 0.5}
        return Event(
            track=self.track,
            layer=self.layer,
            tick=max(0, step * TICKS + late),
            ticks=max(TICKS // 2, length * TICKS - SHORTEN),
            pitch=pitch,
            velocity=max(1, min(127, round(force + human.spread(HUMAN_VELOCITY)))),
            parts=parts,
            shares=self.cast.owe(parts),
            why=self.why,
        )

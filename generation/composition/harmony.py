"""The chords of the whole song: the cast loops, closed by cadences where a section needs one."""

from __future__ import annotations

from dataclasses import dataclass

from generation.attribution.policy import Layer
from generation.attribution.shares import BASE
from generation.composition.cast import Cast
from generation.composition.chords import Chord, dominant_chord, tonic_chord
from generation.composition.colouring import COLOUR_PART, coloured
from generation.composition.plan import Plan, Section
from generation.composition.score import Decision, Why
from generation.composition.slots import harmony_key
from generation.composition.stream import Stream
from generation.composition.units import HarmonyUnit

LEADS_ON = frozenset({"verse", "pre", "bridge"})
"""Sections after which the chorus should be wanted."""


@dataclass(frozen=True)
class Harmony:
    """Two chords to the bar, and where each comes from."""

    chords: tuple[Chord, ...]
    keys: tuple[str, ...]
    """Slot of each chord, or the base where a cadence took over."""
    decisions: tuple[Decision, ...]

    def at(self, step: int) -> Chord:
        """Return the chord at a sixteenth of the song; the last one goes on."""
        return self.chords[min(step // 8, len(self.chords) - 1)]

    def key_at(self, step: int) -> str:
        """Return the slot of the chord at a sixteenth."""
        return self.keys[min(step // 8, len(self.keys) - 1)]


def write_harmony(plan: Plan, cast: Cast) -> Harmony:
    """Lay the loops of every phrase, coloured alike wherever they come back, and close the sections."""
    decisions: list[Decision] = []
    chords: list[Chord] = []
    stream = Stream(plan.seed, "colour")
    for section in plan.sections:
        closing = _cadence(plan, section, cast)
        for phrase in section.phrases:
            slot = harmony_key(section, phrase)
            loop = cast.unit(slot, HarmonyUnit).chords
            rich = coloured(loop, plan.mode, stream.split(slot))
            for half in range(2 * phrase.bars):
                place, at = 2 * phrase.bar + half, half % len(loop)
                chord = closing.get(place, rich[at])
                chords.append(chord)
                decisions.append(_decision(cast, slot, place, loop[at], chord, place in closing))
    keys = tuple(max(own.parts, key=lambda part: own.parts[part]) for own in decisions)
    return Harmony(tuple(chords), keys, tuple(decisions))


def _decision(
    cast: Cast, slot: str, place: int, given: Chord, chord: Chord, is_cadence: bool
) -> Decision:
    """Return whom half a bar of harmony is owed: what the base put in the loop's place is the base's."""
    parts, ops = {slot: 1.0}, tuple[str, ...]()
    if chord.core != given:
        parts, ops = {BASE: 1.0}, ("cadence" if is_cadence else "passing chord",)
    elif chord.colour:
        parts, ops = {slot: 1 - COLOUR_PART, BASE: COLOUR_PART}, (f"colour {chord.colour}",)
    elif chord.over is not None:
        ops = ("inversion",)
    return Decision(
        layer=Layer.HARMONY,
        bar=place // 2,
        mass=0.5,
        value=f"{chord.root}:{chord.quality}{chord.colour}",
        parts=parts,
        shares=cast.owe(parts),
        why=Why(slot, cast.units[slot].id, ops),
    )


def _cadence(plan: Plan, section: Section, cast: Cast) -> dict[int, Chord]:
    """Return the half bars that a cadence takes over; none when the loop closes well by itself."""
    end = 2 * (section.bar + section.bars)
    tonic, dominant = tonic_chord(plan.mode), dominant_chord(plan.mode)
    if section is plan.sections[-1]:
        return {end - 3: dominant, end - 2: tonic, end - 1: tonic}
    if section.role not in LEADS_ON:
        return {}
    unit = cast.unit(harmony_key(section, section.phrases[-1]), HarmonyUnit)
    last = unit.chords[(2 * section.phrases[-1].bars - 1) % len(unit.chords)]
    minor_dominant = Chord(dominant.root, "min")
    return {} if last in (dominant, minor_dominant) else {end - 1: dominant}

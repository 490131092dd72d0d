"""How well a unit suits a slot: 0 is perfect, 1 is a poor fit. Only musical reasons, no shares."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

from generation.attribution.policy import Layer
from generation.composition.chords import Chord, Mode, dominant_chord, tonic_chord
from generation.composition.plan import LAYERS
from generation.composition.timekeeping import lacking
from generation.composition.units import (
    STEPS,
    ArpUnit,
    BassUnit,
    CompUnit,
    ContourUnit,
    DrumUnit,
    FillUnit,
    FormUnit,
    HarmonyUnit,
    RhythmUnit,
    Role,
    Unit,
)

ENERGY: dict[Role, float] = {
    "intro": 0.2,
    "verse": 0.45,
    "pre": 0.6,
    "chorus": 0.8,
    "bridge": 0.35,
    "outro": 0.3,
}
NOTES_IN_CELL: dict[Role, tuple[int, int]] = {
    "verse": (10, 15),
    "pre": (8, 13),
    "chorus": (8, 12),
    "bridge": (6, 10),
    "outro": (6, 12),
    "intro": (6, 12),
}
"""Notes of two bars of melody that suit a role: verses speak, choruses hold."""
OFF_THE_BEAT = 0.25
"""Price of a bass or comping figure that never strikes on a beat: with drums that lean as well,
nobody would tell where the beat is."""
ROOTED, ROOTLESS = 0.5, 0.8
"""Of its bar a bass should hold the root this long where no pad holds the chord; the price of each part
that is missing. Over two short strokes of a verse a walking bass leaves the chord to guessing."""
UNFOUNDED = 0.8
"""Price, there too, of a bass of which every half bar begins over another tone than root or fifth: a low
third that sounds through the third beat is heard as a root."""
UNSTRUCK = 0.3
"""Price, there too, of a comping that strikes in no half bar: chords change with half bars."""
WIDEST_IDEA = 8
UNSURE = 0.3
UNSTATED = 0.6
"""Price of a drum pattern of which everything that states the beat would have to be added."""
DOMINANTS = (7, 4, 2, 5)
HALF = STEPS // 2
FOUNDING = (0, 4)
"""Scale steps above the root on which a bass founds a chord."""
DIFFERENT, MONOTONOUS = 3, 0.07
"""Onsets in which the two bars of an idea should differ, and the price of each that is missing: in human
songs neighbouring bars differ by four or five, and where none do a song stamps."""


def misfit(unit: Unit, layer: Layer, role: Role, mode: Mode, name: str, lift: float = 0.0) -> float:
    """Return the cost of ``unit`` in a slot of ``layer`` for ``role``; ``name`` is the slot's key.

    ``lift`` is how much fuller than usual (or emptier) the creator wants it.
    """
    cost = UNSURE * (1 - unit.confidence) + _role_cost(unit, role)
    if isinstance(unit, HarmonyUnit):
        return cost + harmony_cost(
            unit.chords, mode, closes=name.split("~", maxsplit=1)[0].endswith("y")
        )
    if isinstance(unit, DrumUnit):
        return cost + abs(unit.energy - ENERGY[role] - lift) + UNSTATED * lacking(unit)
    if isinstance(unit, BassUnit | CompUnit):
        steps = [one.step for one in (unit.tones if isinstance(unit, BassUnit) else unit.strokes)]
        cost += abs(unit.energy - ENERGY[role] - lift) + OFF_THE_BEAT * _off_beat(steps)
        return cost + (_unheld(unit) if Layer.PAD not in LAYERS[role] else 0.0)
    if isinstance(unit, ArpUnit | FillUnit):
        return cost + abs(unit.energy - ENERGY[role] - lift)
    if isinstance(unit, RhythmUnit):
        return cost + _rhythm_cost(unit, role)
    if isinstance(unit, ContourUnit):
        return cost + _contour_cost(unit)
    if isinstance(unit, FormUnit):
        return cost + (0.0 if unit.role == role else 0.4)
    return cost


def _role_cost(unit: Unit, role: Role) -> float:
    if not unit.roles or "whole" in unit.roles:
        return 0.1
    # An analysis knows no pre-chorus; what it calls a verse serves.
    known = {"pre": ("pre", "verse"), "outro": ("outro", "intro", "verse")}.get(role, (role,))
    return 0.0 if set(known) & set(unit.roles) else 0.25


def harmony_cost(chords: tuple[Chord, ...], mode: Mode, *, closes: bool) -> float:
    """Cost of a loop: it should know its tonic, move, and lead on when it closes."""
    tonic = tonic_chord(mode)
    cost = 0.0 if chords[0] == tonic else 0.2 if tonic in chords else 0.7
    # Major and relative minor share their chords: the one that is heard more is home.
    rival = tonic_chord("minor" if mode == "major" else "major")
    cost += 0.25 * (chords.count(rival) > chords.count(tonic)) + 0.15 * (chords[0] == rival)
    kinds = len(set(chords))
    cost += {1: 1.0, 2: 0.3, 3: 0.1, 4: 0.0}.get(kinds, 0.1 * max(0, kinds - 6))
    changes = sum(a != b for a, b in zip(chords, (*chords[1:], chords[0]), strict=True))
    cost += 0.3 if changes < 3 else 0.0 if changes <= 7 else 0.1
    if closes:
        last = chords[-1]
        leads = last == dominant_chord(mode) or last.root in DOMINANTS
        cost += 0.0 if leads and last != tonic else 0.2
    return cost + 0.8 * (1 - mean(chord.is_diatonic for chord in chords))


def _off_beat(steps: Sequence[int]) -> float:
    return mean(step % 4 != 0 for step in steps) if steps else 0.0


def _unheld(unit: BassUnit | CompUnit) -> float:
    """Return the price of leaving the chord to guessing, where no pad holds it."""
    if isinstance(unit, CompUnit):
        struck = {stroke.step // HALF for stroke in unit.strokes}
        return UNSTRUCK * mean(half not in struck for half in (0, 1))
    root = sum(tone.length for tone in unit.tones if (tone.place - 1) % 7 == 0)
    missing = max(0.0, ROOTED - root / (unit.bars * STEPS))
    return ROOTLESS * missing + UNFOUNDED * _unfounded(unit)


def _unfounded(unit: BassUnit) -> float:
    """Return the share of half bars that begin while neither root nor fifth sounds, but another tone."""
    starts = range(0, unit.bars * STEPS, HALF)
    return mean(
        any(
            tone.step <= start < tone.step + tone.length and (tone.place - 1) % 7 not in FOUNDING
            for tone in unit.tones
        )
        for start in starts
    )


def _rhythm_cost(unit: RhythmUnit, role: Role) -> float:
    low, high = NOTES_IN_CELL[role]
    notes = len(unit.strokes)
    cost = 0.08 * max(low - notes, notes - high, 0)
    first = [s for s in unit.strokes if s.step < 16]
    if not first or len(first) == notes:
        cost += 0.5
    second = {s.step - STEPS for s in unit.strokes if s.step >= STEPS}
    cost += MONOTONOUS * max(0, DIFFERENT - len({s.step for s in first} ^ second))
    on_eighths = mean(stroke.step % 2 == 0 for stroke in unit.strokes)
    return cost + 0.4 * max(0.0, 0.75 - on_eighths)


def _contour_cost(unit: ContourUnit) -> float:
    if len(unit.steps) < 4:
        return 1.0
    place, heights = 0, [0]
    for step in unit.steps:
        place += step
        heights.append(place)
    wide = max(0, max(heights) - min(heights) - WIDEST_IDEA)
    leaps = sum(abs(step) > 4 for step in unit.steps) / 4
    still = mean(step == 0 for step in unit.steps)
    return 0.08 * wide + 0.8 * leaps + 0.8 * max(0.0, still - 0.5)

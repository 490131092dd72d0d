"""Everybody but the singer, and the frame around them: form, colour, instruments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generation.attribution.policy import Layer, Policy
from generation.composition.accompaniment import write_arp, write_comp, write_pad
from generation.composition.base import BasePack, Palette
from generation.composition.bassline import write_bass
from generation.composition.cast import Cast
from generation.composition.drumming import write_drums
from generation.composition.fitting import ENERGY
from generation.composition.harmony import Harmony, write_harmony
from generation.composition.plan import MOODS, Mood, Plan, Section
from generation.composition.score import Decision, Event, Score, Why, in_order
from generation.composition.slots import own_key
from generation.composition.units import FormUnit, SoundUnit

DB_TO_ENERGY = 1 / 12
ENERGY_CHOICE = 0.4


class Band:
    """Everybody but the singer: written once."""

    def __init__(
        self,
        plan: Plan,
        cast: Cast,
        base: BasePack,
        policy: Policy,
        harmony: Harmony | None = None,
        energies: tuple[float, ...] | None = None,
    ) -> None:
        self.plan, self.cast, self._base = plan, cast, base
        self.harmony: Harmony = harmony or write_harmony(plan, cast)
        self.energies = energies or tuple(energies_of(plan, cast))
        self.events: list[Event] = [
            *write_comp(plan, cast, self.harmony, self.energies),
            *write_pad(plan, cast, self.harmony, self.energies),
            *write_arp(plan, cast, self.harmony, self.energies),
            *write_bass(plan, cast, self.harmony, self.energies),
            *write_drums(plan, cast, self.energies, policy),
        ]

    def score(self, events: Sequence[Event]) -> Score:
        """Return the whole score in a fixed order."""
        sounds = [self.cast.unit(own_key("sound", s), SoundUnit) for s in self.plan.sections]
        palette = self._palette(sounds)
        return Score(
            plan=self.plan,
            chords=self.harmony.chords,
            energies=self.energies,
            sounds=tuple((unit.brightness, unit.width, unit.weight) for unit in sounds),
            palette=palette.name,
            programs=palette.programs,
            events=in_order(events),
            decisions=(*self.harmony.decisions, *self._frame()),
        )

    def _palette(self, sounds: Sequence[SoundUnit]) -> Palette:
        bars = [section.bars for section in self.plan.sections]
        bright = sum(n * unit.brightness for n, unit in zip(bars, sounds, strict=True)) / sum(bars)
        wide = sum(n * unit.width for n, unit in zip(bars, sounds, strict=True)) / sum(bars)
        mood = MOODS[self.plan.mood] if self.plan.mood else Mood()
        bright, wide = bright + mood.brightness, wide + mood.width
        chosen = self.plan.instruments
        return min(
            (p for p in self._base.palettes if not chosen or p.name in chosen),
            key=lambda p: (abs(p.brightness - bright) + 0.5 * abs(p.width - wide), p.name),
        )

    def _frame(self) -> Iterator[Decision]:
        for section in self.plan.sections:
            for layer in (Layer.FORM, Layer.SOUND):
                yield from frame_decisions(section, layer, self.cast)


def frame_decisions(section: Section, layer: Layer, cast: Cast) -> Iterator[Decision]:
    """Yield what every bar of ``section`` owes for its form, or for its sound."""
    slot = own_key(layer, section)
    why = Why(slot, cast.units[slot].id)
    parts = {slot: 1.0}
    owed = cast.owe(parts)
    for bar in range(section.bar, section.bar + section.bars):
        yield Decision(layer, bar, 1.0, section.role, parts, owed, why)


def energies_of(plan: Plan, cast: Cast) -> Iterator[float]:
    """Yield how full and loud each section is, from its role, its form unit and the creator's wish."""
    for section in plan.sections:
        lift = cast.unit(own_key("form", section), FormUnit).lift_db
        energy = ENERGY[section.role] + lift * DB_TO_ENERGY / 2
        energy += ENERGY_CHOICE * (plan.energy - 0.5)
        if section.role == "chorus" and section.is_last_of_role:
            energy += 0.1
        yield max(0.05, min(1.0, energy))

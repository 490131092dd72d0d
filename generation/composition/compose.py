"""From ten source models and a base pack to a score whose shares are what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generation.attribution.errors import QuotaInfeasibleError
from generation.attribution.policy import POLICY_V1, Layer, Policy
from generation.attribution.shares import (
    BASE,
    BarAttribution,
    bar_attributions,
    song_shares,
)
from generation.composition.accompaniment import write_arp, write_comp, write_pad
from generation.composition.base import BasePack, Palette
from generation.composition.bassline import write_bass
from generation.composition.cast import Cast
from generation.composition.casting import cast_slots
from generation.composition.composition import Composition
from generation.composition.drumming import write_drums
from generation.composition.errors import OptionsInvalidError
from generation.composition.fitting import ENERGY
from generation.composition.harmony import Harmony, write_harmony
from generation.composition.lead import write_double, write_events
from generation.composition.melody import Choir, gather_singer, write_lead
from generation.composition.plan import Options, Plan, make_plan
from generation.composition.score import Decision, Event, Score, Why
from generation.composition.slots import SlotTable, slot_table
from generation.composition.units import FormUnit, SoundUnit, SourceModel

ROUNDS = 2
"""Melodies tried with each casting."""
HOPELESS = 0.02
"""An error that another melody will not repair: the slots' masses were too far from the estimate."""
GOOD_ENOUGH = (0.006, 0.008, 0.01, 0.01)
"""Largest error with which each casting is taken; one more follows the last."""
DB_TO_ENERGY = 1 / 12
ENERGY_CHOICE = 0.4


def compose(
    sources: Sequence[SourceModel],
    base: BasePack,
    weights: Mapping[str, float],
    options: Options,
    policy: Policy = POLICY_V1,
) -> Composition:
    """Compose one song: a pure function of its arguments, byte for byte.

    Parameters
    ----------
    sources
        The songs; their order changes nothing.
    weights
        The part of the song each source should get, by key, and the base's under ``base``; they are
        normalised. A source of weight 0 is not used at all.

    Raises
    ------
    OptionsInvalidError
        If a weight is missing or negative, or an option is out of range.
    QuotaInfeasibleError
        If the sources cannot be brought to their weights; the reasons name them.
    """
    asked = _weights(sources, weights)
    used = sorted((s for s in sources if asked[s.key] > 0), key=lambda s: s.key)
    plan = make_plan(used, asked, base, options)
    singer, singing = gather_singer(plan, used, base, policy)

    def cast_and_sing(table: SlotTable) -> Composition:
        cast = cast_slots(plan, table, used, base, asked)
        band = _Band(plan, cast, base, policy)
        choir = Choir(plan, cast, band.harmony, policy, singer, singing)
        return _sing_to_weight(band, choir, asked, base)

    table = slot_table(plan, policy)
    best = made = cast_and_sing(table)
    for good_enough in GOOD_ENOUGH:
        if best.largest_error <= good_enough:
            break
        # The table is an estimate until a score exists; then its masses are measured.
        table = table.measured(_shares(made.score, policy, of_parts=True)[1])
        try:
            made = cast_and_sing(table)
        except QuotaInfeasibleError:
            # Measured masses can be harder to divide than estimated ones; what exists stays.
            break
        best = min(best, made, key=lambda one: one.largest_error)
    return best


def _weights(sources: Sequence[SourceModel], weights: Mapping[str, float]) -> dict[str, float]:
    keys = [BASE, *sorted(source.key for source in sources)]
    missing = [key for key in keys if not weights.get(key, -1.0) >= 0]
    total = sum(weights[key] for key in keys if key not in missing)
    if missing or not total > 0 or len(set(keys)) < len(keys):
        raise OptionsInvalidError(f"weights of {', '.join(missing) or 'the sources'}")
    return {key: weights[key] / total for key in keys}


def _shares(
    score: Score, policy: Policy, *, of_parts: bool = False
) -> tuple[tuple[BarAttribution, ...], dict[str, float]]:
    bars = bar_attributions(score.contributions(of_parts=of_parts), score.plan.bars, policy)
    return bars, song_shares(bars, [score.plan.bar_s] * score.plan.bars)


def _sing_to_weight(
    band: _Band, choir: Choir, asked: Mapping[str, float], base: BasePack
) -> Composition:
    """Sing, weigh the whole, move the melody's targets by what is missing, and sing again."""
    targets = {key: asked[key] - band.cast.planned.get(key, 0.0) for key in asked}
    best = _perform(band, choir, targets, asked, base, 0)
    made = best
    for attempt in range(1, ROUNDS):
        if best.largest_error <= GOOD_ENOUGH[0] or best.largest_error > HOPELESS:
            break
        missing = {key: asked[key] - made.shares.get(key, 0.0) for key in asked}
        targets = {key: max(0.0, targets[key]) + missing[key] for key in asked}
        made = _perform(band, choir, targets, asked, base, attempt)
        best = min(best, made, key=lambda one: one.largest_error)
    return best


def _perform(
    band: _Band,
    choir: Choir,
    targets: Mapping[str, float],
    asked: Mapping[str, float],
    base: BasePack,
    attempt: int,
) -> Composition:
    lead = write_lead(choir, targets, attempt)
    events = [*write_events(choir, lead, band.energies), *band.events]
    events += write_double(choir, lead, band.energies)
    score = band.score(events)
    bars, shares = _shares(score, choir.policy)
    return Composition(
        score=score,
        bars=bars,
        shares=shares,
        weights=asked,
        policy=choir.policy.version,
        base_revision=base.revision,
        base_sha256=base.sha256,
        cast=band.cast,
    )


class _Band:
    """Everybody but the singer: written once."""

    def __init__(self, plan: Plan, cast: Cast, base: BasePack, policy: Policy) -> None:
        self.plan, self.cast, self._base = plan, cast, base
        self.harmony: Harmony = write_harmony(plan, cast)
        self.energies = tuple(_energies(plan, cast))
        self.events: list[Event] = [
            *write_comp(plan, cast, self.harmony, self.energies),
            *write_pad(plan, cast, self.harmony, self.energies),
            *write_arp(plan, cast, self.harmony, self.energies),
            *write_bass(plan, cast, self.harmony, self.energies),
            *write_drums(plan, cast, self.energies, policy),
        ]

    def score(self, events: Sequence[Event]) -> Score:
        """Return the whole score in a fixed order."""
        sounds = [self.cast.unit(f"sound/{s.index}", SoundUnit) for s in self.plan.sections]
        palette = self._palette(sounds)
        return Score(
            plan=self.plan,
            chords=self.harmony.chords,
            energies=self.energies,
            sounds=tuple((unit.brightness, unit.width, unit.weight) for unit in sounds),
            palette=palette.name,
            programs=palette.programs,
            events=tuple(sorted(events, key=lambda e: (e.tick, e.track, e.pitch, e.ticks))),
            decisions=(*self.harmony.decisions, *self._frame()),
        )

    def _palette(self, sounds: Sequence[SoundUnit]) -> Palette:
        bars = [section.bars for section in self.plan.sections]
        bright = sum(n * unit.brightness for n, unit in zip(bars, sounds, strict=True)) / sum(bars)
        wide = sum(n * unit.width for n, unit in zip(bars, sounds, strict=True)) / sum(bars)
        return min(
            self._base.palettes,
            key=lambda p: (abs(p.brightness - bright) + 0.5 * abs(p.width - wide), p.name),
        )

    def _frame(self) -> Iterator[Decision]:
        """Yield form and sound of every bar."""
        for section in self.plan.sections:
            for layer in (Layer.FORM, Layer.SOUND):
                slot = f"{layer}/{section.index}"
                why = Why(slot, self.cast.units[slot].id)
                parts = {slot: 1.0}
                owed = self.cast.owe(parts)
                for bar in range(section.bar, section.bar + section.bars):
                    yield Decision(layer, bar, 1.0, section.role, parts, owed, why)


def _energies(plan: Plan, cast: Cast) -> Iterator[float]:
    """Yield how full and loud each section is, from its role, its form unit and the creator's wish."""
    for section in plan.sections:
        lift = cast.unit(f"form/{section.index}", FormUnit).lift_db
        energy = ENERGY[section.role] + lift * DB_TO_ENERGY / 2
        energy += ENERGY_CHOICE * (plan.energy - 0.5)
        if section.role == "chorus" and section.is_last_of_role:
            energy += 0.1
        yield max(0.05, min(1.0, energy))

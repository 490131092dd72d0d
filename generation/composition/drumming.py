"""Drums: the cast pattern of each role under its groove, fills at the turns, cymbals at the doors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generation.attribution.policy import Layer, Policy
from generation.attribution.shares import BASE
from generation.composition.anchoring import added_drums
from generation.composition.cast import Cast
from generation.composition.plan import Plan, Section, swell
from generation.composition.score import Event, Why
from generation.composition.slots import is_fill_bar, own_key, slot_key
from generation.composition.stream import Stream
from generation.composition.timekeeping import pulse
from generation.composition.units import (
    BAR_TICKS,
    STEPS,
    TICKS,
    DrumUnit,
    FillUnit,
    GrooveUnit,
    Hit,
    Piece,
)

KEYS: dict[Piece, int] = {
    "kick": 36,
    "rim": 37,
    "snare": 38,
    "clap": 39,
    "hat": 42,
    "tom": 45,
    "open": 46,
    "crash": 49,
    "ride": 51,
    "shaker": 70,
}
HIT_TICKS = 100
QUIETEST, LOUDEST = 0.78, 1.08
HUMAN_VELOCITY, HUMAN_TICKS = 5.0, 3.0


def write_drums(
    plan: Plan, cast: Cast, energies: Sequence[float], policy: Policy
) -> Iterator[Event]:
    """Yield every stroke of the song."""
    for section in plan.sections:
        if Layer.DRUMS in section.layers:
            drummer = _Drummer(plan, cast, section, energies[section.index], policy)
            for bar in range(section.bar, section.bar + section.bars):
                yield from drummer.bar(bar)


class _Drummer:
    """Plays one section."""

    def __init__(
        self, plan: Plan, cast: Cast, section: Section, energy: float, policy: Policy
    ) -> None:
        self._section, self._cast, self._policy = section, cast, policy
        self._slot = slot_key(Layer.DRUMS, section)
        self._groove_slot = slot_key(Layer.GROOVE, section)
        self._pattern = cast.unit(self._slot, DrumUnit)
        self._groove = cast.unit(self._groove_slot, GrooveUnit)
        self._added = added_drums(cast, section)
        self._force = QUIETEST + (LOUDEST - QUIETEST) * energy
        self._stream = Stream(plan.seed, "drums").split(section.key + section.tag(Layer.DRUMS))

    def bar(self, bar: int) -> Iterator[Event]:
        first = 16
        if is_fill_bar(self._section, bar):
            slot = own_key("fill", self._section)
            fill = self._cast.unit(slot, FillUnit)
            first = fill.first
            why = Why(slot, fill.id)
            for hit in fill.hits:
                yield self._event(bar, hit, slot, why)
        why = Why(self._slot, self._pattern.id, (f"groove {self._groove.id}",))
        for hit in self._pattern.hits:
            if hit.step < first:
                yield self._event(bar, hit, self._slot, why)
        yield from self._additions(bar, first)

    def _additions(self, bar: int, first: int) -> Iterator[Event]:
        """Yield what the base model adds: the beat must be stated, and a chorus opens with a cymbal."""
        for hit in self._added:
            if hit.step < first:
                yield self._event(bar, hit, BASE, Why(self._slot, None, (f"add {hit.piece}",)))
        if bar == self._section.bar and self._section.role == "chorus":
            crash = Hit(0, "crash", 100)
            yield self._event(bar, crash, BASE, Why(self._slot, None, ("add crash",)))

    def _event(self, bar: int, hit: Hit, key: str, why: Why) -> Event:
        groove = self._groove
        velocity = hit.velocity * groove.accent[hit.step] * self._force
        velocity *= 1.0 if key.startswith("fill/") else pulse(hit)
        velocity += self._stream.spread(HUMAN_VELOCITY) + swell(
            self._section, bar * STEPS + hit.step
        )
        late = groove.late[hit.step] + round(self._stream.spread(HUMAN_TICKS))
        part = self._policy.groove_part
        parts = {key: 1 - part, self._groove_slot: part}
        return Event(
            track="Drums",
            layer=Layer.DRUMS,
            tick=max(0, bar * BAR_TICKS + hit.step * TICKS + late),
            ticks=HIT_TICKS,
            pitch=KEYS[hit.piece],
            velocity=max(1, min(127, round(velocity))),
            parts=parts,
            shares=self._cast.owe(parts),
            why=why,
        )

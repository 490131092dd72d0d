"""Writes the part of a song that an edit opened, between notes that stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from generation.attribution.policy import Layer, Policy
from generation.composition.band import Band, energies_of, frame_decisions
from generation.composition.base import BasePack
from generation.composition.carrying import Carried, renamed_parts
from generation.composition.cast import Cast
from generation.composition.choir import Choir
from generation.composition.composition import Composition
from generation.composition.harmony import Harmony, write_harmony
from generation.composition.lead import write_double, write_events
from generation.composition.ledger import weigh_sources
from generation.composition.melody import write_lead
from generation.composition.outlines import Outline, Pair, section_of
from generation.composition.plan import Plan
from generation.composition.score import Decision, Event, Score, in_order
from generation.composition.singer import Singer
from generation.composition.slots import own_key
from generation.composition.units import TICKS, SoundUnit

SINGINGS = 2
"""Melodies tried with each casting."""
NEAR = 0.006


@dataclass(frozen=True)
class Rewriter:
    """Everything that stands while castings are tried; ``singing`` is who sings and their keys."""

    outline: Outline
    parent: Composition
    carried: Carried
    base: BasePack
    asked: Mapping[str, float]
    policy: Policy
    singing: tuple[Singer, tuple[str, ...]]

    def stand_in(self) -> Score:
        """Return the parent's notes in the new plan, slots under the keys they will have there.

        It is never heard: it tells how much of the song each slot will be.
        """
        plan, fresh = self.outline.plan, self.outline.rewrite
        events, decisions = [], []
        for section in plan.sections:
            for layer in Layer:
                pair = (section.key, layer)
                for event in self.carried.events.get(pair, ()):
                    parts = renamed_parts(event.parts, section) if pair in fresh else event.parts
                    events.append(replace(event, parts=parts))
                for decision in self.carried.decisions.get(pair, ()):
                    named = renamed_parts(decision.parts, section)
                    own = named if pair in fresh else decision.parts
                    decisions.append(replace(decision, parts=own))
        return replace(
            self.parent.score, plan=plan, events=tuple(events), decisions=tuple(decisions)
        )

    def write(self, cast: Cast, changed: frozenset[Pair], attempt: int) -> Composition:
        """Return the song under ``cast`` with ``changed`` written anew and all else carried over.

        Raises
        ------
        NothingPossibleError
            If a melody finds no way.
        """
        harmony = self._harmony(cast, changed)
        energies = self._energies(cast, changed)
        band = Band(self._masked(changed), cast, self.base, self.policy, harmony, energies)
        sung = {key for key, layer in changed if layer is Layer.MOTIF}
        sung &= {s.key for s in self.outline.plan.sections if Layer.MOTIF in s.layers}
        if not sung:
            return self._whole(cast, changed, band, [])
        singer, keys = self.singing
        choir = Choir(self.outline.plan, cast, harmony, self.policy, singer, keys)
        kept = [
            (round(event.tick / TICKS), event.pitch)
            for (key, layer), events in self.carried.events.items()
            for event in events
            if layer is Layer.MOTIF and key not in sung and event.track == "Lead"
        ]
        targets = {key: self.asked[key] - cast.planned.get(key, 0.0) for key in self.asked}
        tries: list[Composition] = []
        for number in range(SINGINGS):
            line = write_lead(choir, targets, SINGINGS * attempt + number, sung, kept)
            events = [*write_events(choir, line, energies), *write_double(choir, line, energies)]
            tries.append(self._whole(cast, changed, band, events))
            if tries[-1].largest_error <= NEAR:
                break
            targets = {
                key: max(0.0, own) + self.asked[key] - tries[-1].shares.get(key, 0.0)
                for key, own in targets.items()
            }
        return min(tries, key=lambda one: one.largest_error)

    def _masked(self, changed: frozenset[Pair]) -> Plan:
        """Return the plan in which only what changed plays."""
        plan = self.outline.plan
        sections = tuple(
            replace(s, layers=frozenset(one for one in s.layers if (s.key, one) in changed))
            for s in plan.sections
        )
        return replace(plan, sections=sections)

    def _harmony(self, cast: Cast, changed: frozenset[Pair]) -> Harmony:
        """Return the parent's chords where they stand, and new ones where loops changed."""
        plan = self.outline.plan
        written = write_harmony(plan, cast)
        chords, keys = list(written.chords), list(written.keys)
        decisions: list[Decision] = []
        for section in plan.sections:
            first, last = 2 * section.bar, 2 * (section.bar + section.bars)
            pair = (section.key, Layer.HARMONY)
            if pair in changed:
                decisions += written.decisions[first:last]
                continue
            origin = self.outline.origins[section.key]
            own = self.carried.decisions[pair]
            chords[first:last] = [
                chord
                for start, _, count in origin.runs(section.bars)
                for chord in self.parent.score.chords[2 * start : 2 * (start + count)]
            ]
            keys[first:last] = [max(d.parts, key=lambda part: d.parts[part]) for d in own]
            decisions += own
        return Harmony(tuple(chords), tuple(keys), tuple(decisions))

    def _energies(self, cast: Cast, changed: frozenset[Pair]) -> tuple[float, ...]:
        """Return how full sections are; only a section written anew is played in another way."""
        plan, before = self.outline.plan, self.parent.score.energies
        new = tuple(energies_of(plan, cast))
        return tuple(
            new[s.index]
            if (s.key, Layer.DRUMS) in self.outline.rewrite and (s.key, Layer.FORM) in changed
            else before[self.outline.origins[s.key].section.index]
            for s in plan.sections
        )

    def _sounds(self, cast: Cast, changed: frozenset[Pair]) -> Iterator[tuple[float, float, float]]:
        for section in self.outline.plan.sections:
            if (section.key, Layer.SOUND) in changed:
                unit = cast.unit(own_key("sound", section), SoundUnit)
                yield unit.brightness, unit.width, unit.weight
            else:
                yield self.parent.score.sounds[self.outline.origins[section.key].section.index]

    def _whole(
        self, cast: Cast, changed: frozenset[Pair], band: Band, lead: Sequence[Event]
    ) -> Composition:
        """Put what stands and what is new together, and weigh it."""
        plan = self.outline.plan
        events = [
            event
            for event in (*band.events, *lead)
            if (section_of(plan, event)[0].key, event.layer) in changed
        ]
        frame: list[Decision] = []
        for section in plan.sections:
            for layer in Layer:
                pair = (section.key, layer)
                if pair not in changed:
                    events += self.carried.events.get(pair, ())
            for layer in (Layer.FORM, Layer.SOUND):
                pair = (section.key, layer)
                new = pair in changed
                frame += (
                    frame_decisions(section, layer, cast) if new else self.carried.decisions[pair]
                )
        score = replace(
            self.parent.score,
            plan=plan,
            chords=band.harmony.chords,
            energies=band.energies,
            sounds=tuple(self._sounds(cast, changed)),
            events=in_order(events),
            decisions=(*band.harmony.decisions, *frame),
        )
        bars, shares = weigh_sources(score, self.policy)
        return Composition(
            score=score,
            bars=bars,
            shares=shares,
            weights=self.asked,
            policy=self.policy.version,
            base_revision=self.base.revision,
            base_sha256=self.base.sha256,
            cast=_heard(cast, score),
        )


def _heard(cast: Cast, score: Score) -> Cast:
    """Return the cast without slots that nothing in ``score`` comes from any more."""
    things: list[Event | Decision] = [*score.events, *score.decisions]
    used = {part for thing in things for part in thing.parts} | {thing.why.slot for thing in things}
    return replace(
        cast,
        units={key: unit for key, unit in cast.units.items() if key in used},
        owners={key: owner for key, owner in cast.owners.items() if key in used},
    )

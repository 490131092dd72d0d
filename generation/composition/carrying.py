"""What an edited song takes over from its parent: notes and decisions, moved to their new bars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from generation.attribution.policy import Layer
from generation.attribution.shares import BASE
from generation.composition.outlines import Outline, Pair, section_of
from generation.composition.plan import Section
from generation.composition.score import Decision, Event, Score
from generation.composition.slots import GLUE
from generation.composition.units import BAR_TICKS

APART = 8
"""Ticks between a note that was cut and the next of its pitch, which may be played early."""
OWN_KINDS = frozenset({"form", "sound", "fill"})
"""Kinds of slots of which every section has its own."""
LAYER_OF_KIND: dict[str, Layer] = {
    "form": Layer.FORM,
    "sound": Layer.SOUND,
    "harmony": Layer.HARMONY,
    "drums": Layer.DRUMS,
    "fill": Layer.DRUMS,
    "groove": Layer.DRUMS,
    "bass": Layer.BASS,
    "comp": Layer.COMP,
    "pad": Layer.PAD,
    "arp": Layer.ARP,
    "rhythm": Layer.MOTIF,
    "contour": Layer.MOTIF,
}
"""The layer whose tag a slot's key carries."""


def kind_of(slot: str) -> str:
    """Return the first part of a slot's key."""
    return slot.split("/", maxsplit=1)[0]


@dataclass(frozen=True)
class Carried:
    """The parent's notes and decisions by section and layer of the new plan, in order of time."""

    events: Mapping[Pair, tuple[Event, ...]]
    decisions: Mapping[Pair, tuple[Decision, ...]]


def carry(score: Score, outline: Outline) -> Carried:
    """Return all of ``score`` that has a place in ``outline``; only times change."""
    found: dict[Pair, list[tuple[int, Event]]] = {}
    decided: dict[Pair, list[Decision]] = {}
    for event in score.events:
        section, bar = section_of(score.plan, event)
        found.setdefault((section.key, event.layer), []).append((bar, event))
    for decision in score.decisions:
        section = score.plan.section_at(decision.bar)
        decided.setdefault((section.key, decision.layer), []).append(decision)
    events: dict[Pair, tuple[Event, ...]] = {}
    decisions: dict[Pair, tuple[Decision, ...]] = {}
    for section in outline.plan.sections:
        origin = outline.origins[section.key]
        runs = list(origin.runs(section.bars))
        for layer in Layer:
            source = (origin.section.key, layer)
            events[section.key, layer] = tuple(
                _moved(event, section.bar + at - start, (start + count) if origin.turn else None)
                for start, at, count in runs
                for bar, event in found.get(source, [])
                if start <= bar < start + count
            )
            decisions[section.key, layer] = tuple(
                _later(decision, section.bar + at - start)
                for start, at, count in runs
                for decision in decided.get(source, [])
                if start <= decision.bar < start + count
            )
    return Carried(events, decisions)


def _moved(event: Event, bars: int, end: int | None) -> Event:
    """Return a note that many bars later; what begins anew after bar ``end`` does not sound beyond it."""
    ticks = event.ticks
    if end is not None:
        ticks = max(1, min(ticks, end * BAR_TICKS - APART - event.tick))
    elif not bars:
        return event
    return replace(event, tick=event.tick + bars * BAR_TICKS, ticks=ticks)


def _later(decision: Decision, bars: int) -> Decision:
    return replace(decision, bar=decision.bar + bars) if bars else decision


def renamed(part: str, section: Section) -> str:
    """Return the key that the slot ``part`` has in ``section``: its own number and its own tag."""
    if part in (BASE, GLUE):
        return part
    kind, bare = kind_of(part), part.split("~", maxsplit=1)[0]
    tag = section.tag(LAYER_OF_KIND[kind])
    return f"{kind}/{section.key}{tag}" if kind in OWN_KINDS else f"{bare}{tag}"


def renamed_parts(parts: Mapping[str, float], section: Section) -> dict[str, float]:
    """Return ``parts`` under the keys of ``section``."""
    made: dict[str, float] = {}
    for part, size in parts.items():
        key = renamed(part, section)
        made[key] = made.get(key, 0.0) + size
    return made


def slots_of(things: Iterable[Event | Decision], section: Section) -> dict[str, set[str]]:
    """Return the slots that made ``things``: each key in ``section`` with those it had before."""
    slots: dict[str, set[str]] = {}
    for thing in things:
        for part in thing.parts:
            if part not in (BASE, GLUE):
                slots.setdefault(renamed(part, section), set()).add(part)
    return slots

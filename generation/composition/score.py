"""The finished score: events that sound, decisions that do not, and why each is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from generation.attribution.policy import Layer
from generation.attribution.shares import Contribution, Shares
from generation.composition.chords import Chord
from generation.composition.plan import Plan
from generation.composition.units import BAR_TICKS

Track = Literal["Lead", "Double", "Comp", "Pad", "Arp", "Bass", "Drums"]
TRACKS: tuple[Track, ...] = ("Lead", "Double", "Comp", "Pad", "Arp", "Bass", "Drums")


@dataclass(frozen=True, slots=True)
class Why:
    """How an event came about: its slot and unit, what was done to it, what the model thought.

    ``order`` is the length of the melodic context that was known; ``logp`` is the natural logarithm
    of the probability that the mixture gave to the note.
    """

    slot: str
    unit: str | None
    ops: tuple[str, ...] = ()
    order: int | None = None
    logp: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A note: times in ticks (480 to the quarter), MIDI pitch and velocity.

    ``parts`` says which slots made it (or ``base``, or ``glue``), ``shares`` whom it owes; both sum
    to 1.
    """

    track: Track
    layer: Layer
    tick: int
    ticks: int
    pitch: int
    velocity: int
    parts: Shares
    shares: Shares
    why: Why


@dataclass(frozen=True, slots=True)
class Decision:
    """What has no sound of its own but shapes a bar: a chord, a section, a colour."""

    layer: Layer
    bar: int
    mass: float
    value: str
    parts: Shares
    shares: Shares
    why: Why


@dataclass(frozen=True)
class Score:
    """One song. ``chords`` has two entries to the bar; ``programs`` are General MIDI programs."""

    plan: Plan
    chords: tuple[Chord, ...]
    energies: tuple[float, ...]
    sounds: tuple[tuple[float, float, float], ...]
    """Brightness, width and weight of each section, 0 to 1."""
    palette: str
    programs: Mapping[str, int]
    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]

    def contributions(self, *, of_parts: bool = False) -> Iterator[Contribution]:
        """Yield what every bar holds: a note counts in each bar where it sounds, for as long.

        With ``of_parts`` the shares are those of the slots instead of the sources.
        """
        for decision in self.decisions:
            shares = decision.parts if of_parts else decision.shares
            yield Contribution(decision.bar, decision.layer, decision.mass, shares)
        last = self.plan.bars - 1
        for event in self.events:
            at, end = max(event.tick, 0), event.tick + event.ticks
            while at < end:
                bar = min(at // BAR_TICKS, last)
                upto = end if bar == last else min(end, (bar + 1) * BAR_TICKS)
                mass = float((upto - at) * event.velocity)
                shares = event.parts if of_parts else event.shares
                yield Contribution(bar, event.layer, mass, shares)
                at = upto


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return ``events`` in the one order that scores keep them in."""
    return tuple(sorted(events, key=lambda e: (e.tick, e.track, e.pitch, e.ticks)))

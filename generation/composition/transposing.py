"""Edits that keep every note: another tempo, another key, another force. Shares follow by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generation.attribution.policy import POLICIES
from generation.composition.band import ENERGY_CHOICE
from generation.composition.composition import Composition
from generation.composition.ledger import weigh_sources
from generation.composition.score import Event, Track, in_order

HOMES: dict[Track, float] = {
    "Lead": 68.0,
    "Comp": 63.5,
    "Pad": 62.0,
    "Arp": 68.0,
    "Bass": 37.0,
}
"""Mean MIDI pitch around which a part feels at home; a moved part takes the octave nearest to it. The
second voice goes where the lead goes: it is a third below it in every key."""
FORCE = {"Lead": 24, "Double": 24, "Comp": 30, "Pad": 22, "Arp": 26, "Bass": 26}
"""Velocity that a part gains from no energy to full energy, as where it is written."""
DRUM_FORCE = (0.78, 0.30)
"""Force of the drums without energy, and what full energy adds."""


def with_tempo(parent: Composition, bpm: float) -> Composition:
    """Return the same notes at ``bpm`` quarters to the minute."""
    plan = replace(parent.score.plan, bpm=float(bpm))
    return _weighed(replace(parent, score=replace(parent.score, plan=plan)))


def with_tonic(parent: Composition, tonic: int) -> Composition:
    """Return the same notes with ``tonic`` (pitch class) as home; every part keeps its register.

    A part moves as a whole, so its intervals stay; drums do not move.
    """
    score = parent.score
    minor = score.plan.mode == "minor"
    home = (tonic + 3) % 12 if minor else tonic
    by = (home - score.plan.tonic) % 12
    events: list[Event] = list(score.events)
    moves = {
        track: _octave([event.pitch for event in events if event.track == track], by, centre)
        for track, centre in HOMES.items()
    }
    moves["Double"] = moves["Lead"]
    moved = tuple(
        replace(event, pitch=event.pitch + moves[event.track]) if event.track in moves else event
        for event in events
    )
    plan = replace(score.plan, tonic=home)
    return _weighed(replace(parent, score=replace(score, plan=plan, events=in_order(moved))))


def _octave(pitches: Sequence[int], by: int, centre: float) -> int:
    if not pitches or not by:
        # The key it has is no reason to leave an octave.
        return by
    mean = sum(pitches) / len(pitches)
    return min((by - 12, by, by + 12), key=lambda move: (abs(mean + move - centre), abs(move)))


def with_energy(parent: Composition, energy: float) -> Composition:
    """Return the same notes played with the force of ``energy`` (0 to 1)."""
    score = parent.score
    change = ENERGY_CHOICE * (energy - score.plan.energy)
    energies = tuple(max(0.05, min(1.0, own + change)) for own in score.energies)
    sections = score.plan.sections
    gains = {s.index: energies[s.index] - score.energies[s.index] for s in sections}
    at = {bar: s.index for s in sections for bar in range(s.bar, s.bar + s.bars)}
    events = tuple(
        replace(event, velocity=_forced(event, score.energies[index], gains[index]))
        for event in score.events
        for index in [at[score.plan.bar_of(event.tick)]]
    )
    plan = replace(score.plan, energy=float(energy))
    return _weighed(
        replace(parent, score=replace(score, plan=plan, energies=energies, events=events))
    )


def _forced(event: Event, energy: float, gain: float) -> int:
    if event.track == "Drums":
        low, more = DRUM_FORCE
        force = event.velocity * (low + more * (energy + gain)) / (low + more * energy)
    else:
        force = event.velocity + FORCE[event.track] * gain
    return max(1, min(127, round(force)))


def _weighed(song: Composition) -> Composition:
    bars, shares = weigh_sources(song.score, POLICIES[song.policy])
    return replace(song, bars=bars, shares=shares)

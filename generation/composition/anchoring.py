"""Who states the beat of a section? Where fewer players stand on a beat than on the eighth after it.

One player who pushes is a groove; when kick, bass and comping push together and leave the beat to one
of them, the eighth is heard as the beat. There the bass, which is free on every beat, strikes as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from generation.attribution.policy import Layer
from generation.composition.cast import Cast
from generation.composition.plan import Section
from generation.composition.slots import slot_key
from generation.composition.timekeeping import BACKBEATERS, BEATS, added_hits
from generation.composition.units import (
    STEPS,
    ArpUnit,
    BassUnit,
    CompUnit,
    DrumUnit,
    Hit,
    Tone,
)

EIGHTH = 2


def leaning(players: Iterable[Collection[int]]) -> frozenset[int]:
    """Return the beats of a bar that fewer ``players`` strike than the eighth after them."""
    listed = list(players)

    def standing(step: int) -> int:
        return sum(step in one for one in listed)

    return frozenset(beat for beat in BEATS if standing(beat) < standing(beat + EIGHTH))


def unstated_beats(cast: Cast, section: Section, number: int) -> frozenset[int]:
    """Return the beats that the players of ``section`` leave unstated under bar ``number`` of the bass figure.

    Everybody counts who is cast for the section, whether or not an edit writes him anew: kick, backbeat,
    bass, comping, and where there are no drums the broken chords.
    """
    bass = cast.unit(slot_key(Layer.BASS, section), BassUnit)
    players = [_steps_of_bar(bass.tones, number % bass.bars)]
    if _has(cast, section, Layer.COMP):
        comp = cast.unit(slot_key(Layer.COMP, section), CompUnit)
        players.append({stroke.step for stroke in comp.strokes})
    if _has(cast, section, Layer.DRUMS):
        hits = drum_hits(cast, section)
        players.append({hit.step for hit in hits if hit.piece == "kick"})
        players.append({hit.step for hit in hits if hit.piece in BACKBEATERS})
    elif _has(cast, section, Layer.ARP):
        arp = cast.unit(slot_key(Layer.ARP, section), ArpUnit)
        players.append({tone.step for tone in arp.tones})
    return leaning(players)


def drum_hits(cast: Cast, section: Section) -> tuple[Hit, ...]:
    """Return a bar of the section's drums with what the base adds to it, cymbals and fills aside."""
    pattern = cast.unit(slot_key(Layer.DRUMS, section), DrumUnit)
    return (*pattern.hits, *added_drums(cast, section))


def added_drums(cast: Cast, section: Section) -> tuple[Hit, ...]:
    """Return the strokes that the base adds to every bar of the section's drums."""
    pattern = cast.unit(slot_key(Layer.DRUMS, section), DrumUnit)
    return added_hits(pattern, _struck_by_others(cast, section))


def _struck_by_others(cast: Cast, section: Section) -> set[int]:
    """Return the steps of a bar on which bass or comping strike in every bar of their figure."""
    steps: set[int] = set()
    if _has(cast, section, Layer.BASS):
        bass = cast.unit(slot_key(Layer.BASS, section), BassUnit)
        steps |= set.intersection(*(_steps_of_bar(bass.tones, n) for n in range(bass.bars)))
    if _has(cast, section, Layer.COMP):
        comp = cast.unit(slot_key(Layer.COMP, section), CompUnit)
        steps |= {stroke.step for stroke in comp.strokes}
    return steps


def _has(cast: Cast, section: Section, layer: Layer) -> bool:
    """Tell whether anybody is cast for ``layer``; an edit hides the layers that it does not write."""
    return slot_key(layer, section) in cast.units


def _steps_of_bar(tones: Sequence[Tone], number: int) -> set[int]:
    return {tone.step % STEPS for tone in tones if tone.step // STEPS == number}

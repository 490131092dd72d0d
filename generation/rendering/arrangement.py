"""A song as it is to be played: notes in seconds, an instrument to each part, the sound of each section.

Between the score, which counts in ticks and owes shares, and the audio, which knows neither.
"""

from __future__ import annotations

from dataclasses import dataclass

RATE = 44_100
"""Samples per second of everything that is rendered."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note: start and length in seconds, MIDI pitch and velocity.

    In the drum parts ``pitch`` is a General MIDI percussion key; in Effects it names the effect.
    """

    start_s: float
    length_s: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Part:
    """What one player plays, on the instrument of that name in ``INSTRUMENTS``.

    ``name`` is one of Lead, Double, Comp, Pad, Arp, Bass, Kick, Snare, Hats, Percussion, Effects.
    """

    name: str
    instrument: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class SectionSound:
    """How a stretch of the song is to sound: energy, brightness, width and weight from 0 to 1."""

    role: str
    start_s: float
    end_s: float
    energy: float
    brightness: float
    width: float
    weight: float


@dataclass(frozen=True)
class Arrangement:
    """A whole song of ``seconds``, the last bar counted to its end; the tail comes on top."""

    seconds: float
    bpm: float
    seed: int
    parts: tuple[Part, ...]
    sections: tuple[SectionSound, ...]

"""Units: the smallest pieces of a source that keep its character and can be put elsewhere.

Everything pitched is relative (scale steps, places in a chord), so that transposition and other
chords keep where it came from. Onsets and durations are in sixteenths, sixteen to a bar of 4/4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from generation.attribution.copy_guard import Token
from generation.composition.chords import Chord, Mode

STEPS = 16
PPQ = 480
TICKS = PPQ // 4
BAR_TICKS = STEPS * TICKS
LEAST_CONFIDENCE = 0.5
"""Units below it never enter the pool; a song's missing mass goes to its other layers."""

Role = Literal["intro", "verse", "pre", "chorus", "bridge", "outro"]
Piece = Literal["kick", "snare", "hat", "open", "ride", "rim", "clap", "shaker", "tom", "crash"]


@dataclass(frozen=True, slots=True)
class Span:
    """Where in its source a unit was found."""

    bar: int
    bars: int
    start_s: float
    end_s: float


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What all units share. ``span`` is None for the base pack; ``roles`` empty means any."""

    id: str
    confidence: float = 1.0
    span: Span | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A drum stroke."""

    step: int
    piece: Piece
    velocity: int


@dataclass(frozen=True, slots=True)
class Tone:
    """A note by its place: 1 to 7 above the root (bass), or the n-th note of the chord (arpeggio)."""

    step: int
    length: int
    place: int


@dataclass(frozen=True, slots=True)
class Stroke:
    """An onset without pitch."""

    step: int
    length: int


@dataclass(frozen=True, kw_only=True)
class HarmonyUnit(Unit):
    """Four bars, two chords to the bar."""

    chords: tuple[Chord, ...]


@dataclass(frozen=True, kw_only=True)
class DrumUnit(Unit):
    """One bar."""

    hits: tuple[Hit, ...]
    energy: float

    @property
    def is_heard(self) -> bool:
        """Tell whether an analysis heard it; what a person wrote is sure."""
        return self.confidence < 1


@dataclass(frozen=True, kw_only=True)
class FillUnit(Unit):
    """The end of a bar, from step ``first`` on."""

    first: int
    hits: tuple[Hit, ...]
    energy: float


@dataclass(frozen=True, kw_only=True)
class GrooveUnit(Unit):
    """For each sixteenth: ticks late, and how loud against the mean."""

    late: tuple[int, ...]
    accent: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class BassUnit(Unit):
    """One or two bars."""

    bars: int
    tones: tuple[Tone, ...]
    energy: float


@dataclass(frozen=True, kw_only=True)
class CompUnit(Unit):
    """One bar of struck chords."""

    strokes: tuple[Stroke, ...]
    energy: float


@dataclass(frozen=True, kw_only=True)
class PadUnit(Unit):
    """How held chords lie: number of voices, lowest MIDI note, span in semitones, restrike."""

    voices: int
    low: int
    spread: int
    strike: int


@dataclass(frozen=True, kw_only=True)
class ArpUnit(Unit):
    """One bar of broken chords."""

    tones: tuple[Tone, ...]
    energy: float


@dataclass(frozen=True, kw_only=True)
class RhythmUnit(Unit):
    """Onsets of a two-bar melodic idea."""

    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, kw_only=True)
class ContourUnit(Unit):
    """Scale steps from note to note."""

    steps: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class FormUnit(Unit):
    """A section: what it is, how long, and how much louder than its song in dB."""

    role: str
    bars: int
    lift_db: float


@dataclass(frozen=True, kw_only=True)
class SoundUnit(Unit):
    """Brightness, width and weight of the low end, each from 0 to 1."""

    brightness: float
    width: float
    weight: float


@dataclass(frozen=True)
class SourceModel:
    """All that may be used of one source; every unit in it is confident enough."""

    key: str
    bpm: float
    mode: Mode
    tonic: int
    """Pitch class (0 is C) of the tonic of the relative major."""
    certainty: float
    harmony: tuple[HarmonyUnit, ...] = ()
    drums: tuple[DrumUnit, ...] = ()
    fills: tuple[FillUnit, ...] = ()
    grooves: tuple[GrooveUnit, ...] = ()
    bass: tuple[BassUnit, ...] = ()
    comp: tuple[CompUnit, ...] = ()
    pads: tuple[PadUnit, ...] = ()
    arps: tuple[ArpUnit, ...] = ()
    rhythms: tuple[RhythmUnit, ...] = ()
    contours: tuple[ContourUnit, ...] = ()
    forms: tuple[FormUnit, ...] = ()
    sounds: tuple[SoundUnit, ...] = ()
    lines: tuple[tuple[int, ...], ...] = ()
    """Melodic lines as scale steps, for the Markov model; empty when the melody is too unsure."""
    heard: tuple[tuple[Token, ...], ...] = field(default=(), repr=False)
    """Everything heard of the melody, however unsure: what the copy guard must know."""

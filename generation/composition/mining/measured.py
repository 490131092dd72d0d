"""The part of a stored analysis that mining reads, from its JSON form, and its grid of sixteenths."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Any

from generation.composition.chords import PITCHES, Mode
from library.analysis.types import Chord, DrumHit, DrumPattern, Key, Note, Section, Timbre

SIXTEENTHS_PER_BEAT = 4
LEAST_BEATS = 8


@dataclass(frozen=True)
class Measured:
    """One song as the analysis heard it; see ``library.analysis.types`` for the fields."""

    duration_s: float
    bpm: float
    beats_s: tuple[float, ...]
    downbeats_s: tuple[float, ...]
    meter: int
    beat_confidence: float
    downbeat_confidence: float
    key: Key
    chords: tuple[Chord, ...]
    sections: tuple[Section, ...]
    loudness_lufs: float
    drums: tuple[DrumPattern, ...]
    bass: tuple[Note, ...]
    melody: tuple[Note, ...]
    notes: tuple[Note, ...]
    timbre: Timbre

    @property
    def has_grid(self) -> bool:
        """Tell whether bars can be counted."""
        return len(self.beats_s) >= LEAST_BEATS and bool(self.downbeats_s) and self.bpm > 0

    @property
    def bar_steps(self) -> int:
        """Sixteenths to a bar."""
        return SIXTEENTHS_PER_BEAT * self.meter

    @cached_property
    def first_step(self) -> int:
        """Sixteenths before the first bar line."""
        nearest = min(
            range(len(self.beats_s)), key=lambda n: abs(self.beats_s[n] - self.downbeats_s[0])
        )
        return SIXTEENTHS_PER_BEAT * nearest

    @cached_property
    def beat_s(self) -> float:
        """Length of the usual beat in seconds."""
        beats = self.beats_s
        return median(b - a for a, b in pairwise(beats))

    def position(self, time_s: float) -> float:
        """Return sixteenths from the first bar line; outside the beats the usual beat goes on."""
        beats = self.beats_s
        number = bisect_right(beats, time_s) - 1
        if number < 0:
            beat = (time_s - beats[0]) / self.beat_s
        elif number >= len(beats) - 1:
            beat = len(beats) - 1 + (time_s - beats[-1]) / self.beat_s
        else:
            beat = number + (time_s - beats[number]) / (beats[number + 1] - beats[number])
        return SIXTEENTHS_PER_BEAT * beat - self.first_step

    def time(self, step: float) -> float:
        """Return the seconds at which ``step`` sixteenths from the first bar line lie."""
        beat = (step + self.first_step) / SIXTEENTHS_PER_BEAT
        number = min(max(int(beat), 0), len(self.beats_s) - 2)
        start, end = self.beats_s[number], self.beats_s[number + 1]
        return start + (beat - number) * (end - start)

    def bars_of(self, section: Section) -> range:
        """Return the whole bars of a section."""
        first = round(self.position(section.start_s) / self.bar_steps)
        last = round(self.position(section.end_s) / self.bar_steps)
        return range(max(first, 0), min(last, len(self.downbeats_s)))

    def role_of(self, letter: str) -> str:
        """Return the role of a section letter."""
        return next((s.role for s in self.sections if s.label == letter), "whole")


def read_analysis(data: Mapping[str, Any]) -> Measured:
    """Return what mining needs of an analysis in the JSON form that the library stores.

    Raises
    ------
    KeyError, TypeError
        If ``data`` is not such an analysis.
    """
    return Measured(
        duration_s=data["duration_s"],
        bpm=data["tempo"]["bpm"],
        beats_s=tuple(data["beats"]["beats_s"]),
        downbeats_s=tuple(data["beats"]["downbeats_s"]),
        meter=data["beats"]["meter"],
        beat_confidence=data["beats"]["confidence"],
        downbeat_confidence=data["beats"]["downbeat_confidence"],
        key=Key(**data["key"]),
        chords=tuple(Chord(**row) for row in data["chords"]),
        sections=tuple(Section(**row) for row in data["sections"]),
        loudness_lufs=data["loudness"]["integrated_lufs"] or -70.0,
        drums=tuple(
            DrumPattern(**{**row, "hits": tuple(DrumHit(**hit) for hit in row["hits"])})
            for row in data["drums"]
        ),
        bass=tuple(Note(**row) for row in data["bass"]["notes"]),
        melody=tuple(Note(**row) for row in data["melody"]["notes"]),
        notes=tuple(Note(**row) for row in data["notes"]["notes"]),
        timbre=Timbre(**data["timbre"]),
    )


def relative_major(key: Key) -> tuple[int, Mode]:
    """Return the pitch class of the relative major's tonic, and the mode itself."""
    tonic = PITCHES.index(key.tonic) if key.tonic else 0
    return ((tonic + 3) % 12, "minor") if key.mode == "minor" else (tonic, "major")

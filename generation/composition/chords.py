"""Chords and scale steps in one frame for every key: semitones above the relative major's tonic.

A minor and C major share their notes, so a loop mined in A minor and one mined in C major meet in
the same coordinates: ``Am F C G`` is (9 min, 5 maj, 0 maj, 7 maj) in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

Quality = Literal["maj", "min"]
Mode = Literal["major", "minor"]

SCALE = (0, 2, 4, 5, 7, 9, 11)
PITCHES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
NUMERALS = {"i": 0, "ii": 1, "iii": 2, "iv": 3, "v": 4, "vi": 5, "vii": 6}
TONIC_DEGREE: dict[Mode, int] = {"major": 0, "minor": 5}
THIRD: dict[Quality, int] = {"maj": 4, "min": 3}


@dataclass(frozen=True, slots=True)
class Chord:
    """``root`` in semitones (0 to 11) above the tonic of the relative major."""

    root: int
    quality: Quality

    @property
    def pitch_classes(self) -> tuple[int, int, int]:
        """Root, third and fifth in the same frame."""
        return self.root, (self.root + THIRD[self.quality]) % 12, (self.root + 7) % 12

    @property
    def degrees(self) -> tuple[int, int, int]:
        """Scale degrees (0 to 6) that spell root, third and fifth."""
        root = SCALE.index(self.root) if self.root in SCALE else SCALE.index((self.root + 1) % 12)
        return root, (root + 2) % 7, (root + 4) % 7

    @property
    def alterations(self) -> Mapping[int, int]:
        """Semitones by which the chord raises (+) or lowers (-) degrees of the scale."""
        return _alterations(self)

    @property
    def is_diatonic(self) -> bool:
        """Tell whether all three notes lie in the scale."""
        return set(self.pitch_classes) <= set(SCALE)


@lru_cache(maxsize=64)
def _alterations(chord: Chord) -> Mapping[int, int]:
    changed = {}
    for degree, pitch in zip(chord.degrees, chord.pitch_classes, strict=True):
        by = (pitch - SCALE[degree] + 6) % 12 - 6
        if by:
            changed[degree] = by
    return MappingProxyType(changed)


def tonic_chord(mode: Mode) -> Chord:
    """Return I of a major key, i of a minor key."""
    return Chord(0, "maj") if mode == "major" else Chord(9, "min")


def dominant_chord(mode: Mode) -> Chord:
    """Return V, in minor with its raised third."""
    return Chord(7, "maj") if mode == "major" else Chord(4, "maj")


def read_numeral(text: str, mode: Mode) -> Chord:
    """Return the chord of a Roman numeral in ``mode``; ``V/vi`` is the dominant of vi.

    Raises
    ------
    ValueError
        If the numeral is none.
    """
    if "/" in text:
        of, target = text.split("/")
        if of != "V":
            raise ValueError(f"only V/x is known, not {text!r}")
        return Chord((read_numeral(target, mode).root + 7) % 12, "maj")
    if text.lower() not in NUMERALS:
        raise ValueError(f"{text!r} is no numeral")
    degree = (NUMERALS[text.lower()] + TONIC_DEGREE[mode]) % 7
    return Chord(SCALE[degree], "maj" if text.isupper() else "min")


def read_loop(text: str, mode: Mode) -> tuple[Chord, ...]:
    """Return two chords for each bar of ``text``: bars by spaces, halves by ``-``."""
    halves: list[Chord] = []
    for bar in text.split():
        chords = [read_numeral(part, mode) for part in bar.split("-")]
        if len(chords) > 2:
            raise ValueError(f"more than two chords in a bar: {bar!r}")
        halves += chords if len(chords) == 2 else chords * 2
    return tuple(halves)


def nearest_degree(pitch: int, tonic: int) -> tuple[int, bool]:
    """Return the scale step of a MIDI pitch (0 is MIDI ``tonic``), and whether it is in the scale."""
    octave, above = divmod(pitch - tonic, 12)
    inside = above in SCALE
    degree = SCALE.index(above) if inside else SCALE.index(above - 1)
    return 7 * octave + degree, inside


def scale_pitch(degree: int, tonic: int, chord: Chord | None = None) -> int:
    """Return the MIDI pitch of a scale step, bent to what ``chord`` alters."""
    octave, step = divmod(degree, 7)
    bend = chord.alterations.get(step, 0) if chord else 0
    return tonic + 12 * octave + SCALE[step] + bend

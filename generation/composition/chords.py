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
Colour = Literal["", "7", "maj7", "add9", "sus4"]

SCALE = (0, 2, 4, 5, 7, 9, 11)
PITCHES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
NUMERALS = {"i": 0, "ii": 1, "iii": 2, "iv": 3, "v": 4, "vi": 5, "vii": 6}
TONIC_DEGREE: dict[Mode, int] = {"major": 0, "minor": 5}
THIRD: dict[Quality, int] = {"maj": 4, "min": 3}
ADDED: dict[Colour, int] = {"7": 10, "maj7": 11, "add9": 2}
"""Semitones above the root of the tone that a colour adds; ``sus4`` adds none, it moves the third."""
FOURTH = 5


@dataclass(frozen=True, slots=True)
class Chord:
    """``root`` in semitones (0 to 11) above the tonic of the relative major.

    ``colour`` is what is added to the triad; ``over`` the tone under it, if that is not the root.
    """

    root: int
    quality: Quality
    colour: Colour = ""
    over: int | None = None

    @property
    def core(self) -> Chord:
        """The plain triad on its root."""
        return Chord(self.root, self.quality) if self.colour or self.over is not None else self

    @property
    def bass(self) -> int:
        """The lowest tone in the same frame."""
        return self.root if self.over is None else self.over

    @property
    def pitch_classes(self) -> tuple[int, int, int]:
        """Root, third (the fourth of a suspended chord) and fifth in the same frame."""
        third = FOURTH if self.colour == "sus4" else THIRD[self.quality]
        return self.root, (self.root + third) % 12, (self.root + 7) % 12

    @property
    def tones(self) -> tuple[int, ...]:
        """The triad and what its colour adds."""
        added = ADDED.get(self.colour)
        return (*self.pitch_classes, *(() if added is None else ((self.root + added) % 12,)))

    @property
    def degrees(self) -> tuple[int, int, int]:
        """Scale degrees (0 to 6) that spell root, third (or fourth) and fifth."""
        return _degrees(self.root, self.colour == "sus4")

    def symbol(self, tonic: int) -> str:
        """Return the usual name when pitch class ``tonic`` is the relative major's: ``Am7/C``."""
        name = PITCHES[(self.root + tonic) % 12] + ("m" if self.quality == "min" else "")
        over = "" if self.over is None else f"/{PITCHES[(self.over + tonic) % 12]}"
        return f"{name}{self.colour}{over}"

    @property
    def alterations(self) -> Mapping[int, int]:
        """Semitones by which the chord raises (+) or lowers (-) degrees of the scale."""
        return _alterations(self)

    @property
    def is_diatonic(self) -> bool:
        """Tell whether all three notes lie in the scale."""
        return set(self.core.pitch_classes) <= set(SCALE)


@lru_cache(maxsize=64)
def _degrees(root: int, is_suspended: bool) -> tuple[int, int, int]:
    first = SCALE.index(root) if root in SCALE else SCALE.index((root + 1) % 12)
    return first, (first + (3 if is_suspended else 2)) % 7, (first + 4) % 7


@lru_cache(maxsize=512)
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

"""Pitches by name: which of F sharp and G flat a key and a chord mean.

Everything is spelled from the relative major, the frame of :mod:`generation.composition.chords`.
"""

from __future__ import annotations

from dataclasses import dataclass

from generation.composition.chords import SCALE, Chord, Mode
from generation.composition.midi import FIFTHS

LETTERS = "CDEFGAB"
NATURAL = dict(zip(LETTERS, SCALE, strict=True))
SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}
SUFFIX = {"maj": "", "min": "m"}
SHARPENED = {1: 0, 6: 3, 8: 4}
"""Semitones above the tonic that are read as a raised degree when no chord says otherwise."""
ROOTS = {1: 1, 3: 2, 6: 3, 8: 5, 10: 6}
"""Degrees that carry roots outside the scale: flat II, III, VI, VII as borrowed, raised IV."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A letter, how far it is altered in semitones, and the octave (4 holds middle C)."""

    letter: str
    alter: int
    octave: int = 4

    @property
    def text(self) -> str:
        """Return the name without octave in plain letters: ``F#``, ``Bb``."""
        return self.letter + SIGNS[self.alter]


@dataclass(frozen=True, slots=True)
class Key:
    """A key as :class:`generation.composition.plan.Plan` holds it: relative tonic and mode."""

    tonic: int
    mode: Mode

    @property
    def fifths(self) -> int:
        """Sharps (+) or flats (-) of the signature."""
        return FIFTHS[self.tonic]

    @property
    def signature(self) -> dict[str, int]:
        """By how much the signature alters each letter."""
        order = "FCGDAEB" if self.fifths > 0 else "BEADGCF"
        altered = order[: abs(self.fifths)]
        sign = 1 if self.fifths > 0 else -1
        return {letter: sign if letter in altered else 0 for letter in LETTERS}

    @property
    def name(self) -> str:
        """Return the key for people: ``A minor``, ``E flat major``."""
        tonic = self.home
        words = {-1: " flat", 0: "", 1: " sharp"}
        return f"{tonic.letter}{words[tonic.alter]} {self.mode}"

    @property
    def slug(self) -> str:
        """Return the key for file names: ``Amin``, ``Fsmaj``, ``Ebmaj``."""
        return self.home.text.replace("#", "s") + self.mode[:3]

    def spell(self, pitch: int, chord: Chord | None = None) -> Spelled:
        """Return the name of a MIDI pitch over ``chord``."""
        above = (pitch - self.tonic) % 12
        degree = self._degree(above, chord)
        letter = self._letter(degree)
        return _named(letter, pitch)

    def chord_root(self, chord: Chord) -> Spelled:
        """Return the root of a chord by name."""
        degree = SCALE.index(chord.root) if chord.root in SCALE else ROOTS[chord.root]
        return _named(self._letter(degree), 60 + (self.tonic + chord.root) % 12)

    def chord_name(self, chord: Chord) -> str:
        """Return a chord as a musician writes it: ``F#m``, ``Bb``."""
        return self.chord_root(chord).text + SUFFIX[chord.quality]

    @property
    def home(self) -> Spelled:
        """Return the tonic of the key itself by name: A in A minor."""
        return self.spell(self.tonic + (9 if self.mode == "minor" else 0))

    def _letter(self, degree: int) -> str:
        tonics = [letter for letter in LETTERS if self._fits(letter)]
        return LETTERS[(LETTERS.index(tonics[0]) + degree) % 7]

    def _fits(self, letter: str) -> bool:
        return (NATURAL[letter] + self.signature[letter]) % 12 == self.tonic

    def _degree(self, above: int, chord: Chord | None) -> int:
        """Return the degree that a pitch is heard as: the scale's, the chord's, or a raised one."""
        if above in SCALE:
            return SCALE.index(above)
        for degree, by in (chord.alterations if chord else {}).items():
            if (SCALE[degree] + by) % 12 == above:
                return degree
        return SHARPENED[above] if above in SHARPENED else SCALE.index(above + 1)


def _named(letter: str, pitch: int) -> Spelled:
    alter = (pitch - NATURAL[letter] + 6) % 12 - 6
    return Spelled(letter, alter, (pitch - alter) // 12 - 1)

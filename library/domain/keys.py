"""Keys: names, the Camelot wheel, and which keys mix well.

The Camelot wheel numbers the circle of fifths like a clock: minor keys are A, major keys B, a
relative pair has the same number. Neighbours are one hour away or on the other letter.
"""

from __future__ import annotations

from dataclasses import dataclass

NAMES = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
MODES = ("major", "minor")
HOURS = 12
SEMITONES = 12
# C major is 8B and each fifth up is one hour later; A minor, its relative, is 8A.
C_MAJOR_HOUR = 8
FIFTH = 7


@dataclass(frozen=True, order=True)
class MusicalKey:
    """A tonic (0 is C, 11 is B) and a mode, ``major`` or ``minor``."""

    pitch_class: int
    mode: str

    def __str__(self) -> str:
        return f"{NAMES[self.pitch_class]} {self.mode}"

    @property
    def camelot(self) -> str:
        """Return the place on the Camelot wheel, ``1A`` to ``12B``."""
        major = self.pitch_class if self.mode == "major" else self.relative.pitch_class
        # Seven is its own inverse modulo twelve: it turns semitones into fifths.
        hour = (C_MAJOR_HOUR - 1 + major * FIFTH) % HOURS + 1
        return f"{hour}{'B' if self.mode == 'major' else 'A'}"

    @property
    def relative(self) -> MusicalKey:
        """Return the key with the same notes and the other mode."""
        if self.mode == "major":
            return MusicalKey((self.pitch_class - 3) % SEMITONES, "minor")
        return MusicalKey((self.pitch_class + 3) % SEMITONES, "major")

    @property
    def neighbours(self) -> tuple[MusicalKey, ...]:
        """Return the keys that mix well: the relative one and those a fifth up and down."""
        fifths = (
            MusicalKey((self.pitch_class + step) % SEMITONES, self.mode) for step in (FIFTH, -FIFTH)
        )
        return (self.relative, *fifths)


ALL = tuple(MusicalKey(pitch, mode) for mode in MODES for pitch in range(SEMITONES))
BY_CAMELOT = {key.camelot: key for key in ALL}

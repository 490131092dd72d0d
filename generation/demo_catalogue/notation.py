"""Rhythm and melody as text: sixteen signs to a bar, so that what sounds together stands together.

``-`` holds, ``.`` rests. Drums: ``X`` loud, ``x`` usual, ``o`` soft. Chords: ``x``, loud ``X``. Bass and
broken chords: digits. Melodies: ``1`` to ``7`` are the degrees of the key, ``a`` to ``g`` the same an
octave above, ``t`` to ``z`` an octave below. Bars may be set apart by ``|`` and spaces.
"""

from __future__ import annotations

from dataclasses import dataclass

from generation.composition.units import STEPS

LOUDNESS = {"X": 112, "x": 92, "o": 50}
DIGITS = "12345678"
DEGREES = {
    **{sign: degree for degree, sign in enumerate("1234567")},
    **{sign: degree + 7 for degree, sign in enumerate("abcdefg")},
    **{sign: degree - 7 for degree, sign in enumerate("tuvwxyz")},
}
"""Degree from 0 (the tonic) up, seven to the octave."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign and how long it holds, in sixteenths from the beginning of its line."""

    step: int
    length: int
    sign: str


@dataclass(frozen=True)
class Line:
    """Some bars of signs."""

    bars: int
    signs: tuple[Sign, ...]

    def over(self, bars: int) -> tuple[Sign, ...]:
        """Return the signs of ``bars`` bars, the line repeated as often as it takes and cut off."""
        found = []
        for start in range(0, bars * STEPS, self.bars * STEPS):
            for sign in self.signs:
                step = start + sign.step
                if step < bars * STEPS:
                    found.append(Sign(step, min(sign.length, bars * STEPS - step), sign.sign))
        return tuple(found)


def read_line(text: str, starts: str) -> Line:
    """Return a line in which every character of ``starts`` begins a sign.

    Raises
    ------
    ValueError
        If a bar has not sixteen signs, or one is unknown.
    """
    rows = [bar.strip() for bar in text.replace("\n", "|").split("|") if bar.strip()]
    for number, row in enumerate(rows, 1):
        if len(row) != STEPS:
            raise ValueError(f"bar {number} has {len(row)} signs, not {STEPS}: {row!r}")
        if unknown := set(row) - set(starts + "-."):
            raise ValueError(f"bar {number} has {sorted(unknown)}: {row!r}")
    signs = []
    whole = "".join(rows)
    for step, sign in enumerate(whole):
        if sign in starts:
            rest = whole[step + 1 :]
            signs.append(Sign(step, 1 + len(rest) - len(rest.lstrip("-")), sign))
    return Line(len(rows), tuple(signs))

"""Patterns as text: lines of marks, sixteen to a bar, read into units of the base pack."""

from __future__ import annotations

from typing import Any, get_args

from generation.composition.errors import BasePackInvalidError
from generation.composition.units import (
    STEPS,
    BassUnit,
    Hit,
    Piece,
    Stroke,
    Tone,
)

STRENGTH = {"X": 112, "x": 92, "o": 48}
PIECES: tuple[Piece, ...] = get_args(Piece)


def read_roles(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the roles that a row fits."""
    return tuple(row["fits"].split())


def read_sixteen(name: str, values: list[Any]) -> tuple[Any, ...]:
    """Return ``values``, one for each sixteenth of a bar."""
    if len(values) != STEPS:
        raise BasePackInvalidError(name, f"{len(values)} values, not {STEPS}")
    return tuple(values)


def read_hits(name: str, row: dict[str, Any]) -> tuple[Hit, ...]:
    """Return the strokes of a drum pattern, a line to a piece."""
    hits = []
    for piece in PIECES:
        line = row.get(piece, "")
        if line and (len(line) != STEPS or set(line) - set("Xxo.")):
            raise BasePackInvalidError(name, f"{piece} is {line!r}")
        hits += [Hit(n, piece, STRENGTH[c]) for n, c in enumerate(line) if c != "."]
    if not hits:
        raise BasePackInvalidError(name, "no hits")
    return tuple(sorted(hits, key=lambda h: (h.step, h.piece)))


def _marks(name: str, line: str, bars: int, starts: str) -> list[tuple[int, int, str]]:
    """Return (step, length, mark) of a line in which "-" holds and "." rests."""
    if len(line) != bars * STEPS or set(line) - set(starts + "-."):
        raise BasePackInvalidError(name, f"not {bars * STEPS} of {starts}-.: {line!r}")
    found = []
    for step, mark in enumerate(line):
        if mark in starts:
            rest = line[step + 1 :]
            found.append((step, 1 + len(rest) - len(rest.lstrip("-")), mark))
    if not found:
        raise BasePackInvalidError(name, "no notes")
    return found


def read_strokes(name: str, line: str, bars: int) -> tuple[Stroke, ...]:
    """Return the strokes of a line of ``bars``."""
    return tuple(Stroke(step, length) for step, length, _ in _marks(name, line, bars, "x"))


def read_tones(name: str, line: str, bars: int) -> tuple[Tone, ...]:
    """Return the notes of a line whose marks are places."""
    marks = _marks(name, line, bars, "12345678")
    return tuple(Tone(step, length, int(mark)) for step, length, mark in marks)


def read_bass(name: str, row: dict[str, Any]) -> BassUnit:
    """Return a bass figure of as many bars as its line has."""
    bars = len(row["line"]) // STEPS
    tones = read_tones(name, row["line"], bars)
    return BassUnit(id=name, roles=read_roles(row), bars=bars, tones=tones, energy=row["energy"])

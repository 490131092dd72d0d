"""A piece as it was written: who made it, and for every section what plays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from generation.composition.chords import PITCHES, Chord, Mode, read_loop
from generation.composition.drumming import KEYS
from generation.composition.units import Role
from generation.demo_catalogue.errors import PieceInvalidError
from generation.demo_catalogue.notation import DEGREES, DIGITS, LOUDNESS, Line, read_line
from generation.demo_catalogue.revision import PIECES

PITCHED = ("lead", "double", "comp", "pad", "arp", "bass")
FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}


@dataclass(frozen=True, slots=True)
class Release:
    """What a record shop says: fictitious names, a reserved registrant in the ISRC."""

    isrc: str
    title: str
    artist: str
    album: str
    label: str
    released: str
    p_line: str
    genre: str


@dataclass(frozen=True, slots=True)
class Player:
    """Who plays a part: an instrument of the renderer, where it lies, how thick its chords are.

    ``centre`` is the MIDI pitch that the tonic (lead) or the hand (chords) is nearest to; ``add`` is
    the degree added to a triad (7 or 9), 0 for none.
    """

    instrument: str
    centre: int
    voices: int = 3
    add: int = 0


@dataclass(frozen=True)
class Passage:
    """One section: its chords (two to the bar) and the lines that play, all read and checked."""

    role: Role
    bars: int
    energy: float
    chords: tuple[Chord, ...]
    lines: Mapping[str, Line]
    """By part: lead, double, comp, pad, arp, bass."""
    drums: Mapping[str, Line]
    """By piece of the kit."""
    fill: Mapping[str, Line]
    """What the kit plays in the last bar instead."""


@dataclass(frozen=True)
class Piece:
    """A whole piece. ``tonic`` is the pitch class of the relative major, as in a plan."""

    name: str
    release: Release
    bpm: float
    mode: Mode
    tonic: int
    swing: float
    """Where the second of a pair stands: 0.5 is straight, 0.67 a triplet."""
    swung: int
    """Sixteenths to a swung pair: 2 or 4."""
    players: Mapping[str, Player]
    kit: str
    sound: tuple[float, float, float]
    """Brightness, width, weight."""
    passages: tuple[Passage, ...]

    @property
    def bars(self) -> int:
        """Bars of the whole piece."""
        return sum(passage.bars for passage in self.passages)

    @property
    def seconds(self) -> float:
        """Length without the tail."""
        return self.bars * 240.0 / self.bpm


@lru_cache(maxsize=2)
def load_catalogue(folder: Path = PIECES) -> tuple[Piece, ...]:
    """Return the pieces in ``folder`` by file name.

    Raises
    ------
    PieceInvalidError
        If one is malformed; the message names it and the place.
    """
    return tuple(
        read_piece(path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.toml"))
    )


def read_piece(name: str, text: str) -> Piece:
    """Return the piece written in ``text``.

    Raises
    ------
    PieceInvalidError
        If it is malformed.
    """
    table: dict[str, Any] = {}
    try:
        table = tomllib.loads(text)
        tonic, mode = _key(table["key"])
        sound = table["sound"]
        return Piece(
            name=name,
            release=Release(**table["release"]),
            bpm=float(table["bpm"]),
            mode=mode,
            tonic=tonic,
            swing=float(table.get("swing", 0.5)),
            swung=int(table.get("swung", 2)),
            players={part: Player(**row) for part, row in table["players"].items()},
            kit=table["kit"],
            sound=(sound["brightness"], sound["width"], sound["weight"]),
            passages=tuple(_passage(row, table, mode) for row in table["form"]),
        )
    except KeyError as missing:
        raise PieceInvalidError(name, f"{missing} is not there") from None
    except (TypeError, ValueError) as wrong:
        raise PieceInvalidError(name, str(wrong)) from None


def _key(text: str) -> tuple[int, Mode]:
    """Return the pitch class of the relative major's tonic, and the mode."""
    tonic, mode = text.split()
    if mode not in ("major", "minor"):
        raise ValueError(f"no such mode: {mode!r}")
    if (own_name := FLATS.get(tonic, tonic)) not in PITCHES:
        raise ValueError(f"no such tonic: {tonic!r}")
    own = PITCHES.index(own_name)
    return ((own + 3) % 12, "minor") if mode == "minor" else (own, "major")


def _passage(row: dict[str, Any], table: dict[str, Any], mode: Mode) -> Passage:
    role, bars = row["role"], int(row["bars"])
    if role not in get_args(Role):
        raise ValueError(f"no such role: {role!r}")
    chords = read_loop(table["harmony"][row["harmony"]], mode)
    whole = (chords * bars)[: 2 * bars]
    if (2 * bars) % len(chords):
        raise ValueError(f"{len(chords) // 2} bars of harmony do not fill the {bars} of a {role}")
    lines = {part: _line(table, part, row[part], bars) for part in PITCHED if part in row}
    return Passage(
        role=role,
        bars=bars,
        energy=float(row["energy"]),
        chords=whole,
        lines=lines,
        drums=_kit(table, row["drums"]) if "drums" in row else {},
        fill=_kit(table, row["fill"]) if "fill" in row else {},
    )


def _line(table: dict[str, Any], part: str, name: str, bars: int) -> Line:
    starts = {"lead": "".join(DEGREES), "double": "".join(DEGREES), "bass": DIGITS, "arp": DIGITS}
    text = table["lines"][part][name]
    try:
        line = read_line(text, starts.get(part, "xX"))
    except ValueError as wrong:
        raise ValueError(f"{part} {name!r}: {wrong}") from None
    if bars % line.bars:
        raise ValueError(f"{part} {name!r}: {line.bars} bars do not fill {bars}")
    return line


def _kit(table: dict[str, Any], name: str) -> dict[str, Line]:
    found = {}
    for piece, text in table["drums"][name].items():
        if piece not in KEYS:
            raise ValueError(f"drums {name!r}: nobody plays {piece!r}")
        try:
            found[piece] = read_line(text, "".join(LOUDNESS))
        except ValueError as wrong:
            raise ValueError(f"drums {name!r}, {piece}: {wrong}") from None
    return found

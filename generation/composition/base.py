"""The base pack: patterns written for this project as plain TOML, read, checked and hashed."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from generation.attribution.shares import BASE
from generation.composition.chords import Chord, Mode, read_loop
from generation.composition.errors import BasePackInvalidError
from generation.composition.units import (
    STEPS,
    ArpUnit,
    BassUnit,
    CompUnit,
    ContourUnit,
    DrumUnit,
    FillUnit,
    FormUnit,
    GrooveUnit,
    HarmonyUnit,
    Hit,
    PadUnit,
    Piece,
    RhythmUnit,
    Role,
    SoundUnit,
    SourceModel,
    Stroke,
    Tone,
)

PACK = Path(__file__).parents[1] / "base_pack"
FILES = [
    "pack",
    "drums",
    "fills",
    "grooves",
    "bass",
    "comping",
    "pads",
    "arpeggios",
    "rhythms",
    "contours",
    "harmony",
    "forms",
    "sounds",
]
STRENGTH = {"X": 112, "x": 92, "o": 48}
PIECES: tuple[Piece, ...] = get_args(Piece)


@dataclass(frozen=True)
class FormPlan:
    """Roles and bars of a whole song, and how often the plan is taken."""

    name: str
    weight: float
    sections: tuple[tuple[Role, int], ...]

    @property
    def bars(self) -> int:
        """Bars of the whole song."""
        return sum(bars for _, bars in self.sections)


@dataclass(frozen=True)
class Grammar:
    """Phrases of four functions, the bars each function may take, colours and cadences."""

    phrases: tuple[tuple[str, ...], ...]
    functions: dict[str, tuple[tuple[str, float], ...]]
    colours: tuple[tuple[str, str], ...]
    half_cadence: tuple[Chord, ...]
    full_cadence: tuple[Chord, ...]


@dataclass(frozen=True)
class Palette:
    """Instruments as General MIDI programs, for a sound of this brightness and width."""

    name: str
    brightness: float
    width: float
    programs: dict[str, int]


@dataclass(frozen=True)
class BasePack:
    """A frozen base model: ``sha256`` is over its canonical content, not over its files."""

    revision: str
    sha256: str
    source: SourceModel
    forms: tuple[FormPlan, ...]
    grammars: dict[Mode, Grammar]
    loops: dict[Mode, tuple[HarmonyUnit, ...]]
    palettes: tuple[Palette, ...]

    @property
    def patterns(self) -> int:
        """How many authored patterns the pack holds, the grammars not counted."""
        own = self.source
        named = (own.drums, own.fills, own.grooves, own.bass, own.comp, own.pads, own.arps)
        melodic = (own.rhythms, own.contours, *self.loops.values(), self.forms, self.palettes)
        return sum(len(units) for units in (*named, *melodic))


@lru_cache(maxsize=2)
def load_base_pack(folder: Path = PACK) -> BasePack:
    """Read the pack in ``folder``.

    Raises
    ------
    BasePackInvalidError
        If a pattern is malformed; the message names it.
    """
    tables = {name: tomllib.loads((folder / f"{name}.toml").read_text()) for name in FILES}
    canonical = json.dumps(tables, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    loops: dict[Mode, tuple[HarmonyUnit, ...]] = {
        mode: _loops(tables["harmony"]["loops"][mode], mode) for mode in ("major", "minor")
    }
    grammars: dict[Mode, Grammar] = {
        mode: _grammar(tables["harmony"]["grammar"][mode], mode) for mode in ("major", "minor")
    }
    roles = tables["forms"].pop("roles")
    return BasePack(
        revision=str(tables["pack"]["revision"]),
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        source=_source(tables, roles),
        forms=tuple(_form(name, row, roles) for name, row in tables["forms"].items()),
        grammars=grammars,
        loops=loops,
        palettes=tuple(_palette(name, row) for name, row in tables["sounds"].items()),
    )


def _source(tables: dict[str, Any], roles: dict[str, Any]) -> SourceModel:
    rows = {
        name: [(f"base:{name}/{key}", row) for key, row in t.items()] for name, t in tables.items()
    }
    return SourceModel(
        key=BASE,
        bpm=0.0,
        mode="major",
        tonic=0,
        certainty=0.0,
        drums=tuple(
            DrumUnit(id=i, roles=_roles(r), hits=_hits(i, r), energy=r["energy"])
            for i, r in rows["drums"]
        ),
        fills=tuple(
            FillUnit(id=i, first=r["from"], hits=_hits(i, r), energy=r["energy"])
            for i, r in rows["fills"]
        ),
        grooves=tuple(
            GrooveUnit(id=i, late=_sixteen(i, r["late"]), accent=_sixteen(i, r["accent"]))
            for i, r in rows["grooves"]
        ),
        bass=tuple(_bass(i, r) for i, r in rows["bass"]),
        comp=tuple(
            CompUnit(id=i, roles=_roles(r), strokes=_strokes(i, r["line"], 1), energy=r["energy"])
            for i, r in rows["comping"]
        ),
        pads=tuple(
            PadUnit(
                id=i, roles=_roles(r), **{k: r[k] for k in ("voices", "low", "spread", "strike")}
            )
            for i, r in rows["pads"]
        ),
        arps=tuple(
            ArpUnit(id=i, roles=_roles(r), tones=_tones(i, r["line"], 1), energy=r["energy"])
            for i, r in rows["arpeggios"]
        ),
        rhythms=tuple(
            RhythmUnit(id=i, roles=_roles(r), strokes=_strokes(i, r["line"], 2))
            for i, r in rows["rhythms"]
        ),
        contours=tuple(
            ContourUnit(id=i, roles=_roles(r), steps=tuple(r["steps"])) for i, r in rows["contours"]
        ),
        forms=tuple(
            FormUnit(
                id=f"base:forms/{r['name']}", role=r["name"], bars=r["bars"], lift_db=r["lift"]
            )
            for r in roles.values()
        ),
        sounds=tuple(
            SoundUnit(id=i, brightness=r["brightness"], width=r["width"], weight=0.5)
            for i, r in rows["sounds"]
        ),
        lines=tuple(tuple(r["steps"]) for _, r in rows["contours"]),
    )


def _roles(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row["fits"].split())


def _sixteen(name: str, values: list[Any]) -> tuple[Any, ...]:
    if len(values) != STEPS:
        raise BasePackInvalidError(name, f"{len(values)} values, not {STEPS}")
    return tuple(values)


def _hits(name: str, row: dict[str, Any]) -> tuple[Hit, ...]:
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


def _strokes(name: str, line: str, bars: int) -> tuple[Stroke, ...]:
    return tuple(Stroke(step, length) for step, length, _ in _marks(name, line, bars, "x"))


def _tones(name: str, line: str, bars: int) -> tuple[Tone, ...]:
    marks = _marks(name, line, bars, "12345678")
    return tuple(Tone(step, length, int(mark)) for step, length, mark in marks)


def _bass(name: str, row: dict[str, Any]) -> BassUnit:
    bars = len(row["line"]) // STEPS
    tones = _tones(name, row["line"], bars)
    return BassUnit(id=name, roles=_roles(row), bars=bars, tones=tones, energy=row["energy"])


def _loops(rows: dict[str, str], mode: Mode) -> tuple[HarmonyUnit, ...]:
    units = []
    for name, text in rows.items():
        chords = read_loop(text, mode)
        if len(chords) != 8:
            raise BasePackInvalidError(name, f"{len(chords) // 2} bars, not 4")
        units.append(HarmonyUnit(id=f"base:loops/{mode}/{name}", chords=chords))
    return tuple(units)


def _grammar(row: dict[str, Any], mode: Mode) -> Grammar:
    functions = {}
    for name in {function for phrase in row["phrases"] for function in phrase}:
        functions[name] = tuple((bar, float(weight)) for bar, weight in row[name].items())
        for bar, _ in functions[name]:
            read_loop(bar, mode)
    return Grammar(
        phrases=tuple(tuple(phrase) for phrase in row["phrases"]),
        functions=functions,
        colours=tuple((plain, colour) for plain, colour in row["colours"]),
        half_cadence=read_loop(row["half_cadence"], mode),
        full_cadence=read_loop(" ".join(row["full_cadence"]), mode),
    )


def _form(name: str, row: dict[str, Any], roles: dict[str, Any]) -> FormPlan:
    parts = [part.split(":") for part in row["plan"].split()]
    sections = tuple((roles[letter]["name"], int(bars)) for letter, bars in parts)
    return FormPlan(name, float(row["weight"]), sections)


def _palette(name: str, row: dict[str, Any]) -> Palette:
    programs = {k: v for k, v in row.items() if k not in ("brightness", "width")}
    return Palette(name, row["brightness"], row["width"], programs)

"""The base pack: patterns written for this project as plain TOML, read, checked and hashed."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from generation.attribution.shares import BASE
from generation.composition.chords import Chord, Mode, read_loop
from generation.composition.errors import BasePackInvalidError
from generation.composition.patterns import (
    read_bass,
    read_hits,
    read_roles,
    read_sixteen,
    read_strokes,
    read_tones,
)
from generation.composition.units import (
    ArpUnit,
    CompUnit,
    ContourUnit,
    DrumUnit,
    FillUnit,
    FormUnit,
    GrooveUnit,
    HarmonyUnit,
    PadUnit,
    RhythmUnit,
    Role,
    SoundUnit,
    SourceModel,
    Unit,
)

PACK = Path(__file__).parents[1] / "base_pack"
PHRASE_BARS = 4
UNIT_KINDS = (
    "drums",
    "fills",
    "grooves",
    "bass",
    "comp",
    "pads",
    "arps",
    "rhythms",
    "contours",
    "forms",
    "sounds",
)
"""Fields of a source whose units a recording gives to the base as they are."""
U = TypeVar("U", bound=Unit)
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

    def extended(self, recordings: Sequence[SourceModel], revision: str, sha256: str) -> BasePack:
        """Return the pack with the units of catalogue ``recordings`` beside the authored ones.

        They are the base's: their ids begin with ``base:`` and go on with the recording's own, so
        that a note's derivation names it. What was heard of their melodies joins the copy guard.
        ``revision`` and ``sha256`` are those of the frozen base model.
        """
        ordered = sorted(recordings, key=lambda recording: recording.key)
        own: dict[str, Any] = {
            kind: getattr(self.source, kind) for kind in (*UNIT_KINDS, "lines", "heard")
        }
        loops = dict(self.loops)
        for recording in ordered:
            for kind in UNIT_KINDS:
                own[kind] += tuple(map(_as_base, getattr(recording, kind)))
            own["lines"] += recording.lines
            own["heard"] += recording.heard
            loops[recording.mode] += tuple(map(_as_base, recording.harmony))
        return replace(
            self,
            revision=revision,
            sha256=sha256,
            source=replace(self.source, **own),
            loops=loops,
        )


def _as_base(unit: U) -> U:
    return replace(unit, id=f"{BASE}:{unit.id.removeprefix('song:')}")


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
            DrumUnit(id=i, roles=read_roles(r), hits=read_hits(i, r), energy=r["energy"])
            for i, r in rows["drums"]
        ),
        fills=tuple(
            FillUnit(id=i, first=r["from"], hits=read_hits(i, r), energy=r["energy"])
            for i, r in rows["fills"]
        ),
        grooves=tuple(
            GrooveUnit(id=i, late=read_sixteen(i, r["late"]), accent=read_sixteen(i, r["accent"]))
            for i, r in rows["grooves"]
        ),
        bass=tuple(read_bass(i, r) for i, r in rows["bass"]),
        comp=tuple(
            CompUnit(
                id=i, roles=read_roles(r), strokes=read_strokes(i, r["line"], 1), energy=r["energy"]
            )
            for i, r in rows["comping"]
        ),
        pads=tuple(
            PadUnit(
                id=i,
                roles=read_roles(r),
                **{k: r[k] for k in ("voices", "low", "spread", "strike")},
            )
            for i, r in rows["pads"]
        ),
        arps=tuple(
            ArpUnit(
                id=i, roles=read_roles(r), tones=read_tones(i, r["line"], 1), energy=r["energy"]
            )
            for i, r in rows["arpeggios"]
        ),
        rhythms=tuple(
            RhythmUnit(id=i, roles=read_roles(r), strokes=read_strokes(i, r["line"], 2))
            for i, r in rows["rhythms"]
        ),
        contours=tuple(
            ContourUnit(id=i, roles=read_roles(r), steps=tuple(r["steps"]))
            for i, r in rows["contours"]
        ),
        forms=tuple(_form_unit(row) for row in roles.values()),
        sounds=tuple(
            SoundUnit(id=i, brightness=r["brightness"], width=r["width"], weight=0.5)
            for i, r in rows["sounds"]
        ),
        lines=tuple(tuple(r["steps"]) for _, r in rows["contours"]),
    )


def _form_unit(row: dict[str, Any]) -> FormUnit:
    name = row["name"]
    return FormUnit(id=f"base:forms/{name}", role=name, bars=row["bars"], lift_db=row["lift"])


def _loops(rows: dict[str, str], mode: Mode) -> tuple[HarmonyUnit, ...]:
    units = []
    for name, text in rows.items():
        chords = read_loop(text, mode)
        if len(chords) != 2 * PHRASE_BARS:
            raise BasePackInvalidError(name, f"{len(chords) // 2} bars, not {PHRASE_BARS}")
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
    if any(bars < 1 or bars % PHRASE_BARS for _, bars in sections):
        # Loops, phrases and fills are counted in fours; a fifth bar would have no melody of its own.
        raise BasePackInvalidError(name, f"sections have whole phrases of {PHRASE_BARS} bars")
    return FormPlan(name, float(row["weight"]), sections)


def _palette(name: str, row: dict[str, Any]) -> Palette:
    programs = {k: v for k, v in row.items() if k not in ("brightness", "width")}
    return Palette(name, row["brightness"], row["width"], programs)

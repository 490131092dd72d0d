"""A composition as bytes, and back: everything that editing, the ledger and the derivation need.

Canonical JSON (sorted keys, no spaces, ASCII, floats as the shortest text that reads back the same)
under gzip without a time, so the same song is the same bytes. Events and decisions name their
parts, shares and whys by number: thousands of notes share a few hundred of them.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, get_type_hints

from generation.attribution.shares import Shares
from generation.composition.codec import ShapeError, from_plain, to_plain
from generation.composition.composition import Composition
from generation.composition.errors import ArchiveDamagedError, ArchiveVersionError
from generation.composition.score import Decision, Event, Why

ARCHIVE_VERSION = 1
MOST_BYTES = 64 * 1024 * 1024
"""Of an unpacked archive; a song takes about two."""
GZIP_LEVEL = 6
TABLES: dict[str, Any] = {"parts": Shares, "shares": Shares, "why": Why}

HINTS: dict[type, dict[str, Any]] = {kind: get_type_hints(kind) for kind in (Event, Decision)}
"""Their fields in order."""

One = TypeVar("One", Event, Decision)


def dump(composition: Composition) -> bytes:
    """Return ``composition`` as bytes that :func:`load` reads back equal."""
    score = composition.score
    tables: dict[str, dict[str, int]] = {name: {} for name in TABLES}
    rows = {
        "events": [_row(one, tables) for one in score.events],
        "decisions": [_row(one, tables) for one in score.decisions],
    }
    bare = replace(composition, score=replace(score, events=(), decisions=()))
    whole = {
        "archive_version": ARCHIVE_VERSION,
        "composition": to_plain(bare, Composition),
        "tables": {name: [json.loads(text) for text in table] for name, table in tables.items()},
        **rows,
    }
    return gzip.compress(_canonical(whole).encode("ascii"), GZIP_LEVEL, mtime=0)


def load(content: bytes) -> Composition:
    """Return the composition that :func:`dump` wrote.

    Raises
    ------
    ArchiveVersionError
        If another version of the program wrote it in another shape.
    ArchiveDamagedError
        If a byte is missing, added or changed, or the content is not a composition.
    """
    try:
        whole = json.loads(_unpack(content))
    except (zlib.error, ValueError) as wrong:
        raise ArchiveDamagedError(str(wrong)) from wrong
    if not isinstance(whole, dict) or "archive_version" not in whole:
        raise ArchiveDamagedError("it names no version")
    if whole["archive_version"] != ARCHIVE_VERSION:
        raise ArchiveVersionError(whole["archive_version"], ARCHIVE_VERSION)
    try:
        tables = {
            name: [from_plain(row, hint) for row in whole["tables"][name]]
            for name, hint in TABLES.items()
        }
        bare: Composition = from_plain(whole["composition"], Composition)
        score = replace(
            bare.score,
            events=tuple(_read(row, Event, tables) for row in whole["events"]),
            decisions=tuple(_read(row, Decision, tables) for row in whole["decisions"]),
        )
    except (ValueError, KeyError, TypeError) as wrong:
        raise ArchiveDamagedError(str(wrong)) from wrong
    return replace(bare, score=score)


def _canonical(plain: object) -> str:
    return json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )


def _unpack(content: bytes) -> bytes:
    """Unpack one gzip member and nothing after it; its header may say nothing either."""
    head = gzip.compress(b"", GZIP_LEVEL, mtime=0)[:10]
    if content[:10] != head:
        raise ValueError("its first bytes are not those of an archive")
    reader = zlib.decompressobj(wbits=31)
    plain = reader.decompress(content, MOST_BYTES)
    if not reader.eof or reader.unused_data:
        raise ValueError("it is longer or shorter than it was")
    return plain


def _row(one: One, tables: Mapping[str, dict[str, int]]) -> list[Any]:
    """Return the fields in order; parts, shares and why as numbers in their tables."""
    row: list[Any] = []
    for name, hint in HINTS[type(one)].items():
        plain = to_plain(getattr(one, name), hint)
        table = tables.get(name)
        row.append(plain if table is None else table.setdefault(_canonical(plain), len(table)))
    return row


def _read(row: Any, kind: type[One], tables: Mapping[str, Sequence[Any]]) -> One:
    held = {}
    for (name, hint), plain in zip(HINTS[kind].items(), row, strict=True):
        if name not in tables:
            held[name] = from_plain(plain, hint)
        elif type(plain) is int and 0 <= plain < len(tables[name]):
            held[name] = tables[name][plain]
        else:
            raise ShapeError(f"{plain!r:.40} is no place in the {name}")
    return kind(**held)

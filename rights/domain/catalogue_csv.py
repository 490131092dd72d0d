"""A label's table of recordings: its columns mapped, its rows checked one by one. Pure.

Nothing is guessed inside a row: what does not read is an error that names line and column.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from rights.domain.identifiers import IdentifierError, parse_barcode, parse_isrc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rights.domain.tables import Table

LONGEST_CELL = 2_000
LONGEST_MS = 4 * 3600 * 1000
CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,3}))?")
YEARLY = re.compile(r"\d{4}")
TRUE, FALSE = (
    frozenset({"1", "yes", "y", "true", "explicit", "x"}),
    frozenset({"", "0", "no", "n", "false", "clean", "not explicit"}),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One thing a table may tell: its name here, what it is called in the template, other names."""

    name: str
    heading: str
    aliases: tuple[str, ...] = ()
    required: bool = False


COLUMNS = (
    Column("isrc", "ISRC", ("isrc code",), required=True),
    Column("title", "Title", ("track title", "song", "song title", "name"), required=True),
    Column("version", "Version", ("mix", "title version", "subtitle")),
    Column("artist", "Artist", ("main artist", "artists", "display artist"), required=True),
    Column("album", "Album", ("release", "release title", "album title")),
    Column("upc", "UPC", ("ean", "barcode", "upc/ean", "icpn", "gtin")),
    Column("duration_ms", "Length", ("duration", "time", "track length")),
    Column("release_date", "Release date", ("released", "original release date", "date")),
    Column("label_name", "Label", ("imprint", "record label")),
    Column("p_line", "P line", ("p-line", "℗", "℗ line", "phonographic copyright", "p_line")),
    Column("c_line", "C line", ("c-line", "©", "© line", "copyright", "c_line")),
    Column("explicit", "Explicit", ("parental advisory", "explicit content")),
    Column("audio", "Audio file", ("file", "filename", "file name", "audio")),
)
BY_NAME = {column.name: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class CellError:
    """What does not read: a column by its name here, and a sentence with its values apart."""

    column: str
    text: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowRead:
    """One row: its values by the names of ``COLUMNS`` as JSON, or why it cannot be used."""

    line: int
    values: Mapping[str, str | int | bool]
    errors: tuple[CellError, ...]


def template() -> str:
    """Return the table that labels are offered: the headings and one example."""
    example = {
        "isrc": "QZTEN2600001",
        "title": "Harbour Lights",
        "artist": "Marlow Quay",
        "album": "Low Tide",
        "upc": "5012345678900",
        "duration_ms": "3:21",
        "release_date": "2026-03-08",
        "label_name": "Saltline",
        "p_line": "℗ 2026 Saltline Ltd",
        "explicit": "no",
        "audio": "01-harbour-lights.wav",
    }
    tape = io.StringIO(newline="")
    writer = csv.writer(tape)
    writer.writerow(column.heading for column in COLUMNS)
    writer.writerow(example.get(column.name, "") for column in COLUMNS)
    return tape.getvalue()


def suggest_mapping(columns: tuple[str, ...]) -> dict[str, str]:
    """Return which column of the table probably holds what, by its heading."""
    plain = {_plain(name): name for name in columns}
    found = {}
    for column in COLUMNS:
        for name in (column.heading, column.name, *column.aliases):
            if _plain(name) in plain:
                found[column.name] = plain[_plain(name)]
                break
    return found


def mapping_errors(mapping: Mapping[str, str], columns: tuple[str, ...]) -> list[CellError]:
    """Return what is wrong with a mapping: unknown names, columns used twice, required ones unset."""
    errors = [
        CellError(name, "The table has no column “%(column)s”.", {"column": heading})
        for name, heading in mapping.items()
        if name not in BY_NAME or heading not in columns
    ]
    used = list(mapping.values())
    errors += [
        CellError(name, "The column “%(column)s” is used twice.", {"column": heading})
        for name, heading in mapping.items()
        if used.count(heading) > 1
    ]
    errors += [
        CellError(column.name, "Say which column holds “%(column)s”.", {"column": column.heading})
        for column in COLUMNS
        if column.required and column.name not in mapping
    ]
    return errors


def read_rows(table: Table, mapping: Mapping[str, str]) -> list[RowRead]:
    """Return every row, read or refused. An ISRC that stands twice is refused the second time."""
    seen: dict[str, int] = {}
    read = []
    for line, cells in table.rows:
        row = _read_row(line, {name: cells.get(at, "") for name, at in mapping.items()})
        isrc = str(row.values.get("isrc", ""))
        if isrc and isrc in seen:
            text = "This ISRC stands in line %(line)s already."
            again = CellError("isrc", text, {"line": str(seen[isrc])})
            row = RowRead(row.line, row.values, (*row.errors, again))
        elif isrc:
            seen[isrc] = line
        read.append(row)
    return read


def _read_row(line: int, cells: Mapping[str, str]) -> RowRead:
    values: dict[str, str | int | bool] = {}
    errors: list[CellError] = []
    for column in COLUMNS:
        cell = cells.get(column.name, "")
        if len(cell) > LONGEST_CELL:
            errors.append(CellError(column.name, "This is longer than 2,000 characters."))
        elif not cell and column.required:
            text = "“%(column)s” is missing."
            errors.append(CellError(column.name, text, {"column": column.heading}))
        elif cell:
            try:
                values[column.name] = _value(column.name, cell)
            except ValueError as error:
                errors.append(CellError(column.name, str(error), {"value": cell[:80]}))
    return RowRead(line, values, tuple(errors))


def _value(name: str, cell: str) -> str | int | bool:
    """Return a cell as what its column holds, or raise ``ValueError`` with a sentence."""
    try:
        if name == "isrc":
            return parse_isrc(cell).code
        if name == "upc":
            return parse_barcode(cell)
    except IdentifierError:
        kind = "ISRC" if name == "isrc" else "UPC or EAN with a right check digit"
        raise ValueError(f"“%(value)s” is no {kind}.") from None
    if name == "duration_ms":
        return duration_ms(cell)
    if name == "release_date":
        return _day(cell)
    if name == "explicit":
        return _yes(cell)
    return cell


def duration_ms(text: str) -> int:
    """Read ``3:21``, ``1:02:03``, ``3:21.5``, seconds (``201``) or milliseconds (``201000``).

    Raises
    ------
    ValueError
        If it is none, or longer than four hours.
    """
    clock = CLOCK.fullmatch(text.strip())
    if clock:
        hours, minutes, seconds, part = clock.groups(default="0")
        whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
        found = whole * 1000 + int(part.ljust(3, "0"))
    elif text.isascii() and text.isdigit() and len(text) < 9:
        found = int(text) if int(text) >= 10_000 else int(text) * 1000
    else:
        raise ValueError("“%(value)s” is no length. Write it as 3:21.")
    if not 0 < found <= LONGEST_MS:
        raise ValueError("“%(value)s” is no length of a song.")
    return found


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        hint = "Give the whole day" if YEARLY.fullmatch(text) else "Write it"
        raise ValueError(f"“%(value)s” is no date. {hint} as 2026-03-08.") from None


def _yes(text: str) -> bool:
    word = text.casefold()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ValueError("“%(value)s” is neither yes nor no.")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9℗©]+", " ", name.casefold()).strip()

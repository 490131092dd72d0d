"""Tables as spreadsheets export them: cells as text, whatever their encoding and delimiter. Pure.

The bytes may be UTF-8 with or without a mark, UTF-16 or Windows-1252, and the fields may be parted
by commas, semicolons, tabs or bars.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 100
DELIMITERS = ",;\t|"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


class TableUnreadableError(ValueError):
    """The file as a whole is no table that can be read; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class Table:
    """The cells as text, by column heading; ``lines`` are those of the file, the heading is 1."""

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


def read_table(content: bytes) -> Table:
    """Return the cells of a table, with empty lines left out.

    Raises
    ------
    TableUnreadableError
        If it is too large, no text, has no heading, or a heading twice.
    """
    if len(content) > MOST_BYTES:
        raise TableUnreadableError("The table is larger than 20 MB. Divide it into several.")
    text, encoding = _decode(content)
    delimiter = _delimiter(text)
    rows = _rows(text, delimiter)
    _line, columns = next(rows, (0, []))
    columns = [" ".join(name.split()) for name in columns]
    while columns and not columns[-1]:
        columns.pop()
    if not any(columns):
        raise TableUnreadableError("The table has no heading. Its first line names the columns.")
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice or len(columns) > MOST_COLUMNS:
        raise TableUnreadableError(
            "Each column needs a name of its own, and there may be at most 100 of them."
        )
    found = []
    for line, cells in rows:
        cut = {name: _cell(cells, at) for at, name in enumerate(columns) if name}
        if any(cut.values()):
            found.append((line, cut))
        if len(found) > MOST_ROWS:
            raise TableUnreadableError("The table has more than 50,000 rows. Divide it.")
    return Table(encoding, delimiter, tuple(name for name in columns if name), tuple(found))


def cell_for_export(value: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, whoever wrote it."""
    return f"'{value}" if value.startswith(FORMULA) else value


def _decode(content: bytes) -> tuple[str, str]:
    """Return the text and what its bytes were: a mark says, else UTF-8, else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise TableUnreadableError(
        "This is no text. Save the table as CSV (UTF-8) and bring that file."
    )


def _delimiter(text: str) -> str:
    """Return what parts the fields of the heading, whatever stands in the rows."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=lambda char: (heading.count(char), -DELIMITERS.index(char)))


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        text = "Line %d cannot be read: a quotation mark is open, or a cell is too long."
        raise TableUnreadableError(text % begins) from None


def _cell(cells: list[str], at: int) -> str:
    """Return a cell in one line, without the apostrophe that guards text against being a formula."""
    text = " ".join(cells[at].split()) if at < len(cells) else ""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text

"""A report that comes as a table, before anybody reads it: unpacked, as UTF-8, cut into rows.

Every physical line of the file ends up in exactly one ``Row``, also where a quotation mark that is
never closed swallows others: whoever reads knows what became of each line.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rights.domain.csv_mapping import DELIMITERS
from rights.domain.dsr.layouts import RECORDS
from rights.income.files import (
    CHUNK,
    LONGEST_LINE,
    Limits,
    ReportRefusedError,
    endless,
    not_text,
    plain_file,
)

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
PREVIEW_BYTES = 64 << 10
PREVIEW_ROWS = 15


@dataclass(frozen=True)
class Row:
    """Cells, and the lines ``first`` to ``last`` that they stood in; ``problem`` if there are none."""

    first: int
    last: int
    cells: Sequence[str]
    problem: str = ""


@dataclass(frozen=True)
class TableFile:
    """A table as UTF-8 with plain line ends. ``encoding`` is what it came in."""

    path: Path
    encoding: str
    lines: int


def is_table(name: str, start: bytes) -> bool:
    """Tell whether a report is a table of its sender's own, by its name and its first line.

    Flat files of DDEX begin with a record that is known; so does a damaged one.
    """
    if name.lower().removesuffix(".gz").endswith((".csv", ".txt")):
        return True
    text = start.decode("utf-8-sig", "replace")
    first = next((line for line in text.splitlines() if line and not line.startswith("#")), "")
    return "\t" in first and first.partition("\t")[0] not in {*RECORDS, "HEAD"}


def table_open(
    path: Path, folder: Path, *, encoding: str = "auto", limits: Limits | None = None
) -> TableFile:
    """Unpack the file if it is gzip, and copy it into ``folder`` as UTF-8.

    A mark at the beginning decides the encoding; without one it is UTF-8, or Windows' Western
    European if ``encoding`` allows it and the bytes are no UTF-8.

    Raises
    ------
    ReportRefusedError
        If it is empty, too large, another kind of archive, damaged, or text in no encoding that is
        allowed. Nothing of it was used.
    """
    limits = limits or Limits()
    plain, _size = plain_file(path, folder, limits)
    with plain.open("rb") as file:
        start = file.read(4)
    if not start:
        raise ReportRefusedError(
            "income.empty", "The file is empty. Nothing was read. Ask the sender for it again."
        )
    target = folder / "table.csv"
    tried = _encodings(start, encoding)
    for place, name in enumerate(tried):
        try:
            lines = _copy(plain, target, name)
        except _NotThisError as wrong:
            if place + 1 == len(tried):
                raise not_text(wrong.line) from None
            continue
        return TableFile(target, name.removesuffix("-sig"), lines)
    raise not_text(1)


def table_rows(table: TableFile, delimiter: str) -> Iterator[Row]:
    """Yield every row; what cannot be cut is a row without cells that says why.

    Raises
    ------
    ReportRefusedError
        If a line has no end.
    """
    with table.path.open(encoding="utf-8", newline="") as file:
        yield from _rows(_lines(file), delimiter)


def preview_rows(content: bytes, encoding: str, delimiter: str) -> list[Row]:
    """Return the first rows of the first ``PREVIEW_BYTES`` of a table, for a person to look at."""
    text = preview_text(content, encoding)
    lines = text.splitlines(keepends=True)
    if len(content) >= PREVIEW_BYTES and len(lines) > 1:
        lines.pop()  # cut in the middle
    rows: list[Row] = []
    for row in _rows(iter(lines), delimiter):
        rows.append(row)
        if len(rows) == PREVIEW_ROWS:
            break
    return rows


def preview_text(content: bytes, encoding: str = "auto") -> str:
    """Return the beginning of a file as text; what is none is replaced by a sign that says so."""
    for name in _encodings(content[:4], encoding):
        decoder = codecs.getincrementaldecoder(name)()
        try:
            return decoder.decode(content)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def delimiter_of(text: str) -> str:
    """Return the sign that divides the first lines most evenly; a comma if none does."""
    lines = [line for line in text.splitlines() if line.strip()][:PREVIEW_ROWS]

    def evenness(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        most = max(set(counts), key=lambda n: (n > 0, counts.count(n)), default=0)
        return (counts.count(most), most) if most else (0, 0)

    return max(DELIMITERS, key=evenness) if lines else ","


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(
                before + 1,
                max(reader.line_num, before + 1),
                (),
                f"it cannot be cut into cells: {error}",
            )
        else:
            yield Row(before + 1, reader.line_num, cells)
        before = max(reader.line_num, before)


def _lines(file: object) -> Iterator[str]:
    """Yield lines, never a longer one than memory should hold."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):  # type: ignore[attr-defined]
        number += 1
        if len(line) > LONGEST_LINE:
            raise endless(number)
        yield line


def _encodings(start: bytes, wanted: str) -> Sequence[str]:
    for mark, name in MARKS.items():
        if start.startswith(mark):
            return (name,)
    if wanted == "auto":
        return ("utf-8", "cp1252")
    return ("utf-16-le",) if wanted == "utf-16" else (wanted,)


class _NotThisError(Exception):
    """The bytes are no text in this encoding; ``line`` is where."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _copy(source: Path, target: Path, encoding: str) -> int:
    """Write the text as UTF-8 with line feeds, and return how many lines it has."""
    decoder = codecs.getincrementaldecoder(encoding)()
    ends, last, held = 0, "\n", ""
    with source.open("rb") as file, target.open("w", encoding="utf-8", newline="") as copy:
        while True:
            block = file.read(CHUNK)
            try:
                text = held + decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                raise _NotThisError(ends + 1) from error
            held = "\r" if block and text.endswith("\r") else ""
            text = text.removesuffix("\r") if held else text
            if "\0" in text:
                raise _NotThisError(ends + text.count("\n", 0, text.index("\0")) + 1)
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            copy.write(text)
            ends += text.count("\n")
            last = text[-1:] or last
            if not block:
                return ends + (last != "\n")

"""Rows of a table become plain lines that can be summed; what cannot be read is kept as a fault.

A plain line has its cells in the order of ``CELLS``, divided by tabs: exact numbers, texts without
control characters, the number of the line that it was. Every row ends up as one plain line, one or
more faults, or among what the mapping says to pass over; ``tally`` says how many went where.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from rights.domain.csv_cells import (
    CellError,
    currency_cell,
    day_cell,
    icpn_cell,
    isrc_cell,
    number_cell,
    text_cell,
)
from rights.domain.csv_mapping import NEEDED, WORDS, ColumnMapping, header_key
from rights.domain.dsr.lines import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from rights.income.csv_files import Row

CELLS = (
    "summary", "isrc", "icpn", "label_id", "dsp_id", "day", "usages", "returns", "net", "line",
)  # fmt: skip
MOST_FAULTS = 100_000
LONGEST_TEXT = 200
NUMBERS = ("usages", "returns", "net")
ZERO = Decimal(0)


@dataclass(frozen=True, order=True)
class TableSummary:
    """What lines have in common that money is kept apart by."""

    service: str
    territory: str
    model: str
    use: str
    currency: str


@dataclass(frozen=True)
class PlainLine:
    """A row as it was understood; numbers are exact."""

    line: int
    summary: TableSummary
    isrc: str
    icpn: str
    label_id: str
    dsp_id: str
    day: str
    usages: Decimal
    returns: Decimal
    net: Decimal


@dataclass
class TableReading:
    """What became of the rows of a table."""

    summaries: dict[TableSummary, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    faults_left_out: int = 0
    uses: int = 0
    blank: int = 0
    passed_over: int = 0
    faulty_rows: int = 0
    first_day: str = ""
    last_day: str = ""

    def blame(self, faults: Iterable[Fault]) -> None:
        """Keep the faults of one row, or count them when there are too many."""
        self.faulty_rows += 1
        for fault in faults:
            if len(self.faults) < MOST_FAULTS:
                self.faults.append(fault)
            else:
                self.faults_left_out += 1

    def count(self, line: PlainLine) -> str:
        """Count a use, and return the key of its summary."""
        self.uses += 1
        self.first_day = min(self.first_day or line.day, line.day)
        self.last_day = max(self.last_day, line.day)
        return self.summaries.setdefault(line.summary, f"T{len(self.summaries) + 1}")


def table_write(rows: Iterable[Row], mapping: ColumnMapping, target: Path) -> TableReading:
    """Write the plain lines of a table to ``target``, and return what became of every row."""
    reading = TableReading()
    with target.open("w", encoding="utf-8", newline="\n") as plain:
        for row in _data(rows, mapping, reading):
            found = row_line(row, mapping)
            if isinstance(found, PlainLine):
                plain.write("\t".join(_cells(found, reading.count(found))) + "\n")
            else:
                reading.blame(found)
    return reading


def row_line(row: Row, mapping: ColumnMapping) -> PlainLine | list[Fault]:
    """Read one row: what it says, or everything that is wrong with it."""
    if row.problem:
        words = f"{row.problem} (lines {row.first} to {row.last})"
        return [Fault(row.first, "csv.row", words)]
    shown = mapping.delimiter.join(row.cells)[:2_000]
    if any(row.cells[len(mapping.header) :]) or len(row.cells) <= _last_needed(mapping):
        words = f"it has {len(row.cells)} cells; the first line names {len(mapping.header)} columns"
        return [Fault(row.first, "csv.cells", words, shown)]
    said = _said(row, mapping)
    faults: list[Fault] = []
    values = _values(said, mapping, lambda name, why: faults.append(
        Fault(row.first, f"csv.{name}", f"{WORDS[name]}: {why}", shown)
    ))  # fmt: skip
    if not any(values[name] for name in ("isrc", "icpn", "label_id", "dsp_id")):
        if not faults:
            faults.append(Fault(row.first, "csv.song", "nothing says which song it is", shown))
        return faults
    return faults or _line(row.first, values, mapping)


def _last_needed(mapping: ColumnMapping) -> int:
    """Return the place of the last column without which a row is cut off."""
    names = [mapping.columns[name] for name in NEEDED if name in mapping.columns]
    return max(mapping.header.index(name) for name in names)


def _said(row: Row, mapping: ColumnMapping) -> dict[str, str]:
    """Return the text of each field: of its column, or what the mapping says of every line."""
    names = list(mapping.header)
    said = dict(mapping.fixed)
    for name, column in mapping.columns.items():
        place = names.index(column)
        said[name] = row.cells[place] if place < len(row.cells) else ""
    return said


def _values(
    said: Mapping[str, str], mapping: ColumnMapping, blame: Callable[[str, str], None]
) -> dict[str, object]:
    readers: dict[str, Callable[[str], object]] = {
        "isrc": isrc_cell,
        "icpn": icpn_cell,
        "currency": currency_cell,
        "day": lambda text: _day(text, mapping),
        **dict.fromkeys(NUMBERS, lambda text: _number(text, mapping)),
    }
    values: dict[str, object] = {}
    for name in WORDS:
        text = said.get(name, "")
        try:
            if name in ("usages", "returns") and not text.strip():
                values[name] = ZERO
            elif name in readers and (name in said):
                values[name] = readers[name](text)
            else:
                values[name] = text_cell(text)[:LONGEST_TEXT]
        except CellError as error:
            blame(name, str(error))
            values[name] = ""
    if not any(values[name] for name in ("isrc", "icpn", "label_id", "dsp_id")):
        # Without a number the names stand for the song: told apart here, learned when posted.
        values["label_id"] = " - ".join(
            str(values[name]) for name in ("artist", "title") if values[name] and values["title"]
        )
    return values


def _line(number: int, values: Mapping[str, object], mapping: ColumnMapping) -> PlainLine:
    usages, returns, net = (Decimal(str(values[name] or ZERO)) for name in NUMBERS)
    if mapping.returns == "column":
        returns = abs(returns)
    elif usages < 0:
        returns, usages = -usages, ZERO
        net = -abs(net) if mapping.returns == "positive" else net
    text = {
        name: str(values[name]) for name in ("service", "territory", "model", "use", "currency")
    }
    return PlainLine(
        line=number,
        summary=TableSummary(**text),
        isrc=str(values["isrc"]),
        icpn=str(values["icpn"]),
        label_id=str(values["label_id"]),
        dsp_id=str(values["dsp_id"]),
        day=str(values["day"]),
        usages=usages,
        returns=returns,
        net=net,
    )


def _number(text: str, mapping: ColumnMapping) -> Decimal:
    return number_cell(text, decimal=mapping.decimal, thousands=mapping.thousands)


def _day(text: str, mapping: ColumnMapping) -> str:
    day, is_whole = day_cell(text, form=mapping.days)
    return day if is_whole else day[:7]


def _cells(line: PlainLine, summary: str) -> tuple[str, ...]:
    return (
        summary, line.isrc, line.icpn, line.label_id, line.dsp_id, line.day, f"{line.usages:f}",
        f"{line.returns:f}", f"{line.net:f}", str(line.line),
    )  # fmt: skip


def _data(rows: Iterable[Row], mapping: ColumnMapping, reading: TableReading) -> Iterator[Row]:
    """Yield the rows between the header and the totals; say so if the header is not where it was."""
    waiting: deque[Row] = deque()
    has_header = False
    for row in rows:
        if not has_header:
            reading.passed_over += 1
            if row.last < mapping.header_row:
                continue
            has_header = True
            if header_key(row.cells) != header_key(mapping.header):
                words = f"line {row.first} does not have the names of columns that the mapping was made for"
                reading.blame(
                    [
                        Fault(
                            row.first,
                            "csv.header",
                            words,
                            mapping.delimiter.join(row.cells)[:2_000],
                        )
                    ]
                )
                reading.passed_over -= 1
            continue
        if not row.problem and not any(cell.strip() for cell in row.cells):
            reading.blank += 1
            continue
        waiting.append(row)
        if len(waiting) > mapping.skip_last:
            yield waiting.popleft()
    reading.passed_over += len(waiting)


def data_rows(rows: Iterable[Row], mapping: ColumnMapping) -> Iterator[Row]:
    """Yield the rows that are neither passed over nor blank."""
    return _data(rows, mapping, TableReading())


def preview_lines(
    rows: Iterable[Row], mapping: ColumnMapping, most: int
) -> list[PlainLine | list[Fault]]:
    """Return what the first rows would become, for a person to look at before anything is read."""
    return [row_line(row, mapping) for row in islice(data_rows(rows, mapping), most)]

"""Which lines of a report a group of uses is made of: the file is gone through again, line by line.

Reading sums, and keeps no line numbers: a group of a million uses would have a million of them. Who
asks for a group's lines pays for one pass over the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rights.domain.dsr.lines import is_faultless, line_cells
from rights.domain.dsr.sales import SALES, number_as_kept
from rights.income.csv_files import table_open, table_rows
from rights.income.csv_lines import PlainLine, data_rows, row_line
from rights.income.files import report_open

if TYPE_CHECKING:
    from pathlib import Path

    from rights.domain.csv_mapping import ColumnMapping


@dataclass(frozen=True)
class Wanted:
    """What the lines of a group have in common. ``cuts`` are the days on which its months were cut.

    ``summary`` is the key of the summary in a flat file; in a table the five names that stand for it.
    """

    summary: str
    names: tuple[str, ...]
    isrc: str
    icpn: str
    label_id: str
    dsp_id: str
    span: str
    cuts: Sequence[str]

    def is_day(self, day: str) -> bool:
        """Tell whether a use of that day is in the group."""
        inside = [cut for cut in self.cuts if day[:7] == cut[:7] and day >= cut]
        return (max(inside) if inside else day[:7]) == self.span


@dataclass(frozen=True)
class Occurrences:
    """The first lines, in order, and how many there are."""

    lines: Sequence[int]
    count: int


def table_occurrences(
    path: Path, folder: Path, mapping: ColumnMapping, wanted: Wanted, most: int
) -> Occurrences:
    """Return the lines of a table that a group is made of.

    Raises
    ------
    ReportRefusedError
        If the file cannot be read any more.
    """
    table = table_open(path, folder, encoding=mapping.encoding)
    found = (
        row_line(row, mapping) for row in data_rows(table_rows(table, mapping.delimiter), mapping)
    )
    return _first(
        (line.line for line in found if isinstance(line, PlainLine) and _is_plain(line, wanted)),
        most,
    )


def report_occurrences(path: Path, folder: Path, wanted: Wanted, most: int) -> Occurrences:
    """Return the lines of a flat file that a group is made of.

    Raises
    ------
    ReportRefusedError
        If the file cannot be read any more.
    """
    file = report_open(path, folder)
    with file.path.open(encoding="utf-8-sig", newline="\n") as lines:
        return _first(_of_report(lines, wanted), most)


def _of_report(lines: Iterable[str], wanted: Wanted) -> Iterator[int]:
    resources: dict[tuple[str, str], tuple[str, str]] = {}
    for number, ended in enumerate(lines, start=1):
        line = ended.rstrip("\r\n")
        mark = line[:4]
        if mark in SALES:
            if _is_sale(mark, line, wanted):
                yield number
        elif line[:7] in ("AS01.01", "AS02.02") and is_faultless(line):
            cells = line_cells(line)
            key = cells["BlockId"], cells["ResourceReference"]
            resources[key] = cells["ISRC"].upper().split("|")[0], cells["DspResourceId"]
        elif mark in ("SU01", "SU02") and is_faultless(line):
            cells = line_cells(line)
            known = resources.get((cells["BlockId"], cells["TransactedResource"]))
            if cells["SummaryRecordId"] == wanted.summary and known == (wanted.isrc, wanted.dsp_id):
                yield number


def _is_sale(mark: str, line: str, wanted: Wanted) -> bool:
    if wanted.isrc not in line.upper() or wanted.summary not in line or not is_faultless(line):
        return False
    reading, cells = SALES[mark], line_cells(line)

    def first(names: Iterable[str]) -> str:
        return next((number_as_kept(name, cells[name]) for name in names if cells[name]), "")

    said = (
        cells["SummaryRecordId"], cells[reading.isrc].upper(), cells[reading.icpn],
        first(reading.label_id), first(reading.dsp_id),
    )  # fmt: skip
    asked = (wanted.summary, wanted.isrc, wanted.icpn, wanted.label_id, wanted.dsp_id)
    return said == asked and (not reading.day or wanted.is_day(cells[reading.day]))


def _is_plain(line: PlainLine, wanted: Wanted) -> bool:
    one = line.summary
    return (
        (one.service, one.territory, one.model, one.use, one.currency) == wanted.names
        and (line.isrc, line.icpn, line.label_id, line.dsp_id)
        == (wanted.isrc, wanted.icpn, wanted.label_id, wanted.dsp_id)
        and wanted.is_day(line.day)
    )


def _first(numbers: Iterable[int], most: int) -> Occurrences:
    kept: list[int] = []
    count = 0
    for number in numbers:
        count += 1
        if len(kept) < most:
            kept.append(number)
    return Occurrences(kept, count)

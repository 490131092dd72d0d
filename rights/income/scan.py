"""Reading one report: who sent it, what it sums up to, what is wrong with it, and its sums.

A faultless report is scanned once. Only if some line is neither a use nor one of the first or the
last lines is the file gone through again, to say which line it is and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rights.domain.dsr.bounds import head_faults, summary_faults
from rights.domain.dsr.layouts import BLOCKS, FOOTS, RECORDS, SUMMARIES
from rights.domain.dsr.lines import (
    Fault,
    is_comment,
    is_faultless,
    line_cells,
    line_faults,
    meaning_faults,
)
from rights.domain.dsr.report import PROFILES, Head, Summary, summary_of
from rights.domain.dsr.sales import SALES
from rights.income.blocks import blame_blocks, block_expression
from rights.income.engine import lines_view
from rights.income.files import ReportFile, ironed
from rights.income.sums import COLUMNS, compiled, sales_expression

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    import duckdb

MOST_BEFORE_USES = 200_000
"""Lines that may stand before the first use."""
MOST_FAULTS = 100_000
"""Faults that are kept one by one; more of them are counted."""
GROUPS = "groups"
_FOOTS = {record.mark for record in FOOTS}
_SUMMARIES = {record.mark for record in SUMMARIES}
_BLOCKS = tuple(record.mark for record in BLOCKS)
_NOT_USES = """
SELECT n, l FROM (SELECT row_number() OVER () AS n, l FROM lines)
 WHERE n > {top} AND (NOT regexp_matches(l, '{pattern}') {or_more}) ORDER BY n
"""


@dataclass
class Report:
    """What was read. The sums are the table ``GROUPS`` of the connection that read it."""

    head: Head | None = None
    summaries: dict[str, Summary] = field(default_factory=dict)
    foot: Mapping[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    faults_left_out: int = 0
    uses: int = 0
    blocks: int = 0
    top: int = 0

    def blame(self, line: int, code: str, words: str, text: str = "") -> None:
        """Keep a fault, or count it when there are too many."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(line, code, words, text))
        else:
            self.faults_left_out += 1


def report_head(file: ReportFile) -> Head | None:
    """Return the first line of a report that ``report_open`` has looked through, if it is faultless."""
    report = Report()
    _read_top(report, file)
    return report.head


def scan_report(
    connection: duckdb.DuckDBPyConnection,
    file: ReportFile,
    *,
    folder: Path,
    cuts: Sequence[date] = (),
) -> Report:
    """Read a report that ``report_open`` has looked through.

    ``cuts`` are the days on which owners change, see ``sales_expression``. Faults are kept in the
    report; nothing is raised for what a sender may have done wrong.
    """
    report = Report()
    _read_top(report, file)
    if report.head is None or report.head.profile not in PROFILES:
        return _refused(report)
    lines_view(connection, file.path)
    marks = PROFILES[report.head.profile]
    _sum_up(connection, marks, cuts)
    (report.uses,) = connection.execute(f"SELECT coalesce(sum(lines), 0) FROM {GROUPS}").fetchone()  # type: ignore[misc]  # noqa: S608
    (odd,) = connection.execute(f"SELECT coalesce(sum(odd), 0) FROM {GROUPS}").fetchone()  # type: ignore[misc]  # noqa: S608
    foot_line, foot = file.last_line()
    if foot.partition("\t")[0] in _FOOTS and is_faultless(foot):
        report.foot = line_cells(foot)
    else:
        report.blame(
            foot_line, "foot_missing", "The last line is no FOOT or SRFO: the file is cut off"
        )
    expected = report.uses + report.top + bool(report.foot)
    is_in_blocks = marks[0] not in SALES
    if expected != file.lines or odd or file.has_lists or is_in_blocks:
        lines_view(connection, ironed(file.path, folder))
        doubtful = f"OR starts_with(l, '{marks[0]}')" if odd and not is_in_blocks else ""
        if file.has_lists:
            doubtful += " OR contains(l, '|')"
        _blame_lines(connection, report, marks, foot_line, doubtful)
    if is_in_blocks:
        blame_blocks(connection, report)
    return report


def _refused(report: Report) -> Report:
    if report.head is None:
        report.blame(
            1, "head_missing", "The first line is no HEAD: this is no sales report of DDEX"
        )
    else:
        known = ", ".join(PROFILES)
        report.blame(1, "profile", f"{report.head.profile} is not read here; these are: {known}")
    return report


def _read_top(report: Report, file: ReportFile) -> None:
    """Read everything before the first use."""
    for number, line in enumerate(file.head(MOST_BEFORE_USES), start=1):
        mark = line.partition("\t")[0]
        if is_comment(line):
            pass
        elif report.head is None:
            if mark != "HEAD" or not is_faultless(line):
                if mark == "HEAD":
                    report.faults += line_faults(number, line)
                return
            head = Head.of(line_cells(line))
            if faults := head_faults(head):
                report.faults += faults
                return
            report.head = head
        elif mark in _SUMMARIES:
            _read_summary(report, number, line, report.head)
        else:
            return
        report.top = number


def _read_summary(report: Report, number: int, line: str, head: Head) -> None:
    if not is_faultless(line):
        report.faults += line_faults(number, line)
        return
    report.faults += meaning_faults(number, line)
    summary = summary_of(line.partition("\t")[0], line_cells(line), head)
    if faults := summary_faults(number, summary):
        report.faults += faults
        return
    if summary.key in report.summaries:
        report.blame(number, "summary_twice", f"There is a summary {summary.key} already", line)
        return
    report.summaries[summary.key] = summary


def _sum_up(
    connection: duckdb.DuckDBPyConnection, marks: Sequence[str], cuts: Sequence[date]
) -> None:
    if marks[0] in SALES:
        selects = [compiled(sales_expression(mark, cuts), "duckdb") for mark in marks]
    else:
        selects = [compiled(block_expression(), "duckdb")]
    union = " UNION ALL ".join(f"({select})" for select in selects)
    names = ", ".join(COLUMNS)
    connection.execute(f"CREATE OR REPLACE TABLE {GROUPS} AS SELECT {names} FROM ({union})")  # noqa: S608


def _blame_lines(
    connection: duckdb.DuckDBPyConnection,
    report: Report,
    marks: Sequence[str],
    foot_line: int,
    doubtful: str,
) -> None:
    """Say what is wrong with every line that is no faultless use; look twice at ``doubtful`` ones."""
    fine = marks if marks[0] in SALES else _BLOCKS
    pattern = "|".join(f"(?:{RECORDS[mark].pattern})" for mark in fine)
    quoted = f"^(?:{pattern})$".replace("'", "''")
    query = _NOT_USES.format(top=report.top, pattern=quoted, or_more=doubtful)
    for number, line in _rows(connection, query):
        _blame_line(report, number, line, fine=fine, foot_line=foot_line)


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[tuple[int, str]]:
    result = connection.execute(query)
    while rows := result.fetchmany(10_000):
        yield from rows


def _blame_line(
    report: Report, number: int, line: str, *, fine: Sequence[str], foot_line: int
) -> None:
    mark = line.partition("\t")[0]
    if is_comment(line) or number == foot_line:
        return
    if not is_faultless(line):
        faults = line_faults(number, line)
    elif mark in fine or mark == "DE01":
        faults = meaning_faults(number, line)
    else:
        faults = [Fault(number, "misplaced", f"{mark} cannot stand here", line)]
    for fault in faults:
        report.blame(fault.line, fault.code, fault.words, fault.text)

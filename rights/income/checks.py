"""What a whole report must agree with: its own name, its own counts, its own sums."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from rights.constants import WHOLE_REVENUE
from rights.domain.dsr.names import name_disagreements, report_name
from rights.income.blocks import UNRESOLVED
from rights.income.scan import GROUPS, Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from rights.domain.dsr.report import Summary
    from rights.income.files import ReportFile

_SUMS = f"SELECT summary, sum(lines), sum(net), sum(net_tx) FROM {GROUPS} GROUP BY summary"  # noqa: S608
# What the uses without money of their own weigh in their summary, see ``division.earned_by_use``.
_WEIGHED = f"""
SELECT summary, sum(CASE WHEN span = 'free' THEN 0 ELSE greatest(usages - returns, 0) END)
  FROM {GROUPS} GROUP BY summary
"""  # noqa: S608
_USES = f"SELECT summary, sum(usages), sum(usages - returns) FROM {GROUPS} GROUP BY summary"  # noqa: S608
_LOST = f"SELECT coalesce(sum(lines), 0) FROM {GROUPS} WHERE isrc = '{UNRESOLVED}'"  # noqa: S608
HALF = Decimal("0.5")


@dataclass(frozen=True)
class Concern:
    """Something about the report as a whole. A blocking one must be settled before it is posted."""

    code: str
    words: str
    is_blocking: bool = True


def report_concerns(
    connection: duckdb.DuckDBPyConnection, report: Report, file: ReportFile, name: str
) -> list[Concern]:
    """Return what is to be settled or known before the report is posted, the worst first."""
    concerns = [*_counts(report, file), *_summaries(connection, report)]
    parts = report_name(name)
    if report.head is not None and parts is not None:
        concerns += [Concern("name", words) for words in name_disagreements(parts, report.head)]
    elif parts is None:
        words = f"The name {name!r} is not that of a sales report; what is inside counts"
        concerns.append(Concern("name_unusual", words, is_blocking=False))
    return sorted(concerns, key=lambda concern: not concern.is_blocking)


def _counts(report: Report, file: ReportFile) -> list[Concern]:
    found = {
        "NumberOfLinesInFile": file.lines,
        "NumberOfSummaryRecords": len(report.summaries),
        "NumberOfBlocksInFile": report.blocks,
    }
    if report.head is not None and report.head.files == 1:
        found["NumberOfLinesInReport"] = file.lines
        found["NumberOfBlocksInReport"] = report.blocks
    return [
        Concern("count", f"{cell} says {report.foot[cell]}; there are {number}")
        for cell, number in found.items()
        if report.foot.get(cell) and int(report.foot[cell]) != number
    ]


def _summaries(connection: duckdb.DuckDBPyConnection, report: Report) -> list[Concern]:
    concerns: list[Concern] = []
    lines: dict[str, int] = defaultdict(int)
    for key, count, net, net_tx in connection.execute(_SUMS).fetchall():
        lines[key] = count
        summary = report.summaries.get(key)
        if summary is None:
            words = f"{count} lines name the summary {key!r}, which the report does not have"
            concerns.append(Concern("summary_unknown", words))
        elif report.head is not None and report.head.profile.startswith("Financial"):
            concerns += _sum(summary, summary.net, net, count, summary.currency)
            concerns += _sum(summary, summary.net_tx, net_tx, count, summary.currency_tx)
    weighed = dict(connection.execute(_WEIGHED).fetchall())
    uses = {key: counts for key, *counts in connection.execute(_USES).fetchall()}
    for summary in report.summaries.values():
        concerns += [*_total(summary), *_fees(summary)]
        if summary.mark != "SY10" and summary.net and lines[summary.key] and not weighed.get(summary.key):  # fmt: skip
            words = (
                f"The summary {summary.key!r} has {summary.net} {summary.currency}, and not one use "
                "that earns a part of it"
            )
            concerns.append(Concern("summary_unearned", words))
        if not summary.is_allocated and summary.net and lines[summary.key]:
            concerns += _shared(summary, uses[summary.key])
        if not lines[summary.key] and summary.net:
            words = (
                f"The summary {summary.key!r} has {summary.net} {summary.currency} and not one line"
            )
            concerns.append(Concern("summary_empty", words))
    (lost,) = connection.execute(_LOST).fetchone() or (0,)
    if lost:
        words = f"{lost} uses name a resource that their block does not have"
        concerns.append(Concern("resource_unknown", words))
    return concerns


def _sum(
    summary: Summary, said: Decimal, found: Decimal, lines: int, currency: str
) -> list[Concern]:
    """Compare a sum with what its summary says.

    Within the last place that the sender prints they are equal. Lines that were each rounded may
    differ by half a place each: that is to be known, more is to be settled.
    """
    off = abs(said - found)
    if off <= HALF * _place(said):
        return []
    words = f"The lines of summary {summary.key!r} sum to {found:f} {currency}, it says {said:f}"
    return [Concern("sum", words, is_blocking=off > HALF * _place(said) * (lines + 1))]


def _total(summary: Summary) -> list[Concern]:
    fees = sum((fee.amount for fee in summary.fees), Decimal(0))
    if abs(summary.net + fees - summary.total) <= _place(summary.total):
        return []
    words = (
        f"Summary {summary.key!r} ends at {summary.total:f} {summary.currency}, but its lines and fees"
        f" come to {summary.net + fees:f}"
    )
    return [Concern("total", words)]


def _shared(summary: Summary, uses: Sequence[Decimal]) -> list[Concern]:
    """Ask whose the revenue is, unless the uses that are reported to us are all that earned it.

    ``uses`` are the uses of the lines and the same without returns: senders count either.
    """
    if summary.usages in uses:
        return []
    words = (
        f"Summary {summary.key!r} says that {summary.usages:f} uses earned {summary.net:f} "
        f"{summary.currency}, and not what of it is ours; the lines come to {uses[0]:f} uses"
        f"{_by_uses(summary, uses[0])}. Ask the sender for AllocatedNetRevenue. Settled, all of "
        f"{summary.net:f} {summary.currency} is posted as ours, by another person than who settles it"
    )
    return [Concern(WHOLE_REVENUE, words)]


def _by_uses(summary: Summary, uses: Decimal) -> str:
    """Return what our part would be by uses, to compare with: nothing is ever posted by it."""
    if not 0 < uses < summary.usages:
        return ""
    return f", which by uses alone would be {summary.net * uses / summary.usages:.2f}"


def _fees(summary: Summary) -> list[Concern]:
    """Tell of money that no use earned, such as a minimum guarantee: it is not posted with them."""
    return [
        Concern(
            "fee",
            f"Summary {summary.key!r} has {fee.amount:f} {summary.currency} that belongs to no use "
            f"({fee.kind}); it is not posted with the uses",
        )
        for fee in summary.fees
        if fee.amount
    ]


def _place(printed: Decimal) -> Decimal:
    """Return the last decimal place of a number as it was printed."""
    exponent = printed.as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)

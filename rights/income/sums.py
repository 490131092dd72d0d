"""The big scan and sum as one expression in Ibis, compiled for DuckDB or for Spark.

Each line is judged as a whole by the pattern of its record, cut at its tabs, and summed exactly by
everything that money can depend on. Only sums, comparisons and text: a division would go through
floating point in both engines, so dividing is left to ``rights.income.division``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ibis  # type: ignore[import-untyped]

from rights.domain.dsr.layouts import RECORDS
from rights.domain.dsr.sales import SALES, Reading
from rights.domain.identifiers import RELEASE_NUMBER

if TYPE_CHECKING:
    from datetime import date

LINES = "lines"
"""The table that the expression reads: one column ``l``, a line."""
EXACT = "decimal(28,10)"
COLUMNS = (
    "mark",
    "summary",
    "isrc",
    "icpn",
    "label_id",
    "dsp_id",
    "span",
    "lines",
    "odd",
    "usages",
    "returns",
    "net",
    "net_tx",
)
"""What comes out, in this order; the sums begin with ``lines``."""


def sales_expression(mark: str, cuts: Sequence[date] = ()) -> Any:
    """Return the sums of all faultless lines ``mark``, an Ibis expression over ``LINES``.

    One row for each summary, recording (as the report names it) and span of days. Spans are months,
    cut again at ``cuts``: the days on which the owners of something change.
    ``odd`` counts lines whose usages do not add up; they are in the sums all the same.
    """
    reading = SALES[mark]
    lines = ibis.table({"l": "string"}, name=LINES)
    whole = lines.filter(lines.l.re_search(f"^{RECORDS[mark].pattern}$"))
    cut = whole.select(c=whole.l.split("\t"))
    cell = _Cells(cut.c, mark)
    usages, returns = cell.number(reading.usages), cell.number(reading.returns)
    rows = cut.select(
        mark=ibis.literal(mark),
        summary=cell.text("SummaryRecordId"),
        isrc=cell.text(reading.isrc).upper(),
        icpn=cell.text(reading.icpn),
        label_id=cell.first(reading.label_id),
        dsp_id=cell.first(reading.dsp_id),
        span=span_of(cell.text(reading.day), cuts),
        odd=cell.is_odd(reading).cast("int64"),
        usages=usages,
        returns=returns,
        net=cell.number(reading.net),
        net_tx=cell.number(reading.net_tx),
    )
    keys = ["mark", "summary", "isrc", "icpn", "label_id", "dsp_id", "span"]
    return rows.group_by(keys).agg(
        lines=rows.count(),
        odd=rows.odd.sum(),
        usages=rows.usages.sum(),
        returns=rows.returns.sum(),
        net=rows.net.sum(),
        net_tx=rows.net_tx.sum(),
    )


def compiled(expression: Any, dialect: str) -> str:
    """Return the expression as SQL of ``duckdb`` or ``pyspark``."""
    return str(ibis.to_sql(expression, dialect=dialect))


class _Cells:
    """The cells of a line by name."""

    def __init__(self, cells: Any, mark: str) -> None:
        self._cells, self._record = cells, RECORDS[mark]

    def text(self, name: str) -> Any:
        """Return a cell, empty if the line ends before it or the record has none."""
        if not name:
            return ibis.literal("")
        return self._cells[self._record.index(name)].fill_null("")

    def first(self, names: Sequence[str]) -> Any:
        """Return the first cell of several that says something."""
        found = self.identifier(names[0])
        for name in names[1:]:
            found = ibis.ifelse(found == "", self.identifier(name), found)
        return found

    def identifier(self, name: str) -> Any:
        """Return a number that somebody gave; that of a release says so."""
        given = self.text(name)
        if "Release" not in name:
            return given
        return ibis.ifelse(given == "", given, ibis.literal(RELEASE_NUMBER) + given)

    def number(self, name: str) -> Any:
        """Return a cell as an exact number; the pattern has made sure that it is one."""
        return self.text(name).try_cast(EXACT).fill_null(ibis.literal(0, type=EXACT))

    def is_odd(self, reading: Reading) -> Any:
        if not reading.net_usages:
            return ibis.literal(value=False)
        net = self.number(reading.usages) - self.number(reading.returns)
        return net != self.number(reading.net_usages)


def span_of(day: Any, cuts: Sequence[date]) -> Any:
    """Return the month of ``day``, or the last cut before it if that is in the same month.

    Days are text in the order of the calendar, so text is compared.
    """
    span = day.substr(0, 7)
    for cut in sorted(set(cuts)):
        text = cut.isoformat()
        if cut.day > 1:
            span = ibis.ifelse((day >= text) & day.startswith(text[:7]), ibis.literal(text), span)
    return span

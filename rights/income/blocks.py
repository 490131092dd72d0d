"""The same sums for reports in blocks: a resource and its uses are lines of their own, joined here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis  # type: ignore[import-untyped]

from rights.domain.dsr.layouts import RECORDS
from rights.income.sums import EXACT, LINES

if TYPE_CHECKING:
    import duckdb

    from rights.income.scan import Report

RESOURCES, USES = ("AS01.01", "AS02.02"), ("SU01", "SU02")
UNRESOLVED = "?"
"""What stands for the recording of a use whose block does not have it."""
# A block that comes again after another one has more than one beginning.
_RUNS = """
WITH b AS (SELECT row_number() OVER () AS n, string_split(l, chr(9))[2] AS block FROM lines
            WHERE regexp_matches(l, '^(?:RE0|AS0|MW0|SU0)')),
     r AS (SELECT n, block, block IS DISTINCT FROM lag(block) OVER (ORDER BY n) AS begins FROM b)
SELECT count(DISTINCT block), list(DISTINCT block ORDER BY block) FILTER (WHERE runs > 1)
  FROM (SELECT block, count_if(begins) AS runs FROM r GROUP BY block)
"""


def block_expression() -> Any:
    """Return the sums of all faultless uses, an Ibis expression over ``LINES``.

    The columns are those of ``sums.COLUMNS``; ``net`` is zero, for the money is in the summaries,
    and ``odd`` counts the uses whose resource is not in their block. Uses that bear no royalty have
    no part in the money: they are counted under ``span`` ``free``.
    """
    lines = ibis.table({"l": "string"}, name=LINES)
    described = ibis.union(*(_resources(lines, mark) for mark in RESOURCES))
    # Described twice, a resource must not double its uses; with two recordings it has none.
    resources = described.group_by(["block", "resource"]).agg(
        isrc=ibis.ifelse(described.isrc.min() == described.isrc.max(), described.isrc.min(), None),
        dsp_id=described.dsp_id.min(),
    )
    uses = ibis.union(*(_uses(lines, mark) for mark in USES))
    both = uses.left_join(resources, ["block", "resource"])
    rows = both.select(
        mark=both.mark,
        summary=both.summary,
        isrc=both.isrc.fill_null(UNRESOLVED),
        icpn=ibis.literal(""),
        label_id=ibis.literal(""),
        dsp_id=both.dsp_id.fill_null(""),
        span=both.span,
        odd=both.isrc.isnull().cast("int64"),
        usages=both.usages,
        returns=both.returns,
        nothing=ibis.literal(0, type=EXACT),
    )
    keys = ["mark", "summary", "isrc", "icpn", "label_id", "dsp_id", "span"]
    return rows.group_by(keys).agg(
        lines=rows.count(),
        odd=rows.odd.sum(),
        usages=rows.usages.sum(),
        returns=rows.returns.sum(),
        net=rows.nothing.sum(),
        net_tx=rows.nothing.sum(),
    )


def _cells(lines: Any, mark: str) -> Any:
    return lines.filter(lines.l.re_search(f"^{RECORDS[mark].pattern}$")).select(
        c=lines.l.split("\t")
    )


def _resources(lines: Any, mark: str) -> Any:
    cut = _cells(lines, mark)
    at = RECORDS[mark].index
    return cut.select(
        block=cut.c[at("BlockId")],
        resource=cut.c[at("ResourceReference")],
        isrc=cut.c[at("ISRC")].upper().split("|")[0],
        dsp_id=cut.c[at("DspResourceId")],
    )


def _uses(lines: Any, mark: str) -> Any:
    cut = _cells(lines, mark)
    at = RECORDS[mark].index
    is_sale = mark == "SU01"
    returns = cut.c[at("Returns")] if is_sale else ibis.literal("0")
    bears = cut.c[at("IsRoyaltyBearing")].lower()
    return cut.select(
        mark=ibis.literal(mark),
        block=cut.c[at("BlockId")],
        summary=cut.c[at("SummaryRecordId")],
        resource=cut.c[at("TransactedResource")],
        span=ibis.ifelse(bears == "false", ibis.literal("free"), ibis.literal("")),
        usages=cut.c[at("Usages" if is_sale else "NumberOfStreams")].try_cast(EXACT),
        returns=returns.try_cast(EXACT),
    )


def blame_blocks(connection: duckdb.DuckDBPyConnection, report: Report) -> None:
    """Count the blocks, and blame those whose lines do not stand together."""
    blocks, torn = connection.execute(_RUNS).fetchone() or (0, None)
    report.blocks = blocks
    for block in torn or ():
        report.blame(0, "block_torn", f"The lines of block {block!r} do not stand together")

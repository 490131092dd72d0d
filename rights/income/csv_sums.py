"""The sums of a table: its plain lines in DuckDB, by the same expression's parts as sales reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis  # type: ignore[import-untyped]

from rights.income.csv_lines import CELLS
from rights.income.engine import lines_view
from rights.income.scan import GROUPS
from rights.income.sums import COLUMNS, EXACT, LINES, compiled, span_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    import duckdb


def table_expression(cuts: Sequence[date] = ()) -> Any:
    """Return the sums of all plain lines, an Ibis expression over ``LINES``; columns as of reports."""
    lines = ibis.table({"l": "string"}, name=LINES)
    cut = lines.select(c=lines.l.split("\t"))
    cell = {name: cut.c[place].fill_null("") for place, name in enumerate(CELLS)}
    rows = cut.select(
        mark=ibis.literal("CSV"),
        summary=cell["summary"],
        isrc=cell["isrc"],
        icpn=cell["icpn"],
        label_id=cell["label_id"],
        dsp_id=cell["dsp_id"],
        span=span_of(cell["day"], cuts),
        usages=cell["usages"].cast(EXACT),
        returns=cell["returns"].cast(EXACT),
        net=cell["net"].cast(EXACT),
    )
    keys = ["mark", "summary", "isrc", "icpn", "label_id", "dsp_id", "span"]
    return rows.group_by(keys).agg(
        lines=rows.count(),
        odd=ibis.literal(0),
        usages=rows.usages.sum(),
        returns=rows.returns.sum(),
        net=rows.net.sum(),
        net_tx=rows.net.sum(),
    )


def table_sums(
    connection: duckdb.DuckDBPyConnection, plain: Path, cuts: Sequence[date] = ()
) -> None:
    """Make the table ``GROUPS`` from the plain lines in ``plain``."""
    lines_view(connection, plain)
    select = compiled(table_expression(cuts), "duckdb")
    connection.execute(
        f"CREATE OR REPLACE TABLE {GROUPS} AS SELECT {', '.join(COLUMNS)} FROM ({select})"  # noqa: S608
    )

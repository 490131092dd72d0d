"""Dividing many pools at once in DuckDB: the twin of ``rights.domain.allocation.allocate``.

Whole numbers only: ``//`` and ``%`` of HUGEINT are exact, every other division in DuckDB goes
through floating point. Text is ordered by its bytes, as Python orders it, so ties fall the same way.
A pool of 10^18 micro-units and weights of 10^12 stay below the 1.7 * 10^38 that a HUGEINT holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rights.domain.allocation import PPM
from rights.domain.royalties import INPUTS_PPM
from rights.income.scan import GROUPS

if TYPE_CHECKING:
    import duckdb

EARNED, SHARES = "earned", "shares"
_DIVIDE = """
CREATE OR REPLACE TABLE {into} AS
WITH w AS (SELECT pool, {columns}, weight::HUGEINT AS weight FROM ({weights})),
     p AS (SELECT pool, micros::HUGEINT AS micros FROM ({pools})),
     a AS (SELECT w.*, p.micros, abs(p.micros) AS size, sum(w.weight) OVER (PARTITION BY pool) AS whole
             FROM w JOIN p USING (pool)),
     b AS (SELECT *, (size * weight) // whole AS part, (size * weight) % whole AS rest
             FROM a WHERE whole > 0),
     d AS (SELECT *, size - sum(part) OVER (PARTITION BY pool) AS left_over,
                  row_number() OVER (PARTITION BY pool ORDER BY rest DESC, {keys}) AS place FROM b)
SELECT pool, {columns}, weight, sign(micros)::HUGEINT * (part + (place <= left_over)::HUGEINT) AS amount
  FROM d
"""
# The exact sum has ten decimal places: as a whole number of 1e-10 it loses nothing. Half a micro-unit
# goes to the even neighbour, and a negative sum mirrors the positive one.
_EARNED = f"""
CREATE OR REPLACE TABLE {EARNED} AS
WITH g AS (SELECT row_number() OVER (ORDER BY mark, summary, isrc, icpn, label_id, dsp_id, span) AS id, *,
                  (net * 10000000000)::HUGEINT AS tiny FROM {GROUPS}),
     h AS (SELECT *, abs(tiny) // 10000 AS size, abs(tiny) % 10000 AS rest FROM g)
SELECT * EXCLUDE (tiny, size, rest),
       sign(tiny)::HUGEINT * (size + (rest > 5000 OR (rest = 5000 AND size % 2 = 1))::HUGEINT) AS micros
  FROM h
"""  # noqa: S608
# A group gets the part of its summary that its royalty-bearing uses are of all of them. Where a
# summary has parts of uses, all of its weights are counted in the last place that a report can print.
_BY_USE = f"""
SELECT summary AS pool, id, (CASE
           WHEN bool_or(usages % 1 <> 0 OR returns % 1 <> 0) OVER (PARTITION BY summary)
           THEN greatest(usages - returns, 0) * 10000000000
           ELSE greatest(usages - returns, 0) END)::HUGEINT AS weight
  FROM {EARNED}
"""  # noqa: S608
# The part of the ten songs; as ``allocation.part``: half a micro-unit goes to them.
_INPUTS = f"sign(micros)::HUGEINT * ((abs(micros) * {INPUTS_PPM} + {PPM // 2}) // {PPM})"


@dataclass(frozen=True)
class Division:
    """How a set of pools was divided: rows and sum given, and what had nobody to go to."""

    rows: int
    given: int
    suspense: int


def divide(
    connection: duckdb.DuckDBPyConnection,
    *,
    pools: str,
    weights: str,
    into: str,
    keys: Sequence[str],
    carried: Sequence[str] = (),
) -> Division:
    """Divide every row of the query ``pools`` (pool, micros) by the rows of ``weights``.

    ``weights`` has the columns pool, ``keys``, ``carried`` and weight; ``into`` becomes a table with
    the same and ``amount``. Ties fall by ``keys``; ``carried`` only comes along. Pools without weights, or whose weights are all zero, are suspense.
    """
    query = _DIVIDE.format(
        into=into,
        keys=", ".join(keys),
        columns=", ".join([*keys, *carried]),
        weights=weights,
        pools=pools,
    )
    connection.execute(query)
    rows, given = _one(connection, f"SELECT count(*), coalesce(sum(amount), 0) FROM {into}")  # noqa: S608
    (whole,) = _one(connection, f"SELECT coalesce(sum(micros), 0) FROM ({pools})")  # noqa: S608
    return Division(int(rows), int(given), int(whole) - int(given))


def earned_table(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``EARNED``: the groups in a fixed order, with an id and whole micro-units."""
    connection.execute(_EARNED)


def earned_by_use(
    connection: duckdb.DuckDBPyConnection, nets: Sequence[tuple[str, int]]
) -> Division:
    """Give the groups of each summary their part of its net revenue (summary, micro-units).

    For reports whose uses carry no money. The table ``EARNED`` must exist.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE nets (pool VARCHAR, micros HUGEINT)")
    if nets:
        connection.executemany("INSERT INTO nets VALUES (?, ?)", list(nets))
    found = divide(
        connection,
        pools="SELECT pool, micros FROM nets",
        weights=f"{_BY_USE} WHERE span <> 'free'",
        into="by_use",
        keys=("id",),
    )
    connection.execute(
        f"UPDATE {EARNED} SET micros = coalesce((SELECT amount FROM by_use WHERE by_use.id = {EARNED}.id), 0)"  # noqa: S608
    )
    return found


def inputs_query(condition: str = "true") -> str:
    """Return the query of the pools of the ten songs, one for each group that fulfils ``condition``."""
    return f"SELECT id AS pool, {_INPUTS} AS micros FROM {EARNED} WHERE {condition}"  # noqa: S608


def base_pools(connection: duckdb.DuckDBPyConnection, condition: str = "true") -> dict[str, int]:
    """Return what goes to the base catalogue, by summary."""
    rows = connection.execute(
        f"SELECT summary, sum(micros - {_INPUTS}) FROM {EARNED} WHERE {condition} GROUP BY summary"  # noqa: S608
    ).fetchall()
    return {summary: int(micros) for summary, micros in sorted(rows)}


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    return tuple(connection.execute(query).fetchone() or ())

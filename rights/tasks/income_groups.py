"""The groups of a report that was summed, with what their summaries say: whatever its form was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rights.services.income_reading import GroupFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

_GROUPS = """
SELECT id, summary, isrc, icpn, label_id, dsp_id, span, lines, usages, returns, net, micros
  FROM earned ORDER BY id
"""


@dataclass(frozen=True)
class SummaryFacts:
    """What a group has from its summary. ``starts`` is the day of uses whose own day is not told."""

    service: str
    territory: str
    model: str
    use: str
    currency: str
    starts: str


def groups_earned(
    connection: duckdb.DuckDBPyConnection, summaries: Mapping[str, SummaryFacts]
) -> list[GroupFacts]:
    """Return the groups whose summary is known, each with its money in whole micro-units."""
    rows = connection.execute(_GROUPS).fetchall()
    return [
        GroupFacts(
            number=number,
            summary=key,
            service=summary.service,
            territory=summary.territory,
            model=summary.model,
            use=summary.use,
            currency=summary.currency,
            isrc=isrc,
            icpn=icpn,
            label_id=label_id,
            dsp_id=dsp_id,
            span=span if span not in ("", "free") else summary.starts[:7],
            uses=lines,
            usages=usages,
            returns=returns,
            net=net,
            micros=int(micros),
        )
        for number, key, isrc, icpn, label_id, dsp_id, span, lines, usages, returns, net, micros in rows
        if (summary := summaries.get(key)) is not None
    ]

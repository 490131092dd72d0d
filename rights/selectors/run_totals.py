"""What a run came to in each currency, beside the run before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rights.selectors.run_review import run_before

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rights.models import RoyaltyRun

LINES = ("earned", "inputs", "base", "paid", "held")


@dataclass(frozen=True)
class TotalLine:
    """One figure of a run in micro-units, the same of the run before (None if there is none)."""

    currency: str
    name: str
    micros: int
    before: int | None

    @property
    def change(self) -> int | None:
        """Return by how much it is more than before."""
        return None if self.before is None else self.micros - self.before


def run_totals(run: RoyaltyRun) -> tuple[TotalLine, ...]:
    """Return the totals of a calculated run, currency by currency, with those of the last month run."""
    before = run_before(run)
    mine, theirs = _totals(run), _totals(before) if before else None
    return tuple(
        TotalLine(
            currency=currency,
            name=name,
            micros=mine.get(currency, {}).get(name, 0),
            before=None if theirs is None else theirs.get(currency, {}).get(name, 0),
        )
        for currency in sorted({*mine, *(theirs or {})})
        for name in LINES
    )


def _totals(run: RoyaltyRun) -> Mapping[str, Mapping[str, int]]:
    return {
        currency: {name: int(text) for name, text in lines.items()}
        for currency, lines in run.facts.get("totals", {}).items()
    }

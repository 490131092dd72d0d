"""One measure of a song and the range it must lie in: what every bar of the gate reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """``value`` must lie from ``low`` to ``high``, both included; None is an open end."""

    name: str
    value: float
    low: float | None
    high: float | None

    @property
    def passed(self) -> bool:
        """Tell whether the value is a number inside the range."""
        return (
            isfinite(self.value)
            and (self.low is None or self.value >= self.low)
            and (self.high is None or self.value <= self.high)
        )


def reported(findings: Iterable[Finding]) -> tuple[dict[str, Any], ...]:
    """Return findings as the quality report keeps them: JSON, which knows no infinity."""
    return tuple(
        {
            "name": one.name,
            "value": round(one.value, 4) if isfinite(one.value) else None,
            "low": one.low,
            "high": one.high,
            "passed": one.passed,
        }
        for one in findings
    )

"""One measure of a song and the range it must lie in: what every bar of the gate reports."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite


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

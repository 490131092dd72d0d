"""Months that are over and not locked: in which a report that came late can still be booked."""

from __future__ import annotations

from datetime import datetime, timedelta

from rights.models import PeriodLock
from rights.selectors.run_inputs import Period

OFFERED = 6


def months_open(*, now: datetime) -> list[Period]:
    """Return the months before this one in which entries may still take effect, the newest first."""
    lock = PeriodLock.objects.order_by("-ends_at").values_list("ends_at", flat=True).first()
    month = Period.parse(f"{now:%Y-%m}")
    found: list[Period] = []
    while len(found) < OFFERED:
        month = Period.parse(f"{month.start - timedelta(days=1):%Y-%m}")
        if lock is not None and month.start < lock:
            break
        found.append(month)
    return found


def month_booked(month: str) -> datetime:
    """Return the moment at which what came late is booked in a month: its last second."""
    return Period.parse(month).end - timedelta(seconds=1)

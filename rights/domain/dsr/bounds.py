"""What a report may call things, and how long that may be: what we could not keep is a fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from config.lib.money import MoneyError, minor_places
from rights.domain.dsr.lines import SHOWN, Fault

if TYPE_CHECKING:
    from rights.domain.dsr.report import Head, Summary

# Characters, as the columns of reports and of groups of uses have them.
HEAD_MOST: Mapping[str, int] = {
    "profile": 80, "message_id": 255, "sender_id": 80, "sender": 255, "service": 255,
}  # fmt: skip
SUMMARY_MOST: Mapping[str, int] = {
    "key": 255, "channel": 255, "service": 255, "model": 80, "use": 80, "territory": 40,
}  # fmt: skip
FILES_MOST = 1_000_000


def head_faults(head: Head) -> list[Fault]:
    """Return what of a faultless first line we could not keep."""
    faults = _too_long(1, "head_too_long", head, HEAD_MOST)
    for name in ("file_number", "files"):
        number = getattr(head, name)
        if not 1 <= number <= FILES_MOST:
            words = f"{name}: {number} is not from 1 to {FILES_MOST}"
            faults.append(Fault(1, "head_too_long", words))
    return faults


def summary_faults(number: int, summary: Summary) -> list[Fault]:
    """Return what of a faultless summary in line ``number`` we could not keep, or not pay in."""
    faults = _too_long(number, "summary_too_long", summary, SUMMARY_MOST)
    try:
        minor_places(summary.currency)
    except MoneyError:
        words = f"{summary.currency} is no currency of ISO 4217"
        faults.append(Fault(number, "currency_unknown", words))
    return faults


def _too_long(number: int, code: str, said: Head | Summary, most: Mapping[str, int]) -> list[Fault]:
    return [
        Fault(
            number, code, f"{name}: {value[:SHOWN]!r} has {len(value)} characters, more than {at}"
        )
        for name, at in most.items()
        if len(value := getattr(said, name)) > at
    ]

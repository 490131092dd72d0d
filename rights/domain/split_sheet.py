"""What a receipt comes to for money: the weights of the songs in their pool, and the sheet as text.

The receipt says what share of the song each source really has, to the part per million. The pool of
the ten songs is divided by these shares, scaled to a whole by the same rule that divides money; what
the song was asked to be made of (the agreed weights) stays in the receipt (``docs/adr/0081``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.lib.errors import DomainError
from rights.domain.allocation import PPM, allocate
from rights.domain.royalties import BASE_PPM, INPUTS_PPM

if TYPE_CHECKING:
    from datetime import date

REFERENCES = "references"
SHEET_VERSION = 1


class SplitSheetError(DomainError):
    """The receipt cannot be turned into a split sheet; nothing was frozen."""


@dataclass(frozen=True)
class SheetFacts:
    """A published song: its identifiers, and the receipt (parsed) that says what it is made of."""

    isrc: str
    title: str
    artist: str
    receipt_id: str
    receipt: Mapping[str, Any]
    valid_from: date
    icpn: str = ""
    version: int = 1


def input_weights(receipt: Mapping[str, Any]) -> dict[str, int]:
    """Return the part of each of the songs in their pool, by ISRC; the parts make a million.

    Raises
    ------
    SplitSheetError
        If the receipt names no song, one twice, or one without a share.
    """
    shares: dict[str, int] = {}
    for source in receipt.get("sources", ()):
        if source["pool"] != REFERENCES:
            continue
        if source["isrc"] in shares:
            raise _refused(f"it names {source['isrc']} twice")
        shares[source["isrc"]] = source["share_ppm"]
    if not shares or min(shares.values()) <= 0:
        raise _refused("it names no song that has a share")
    return dict(allocate(PPM, shares).amounts)


def sheet_body(facts: SheetFacts) -> str:
    """Return the sheet as canonical JSON: sorted keys, no blanks, whole numbers only."""
    weights = input_weights(facts.receipt)
    named = {source["isrc"]: source for source in facts.receipt["sources"]}
    content = {
        "sheet_version": SHEET_VERSION,
        "song": {
            "isrc": facts.isrc,
            "icpn": facts.icpn,
            "title": facts.title,
            "artist": facts.artist,
            "version": facts.version,
        },
        "receipt": facts.receipt_id,
        "valid_from": facts.valid_from.isoformat(),
        "pools": {"inputs_ppm": INPUTS_PPM, "base_ppm": BASE_PPM},
        "base_model": dict(facts.receipt.get("base_model", {})),
        "sources": [
            {
                "isrc": isrc,
                "title": named[isrc]["title"],
                "artist": named[isrc]["artist"],
                "weight_ppm": weight,
            }
            for isrc, weight in sorted(weights.items())
        ],
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sheet_digest(body: str) -> str:
    """Return the hash that a sheet is compared by."""
    return hashlib.sha256(body.encode()).hexdigest()


def sheet_on(versions: Sequence[tuple[date, int]], day: str) -> int:
    """Return which version counts on ``day``: the newest that had begun, else the first.

    ``versions`` are (counts from, version); ``day`` is a date, a month or a year as reports write
    it, and what names no day means its first.
    """
    begun = [(start, number) for start, number in versions if start.isoformat() <= whole_day(day)]
    return max(begun or [min(versions)])[1]


def whole_day(day: str) -> str:
    """Return the first day of what a report calls a day: ``2026-10`` is ``2026-10-01``."""
    return (day + "-01-01"[len(day) - 4 :]) if 4 <= len(day) < 10 else day


def _refused(why: str) -> SplitSheetError:
    return SplitSheetError(
        "rights.split_sheet.receipt",
        f"The receipt cannot be divided by: {why}. Nothing was frozen. Look at the receipt.",
    )

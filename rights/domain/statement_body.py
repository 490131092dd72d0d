"""A statement as text that can be hashed: canonical JSON for what it says, one line for each line.

Amounts are whole micro-units written as text: numbers of JSON are read as floats by too many.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decimal import Decimal

    from rights.domain.terms import Terms

SCHEMA = 1
LINE_COLUMNS = (
    "number", "pool", "song_isrc", "song_title", "project", "isrc", "title", "service", "territory",
    "month", "use", "model", "uses", "weight", "share_ppm", "currency", "amount", "paid",
)  # fmt: skip
"""What a line says, in the order of the hash."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line before it is numbered and converted. ``uses`` are the song's, negative if taken back.

    Slots, because a payee may have hundreds of thousands of them, and a statement is settled whole.
    """

    share: int
    release: int | None
    pool: str
    song_isrc: str
    song_title: str
    project: str
    recording: str
    isrc: str
    title: str
    service: str
    territory: str
    month: str
    use: str
    model: str
    uses: Decimal
    weight: int
    share_ppm: int
    currency: str
    amount: int

    @property
    def order(self) -> tuple[Any, ...]:
        """Return by what lines are put in order: what belongs together for a reader stands together."""
        return (
            self.currency, self.song_isrc, self.service, self.territory, self.month, self.use,
            self.isrc, self.share, self.release or 0,
        )  # fmt: skip


FACTS = tuple(one.name for one in fields(LineFacts))
"""What is known of a line, in the order of its declaration."""


def uses_text(uses: Decimal) -> str:
    """Write a number of uses plainly: no exponent, no zeros at the end."""
    text = f"{uses:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def body_text(content: Mapping[str, Any]) -> str:
    """Return canonical JSON: sorted keys, no blanks, no floats."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def lines_digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of the lines in their order, each a JSON list of ``LINE_COLUMNS`` as text."""
    digest = hashlib.sha256()
    for row in rows:
        said = [uses_text(row[name]) if name == "uses" else str(row[name]) for name in LINE_COLUMNS]
        digest.update(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def terms_said(terms: Terms) -> dict[str, Any]:
    """Return the terms as a statement keeps them: rates in ppm, amounts as text, days as text."""
    said: dict[str, Any] = {}
    for name, value in asdict(terms).items():
        if isinstance(value, date):
            said[name] = value.isoformat()
        elif name in ("fee_max", "earnings_cap", "payout_min"):
            said[name] = None if value is None else str(value)
        else:
            said[name] = value
    return said

"""One line of a statement, all the way back: the report, the split sheet, the receipt and its bars.

What a rights holder may know of somebody else's song is what the split sheet says: its title, its
receipt, and which recordings it was made of with which weights. Of other owners nothing is told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from config.lib.money import Money
from rights.domain.royalties import INPUTS_PPM, pools_split
from rights.models import RunShare, StatementDispute, StatementLine
from rights.models.statement_dispute import PENDING
from rights.selectors.base_reckoning import BaseReckoning, base_reckoning
from rights.selectors.statement_lines import LineOrigin, line_origin

if TYPE_CHECKING:
    from datetime import datetime

    from rights.models import SplitSheet, Statement


@dataclass(frozen=True)
class Source:
    """A recording that the new song was made of, and its part of the pool of the ten."""

    isrc: str
    title: str
    artist: str
    weight_ppm: int
    is_mine: bool


@dataclass(frozen=True)
class Sheet:
    """The split sheet of the new song as it was frozen; ``receipt_url`` shows its bars to everybody."""

    title: str
    artist: str
    isrc: str
    version: int
    valid_from: str
    sha256: str
    receipt: str
    receipt_url: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Reckoning:
    """How the amount came about: what the uses earned, the pool of the ten, the two parts of it."""

    earned: Money
    pool: Money
    pool_ppm: int
    weight_ppm: int
    share_ppm: int
    amount: Money


@dataclass(frozen=True)
class DisputeStep:
    """One step in the course of a dispute. Who of our staff took it is not told."""

    state: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Dispute:
    """A dispute of the line and its course, oldest step first."""

    words: str
    kind: str
    is_pending: bool
    reason: str
    because: str
    amount: Money | None
    opened_at: datetime
    steps: tuple[DisputeStep, ...]


@dataclass(frozen=True)
class LinePage:
    """Everything about one line."""

    origin: LineOrigin
    sheet: Sheet | None
    reckoning: Reckoning | None
    base: BaseReckoning | None
    disputes: tuple[Dispute, ...]
    is_disputed: bool


BADGES = {"open": "info", "investigating": "info", "upheld": "success", "rejected": "error"}


def line_of(statement: Statement, number: int) -> StatementLine | None:
    """Return a line of a statement by its number, with everything that its page needs."""
    rows = StatementLine.objects.filter(statement=statement, number=number)
    return rows.select_related(
        "statement", "release", "share__run", "share__group__file", "share__group__sheet"
    ).first()


def line_page(*, line: StatementLine) -> LinePage:
    """Return a line with where it comes from; the number of queries does not grow with the statement."""
    share = line.share
    sheet = share.group.sheet if share.group else None
    disputes = _disputes(line)
    return LinePage(
        origin=line_origin(line=line),
        sheet=_sheet(sheet, line.isrc) if sheet else None,
        reckoning=_reckoning(line, share),
        base=None if line.release_id else base_reckoning(share),
        disputes=disputes,
        is_disputed=any(one.is_pending for one in disputes),
    )


def _reckoning(line: StatementLine, share: RunShare) -> Reckoning | None:
    """Return the arithmetic of a share of the ten; the base pool is divided once for a whole period."""
    if share.group is None or share.pool != RunShare.Pool.INPUTS:
        return None
    earned = share.group.micros
    return Reckoning(
        earned=Money(earned, line.currency),
        pool=Money(pools_split(earned).inputs, line.currency),
        pool_ppm=INPUTS_PPM,
        weight_ppm=line.weight,
        share_ppm=line.share_ppm,
        amount=Money(line.amount, line.currency),
    )


def _sheet(sheet: SplitSheet, isrc: str) -> Sheet:
    body = json.loads(sheet.body)
    return Sheet(
        title=sheet.title,
        artist=sheet.artist,
        isrc=sheet.isrc,
        version=sheet.version,
        valid_from=body["valid_from"],
        sha256=sheet.sha256,
        receipt=str(sheet.receipt),
        receipt_url=reverse("generation:receipt-verify", args=[str(sheet.receipt)]),
        sources=tuple(
            Source(one["isrc"], one["title"], one["artist"], one["weight_ppm"], one["isrc"] == isrc)
            for one in sorted(body["sources"], key=lambda one: (-one["weight_ppm"], one["isrc"]))
        ),
    )


def _disputes(line: StatementLine) -> tuple[Dispute, ...]:
    rows = StatementDispute.objects.filter(line=line).prefetch_related("changes")
    return tuple(
        Dispute(
            words=str(row.get_state_display()),
            kind=BADGES.get(row.state, "neutral"),
            is_pending=row.state in PENDING,
            reason=row.reason,
            because=row.because,
            amount=None if row.amount is None else Money(row.amount, line.statement.currency),
            opened_at=row.opened_at,
            steps=tuple(
                DisputeStep(str(one.get_to_state_display()), one.words, one.at)
                for one in sorted(row.changes.all(), key=lambda one: one.pk)
            ),
        )
        for row in rows.order_by("opened_at", "pk")
    )

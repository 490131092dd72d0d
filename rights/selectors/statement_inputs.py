"""What a statement is made of: the movements of a payee's books in a period, and the uses behind them.

A period reaches up to its end, exclusive, and from the end of the statement before. What statements
posted themselves belongs to them, whenever it took effect; everything else counts where it took
effect. A locked period gets no more entries, so the same question always has the same answer.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from sys import intern
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q, Sum

from rights.domain.settlement import Reserve
from rights.domain.statement_body import LineFacts
from rights.models import ClaimRelease, Leg, RoyaltyRun, RunShare, Statement
from rights.selectors.run_inputs import Period

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from rights.models import Contract, Party

EARNING = ("allocation", "claim_activated")
PAYING = ("payout_reserved", "payout_settled")
_CLOSED = (RoyaltyRun.State.LOCKED, RoyaltyRun.State.PUBLISHED)
_CHUNK = 2_000
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Span:
    """From when to when a statement reaches; without a beginning it takes everything before."""

    starts_at: datetime | None
    ends_at: datetime

    @property
    def last_day(self) -> date:
        """Return the day whose terms and rates count."""
        return (self.ends_at - _TICK).date()

    def within(self, field: str) -> Q:
        """Return the condition that a moment lies in the span."""
        found = Q(**{f"{field}__lt": self.ends_at})
        return found & Q(**{f"{field}__gte": self.starts_at}) if self.starts_at else found


@dataclass(frozen=True)
class Movement:
    """What one entry moved of a payee's balance: a payout, or a correction of something before."""

    entry: int
    kind: str
    currency: str
    amount: int
    about: str


@dataclass(frozen=True)
class Books:
    """A payee's books over a span. ``opening`` and ``earned`` are by currency; no zero is in them."""

    opening: Mapping[str, int]
    earned: Mapping[str, int]
    payments: Sequence[Movement]
    corrections: Sequence[Movement]

    @property
    def currencies(self) -> tuple[str, ...]:
        """Return every currency in which something stands or moved."""
        moved = {one.currency for one in (*self.payments, *self.corrections)}
        return tuple(sorted({*self.opening, *self.earned, *moved}))

    def of(self, currency: str) -> Books:
        """Return the books of one currency alone."""
        return Books(
            opening={k: v for k, v in self.opening.items() if k == currency},
            earned={k: v for k, v in self.earned.items() if k == currency},
            payments=[one for one in self.payments if one.currency == currency],
            corrections=[one for one in self.corrections if one.currency == currency],
        )


def statements_before(party: Party, ends_at: datetime) -> QuerySet[Statement]:
    """Return the statements of a payee for periods before, in the revision that stands, newest first."""
    rows = Statement.objects.filter(party=party, ends_at__lt=ends_at, replaced_by=None)
    return rows.order_by("-ends_at", "currency")


# Each entry that moved the balance, in the order in which it took effect. An entry that a statement
# posted is part of that statement's closing balance, and so of this one's opening.
_MOVED = """
SELECT entry.id, coalesce(undone.kind, entry.kind), account.currency, sum(leg.amount),
       posted.id IS NOT NULL OR entry.effective_at < %(starts)s AS is_before,
       line.number, statement.number, statement.revision, entry.memo, entry.effective_at
  FROM rights_leg leg
  JOIN rights_ledgeraccount account ON account.id = leg.account_id
  JOIN rights_entry entry ON entry.id = leg.entry_id
  LEFT JOIN rights_entry undone ON undone.id = entry.reverses_id
  LEFT JOIN rights_statemententry posted ON posted.entry_id = entry.id
  LEFT JOIN rights_statementdispute dispute ON dispute.entry_id = entry.id
  LEFT JOIN rights_statementline line ON line.id = dispute.line_id
  LEFT JOIN rights_statement statement ON statement.id = line.statement_id
 WHERE account.role IN ('payee_payable', 'payee_receivable') AND account.subject = %(payee)s
   AND (entry.effective_at < %(ends)s OR posted.id IS NOT NULL)
   AND (posted.id IS NULL OR posted.statement_id <> ALL (%(revised)s::uuid[]))
 GROUP BY entry.id, undone.kind, account.currency, posted.id, line.number, statement.number,
          statement.revision
 ORDER BY entry.effective_at, entry.id, account.currency
"""


def books_of(party: Party, span: Span, revised: Sequence[UUID] = ()) -> Books:
    """Return what moved the balance of a payee in a span, and what stood there before, in one query.

    ``revised`` are the statements that a new revision replaces: as if they had posted nothing.
    """
    values: dict[str, Any] = {
        "revised": list(revised),
        "payee": str(party.pk),
        "starts": span.starts_at or datetime.min.replace(tzinfo=span.ends_at.tzinfo),
        "ends": span.ends_at,
    }
    opening: dict[str, int] = defaultdict(int)
    earned: dict[str, int] = defaultdict(int)
    payments, corrections = [], []
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, values)
        rows = cursor.fetchall()
    for entry, kind, currency, amount, is_before, line, number, revision, memo, at in rows:
        if is_before:
            opening[currency] += int(amount)
        elif kind in EARNING:
            earned[currency] += int(amount)
        elif kind in PAYING:
            payments.append(Movement(entry, kind, currency, int(amount), f"{at:%Y-%m-%d}"))
        else:
            later = f" R{revision}" if revision and revision > 1 else ""
            about = f"{number}{later} / {line}" if line else memo or f"{kind} #{entry}"
            corrections.append(Movement(entry, kind, currency, int(amount), about))
    return Books(_nonzero(opening), _nonzero(earned), payments, corrections)


def _nonzero(sums: Mapping[str, int]) -> dict[str, int]:
    return {currency: amount for currency, amount in sums.items() if amount}


def advance_of(contract: Contract, span: Span, revised: Sequence[UUID] = ()) -> int:
    """Return what of the contract's advances is not recouped, as it stood at the end of the span."""
    legs = Leg.objects.filter(
        account__role="recoupable",
        account__subject=str(contract.pk),
        account__currency=contract.currency,
    ).filter(Q(entry__effective_at__lt=span.ends_at) | Q(entry__statement_entry__isnull=False))
    legs = legs.exclude(entry__statement_entry__statement__in=list(revised))
    total = legs.aggregate(total=Sum("amount"))["total"]
    return -(total or 0)


def earned_before(contract: Contract, span: Span) -> int:
    """Return what all earlier statements of the contract earned, for its cap."""
    rows = Statement.objects.filter(contract=contract, ends_at__lt=span.ends_at, replaced_by=None)
    return int(rows.aggregate(total=Sum("earned"))["total"] or 0)


def reserves_after(statement: Statement | None) -> tuple[Reserve, ...]:
    """Return the reserves that a statement left to be given back."""
    if statement is None:
        return ()
    rows: list[dict[str, Any]] = json.loads(statement.body)["reserves"]
    return tuple(Reserve(row["taken"], row["due"], int(row["amount"])) for row in rows)


def runs_of(span: Span) -> list[RoyaltyRun]:
    """Return the locked runs whose months end in the span."""
    first = f"{span.starts_at:%Y-%m}" if span.starts_at else ""
    runs = RoyaltyRun.objects.filter(
        state__in=_CLOSED, period__gte=first, period__lte=f"{span.last_day:%Y-%m}"
    )
    return list(runs.order_by("period"))


def lines_of(party: Party, span: Span, runs: Sequence[RoyaltyRun]) -> list[LineFacts]:
    """Return every share and every release of a payee in a span, in the order of the statement.

    Rows are read some thousand at a time, and only what a line says is kept of them.
    """
    shares = RunShare.objects.filter(run__in=runs, party=party)
    rows = [_facts(share, None) for share in _with_names(shares).iterator(_CHUNK)]
    releases = ClaimRelease.objects.filter(
        span.within("entry__effective_at"), claim__party=party, entry__isnull=False
    ).only("share", "share_ppm", "amount")
    by_share: dict[int, list[ClaimRelease]] = defaultdict(list)
    for release in releases.iterator(_CHUNK):
        by_share[release.share_id].append(release)
    several = iter(sorted(by_share))
    while some := list(islice(several, _CHUNK)):
        for share in _with_names(RunShare.objects.filter(pk__in=some)):
            rows += [_facts(share, release) for release in by_share[share.pk]]
    rows.sort(key=lambda facts: facts.order)
    return rows


def _with_names(shares: QuerySet[RunShare]) -> QuerySet[RunShare]:
    return shares.select_related("run", "recording", "group__file", "group__sheet").only(
        "pool", "currency", "weight", "share_ppm", "amount", "run__period",
        "recording__isrc", "recording__title", "recording__artist",
        "group__service", "group__territory", "group__use", "group__model", "group__span",
        "group__usages", "group__micros", "group__file__usage_from", "group__file__posted_at",
        "group__sheet__isrc", "group__sheet__title", "group__sheet__artist",
    )  # fmt: skip


def _facts(share: RunShare, release: ClaimRelease | None) -> LineFacts:
    """Return what a line says; the same words are kept once, however many lines say them."""
    group, recording = share.group, share.recording
    sheet = group.sheet if group else None
    day = (group.span or group.file.usage_from) if group else share.run.period
    return LineFacts(
        share=share.pk,
        release=release.pk if release else None,
        pool=intern(share.pool),
        song_isrc=intern(sheet.isrc) if sheet else "",
        song_title=intern(sheet.title) if sheet else "",
        project=intern(sheet.artist) if sheet else "",
        recording=intern(str(recording.pk)) if recording else "",
        isrc=intern(recording.isrc) if recording else "",
        title=intern(f"{recording.artist}: {recording.title}"[:500]) if recording else "",
        service=intern(group.service) if group else "",
        territory=intern(group.territory) if group else "",
        month=intern(day[:7]) if len(day) >= 7 else "",
        use=intern(group.use) if group else "",
        model=intern(group.model) if group else "",
        uses=_uses(share),
        weight=share.weight,
        share_ppm=release.share_ppm if release else share.share_ppm,
        currency=intern(share.currency),
        amount=release.amount if release else share.amount,
    )


def _uses(share: RunShare) -> Decimal:
    """Return the uses of the song; negative where a later run takes a reversed report back."""
    group = share.group
    if group is None:
        return Decimal(0)
    posted = group.file.posted_at
    is_taken_back = posted is not None and posted < Period.parse(share.run.period).start
    return -group.usages if is_taken_back else group.usages

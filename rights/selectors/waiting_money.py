"""Money that waits: held for recordings that nobody is paid for, and reports that are not posted.

What is held is asked of the runs, share by share, and compared with what stands in the books.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum

from config.lib.money import Money
from rights.domain.claim_course import OPEN
from rights.models import (
    ClaimRelease,
    IncomeFile,
    IncomeGroup,
    Recording,
    RoyaltyRun,
    RunShare,
)
from rights.selectors.ledger import balances_at
from rights.selectors.ownership import ownership_days
from rights.selectors.run_inputs import Period

if TYPE_CHECKING:
    from uuid import UUID

POSTED = (RoyaltyRun.State.LOCKED, RoyaltyRun.State.PUBLISHED)
BUCKETS = (30, 90, 365)
"""The last day of each age but the oldest, counted from the end of the month that the money is of."""
HELD_ROLES = ("suspense_track", "suspense_base")
UNPOSTED = (IncomeFile.State.UPLOADED, IncomeFile.State.READ)
LOST = (IncomeGroup.Match.UNMATCHED, IncomeGroup.Match.AMBIGUOUS)


@dataclass(frozen=True)
class HeldRow:
    """What is held for one recording, by age; without a recording it is of the base pool."""

    recording: Recording | None
    currency: str
    ages: tuple[Money, ...]
    total: Money
    oldest: str
    open_claims: int


@dataclass(frozen=True)
class HeldSum:
    """All that is held in a currency, by age, beside what stands in the books."""

    currency: str
    ages: tuple[Money, ...]
    total: Money
    books: Money

    @property
    def difference(self) -> Money:
        """Return what the books have that no share explains; other than nothing is a fault."""
        return self.books - self.total


@dataclass(frozen=True)
class WaitingReport:
    """A report that is not posted, for how many days, why, and how much has found no song."""

    file: IncomeFile
    days: int
    reasons: Sequence[str]
    lost: tuple[Money, ...]


def held_money(*, now: datetime, words: str = "") -> tuple[Sequence[HeldSum], Sequence[HeldRow]]:
    """Return what is held, in sums and by recording, the most first in each currency.

    ``words`` leaves the rows of recordings whose ISRC, title or artist they are part of; the sums
    are always of everything.
    """
    held = _held()
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
    rows: dict[tuple[UUID | None, str], list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
    oldest: dict[tuple[UUID | None, str], str] = {}
    for (recording, currency, period), micros in sorted(held.items(), key=lambda one: one[0][2]):
        if micros:
            age = _bucket(Period.parse(period).end, now)
            sums[currency][age] += micros
            rows[recording, currency][age] += micros
            oldest.setdefault((recording, currency), period)
    books = _books()
    found = [
        HeldSum(
            currency,
            _monies(sums[currency], currency),
            Money(sum(sums[currency]), currency),
            Money(books.get(currency, 0), currency),
        )
        for currency in sorted({*sums, *(code for code, micros in books.items() if micros)})
    ]
    return found, _rows(rows, oldest, words)


def waiting_reports(*, now: datetime) -> Sequence[WaitingReport]:
    """Return the reports that are here and not posted, the oldest first, each with its reasons."""
    files = IncomeFile.objects.filter(state__in=UNPOSTED).order_by("uploaded_at", "pk")
    lost: dict[UUID, dict[str, int]] = defaultdict(dict)
    sums = (
        IncomeGroup.objects.filter(file__in=files, match__in=LOST)
        .values_list("file", "currency")
        .annotate(Sum("micros"))
        .order_by("file", "currency")
    )
    for file, currency, micros in sums:
        lost[file][currency] = int(micros)
    return [
        WaitingReport(
            file,
            (now - file.uploaded_at).days,
            income_obstacles(file),
            tuple(Money(micros, currency) for currency, micros in lost[file.pk].items()),
        )
        for file in files
    ]


def income_obstacles(file: IncomeFile) -> list[str]:
    """Return everything that keeps a report from being posted, a few words each."""
    reasons = []
    if file.state != IncomeFile.State.READ:
        reasons.append(f"it is {file.get_state_display().lower()}")
    if open_ := file.concerns.filter(is_blocking=True, settled_at=None).count():
        reasons.append(f"{open_} concerns are not settled")
    if lost := file.groups.filter(match__in=LOST).count():
        reasons.append(f"{lost} groups of uses belong to no song yet")
    there = IncomeFile.objects.filter(
        sender_id=file.sender_id,
        message_id=file.message_id,
        state__in=[IncomeFile.State.READ, IncomeFile.State.POSTED],
    ).count()
    if there < file.files:
        reasons.append(f"only {there} of the {file.files} files of the report are here")
    if file.state == IncomeFile.State.READ and (days := owners_changed(file)):
        reasons.append(f"since it was read, owners change on {', '.join(days)}: read it again")
    return reasons


def owners_changed(file: IncomeFile) -> list[str]:
    """Return the days of a report on which owners of its songs change and its months were not cut."""
    songs = file.groups.exclude(sheet=None).values_list("sheet__isrc", flat=True)
    days = ownership_days(file.usage_from, file.usage_to, isrcs=set(songs.distinct()))
    return [day.isoformat() for day in days if day.isoformat() not in file.cuts]


def _held() -> Mapping[tuple[UUID | None, str, str], int]:
    """Return what runs could not give to anybody less what was let go, by recording and month."""
    held: dict[tuple[Any, str, str], int] = defaultdict(int)
    shares = (
        RunShare.objects.filter(party=None, run__state__in=POSTED)
        .values_list("recording", "currency", "run__period")
        .annotate(Sum("amount"))
        .order_by()
    )
    for recording, currency, period, micros in shares:
        held[recording, currency, period] += int(micros)
    gone = (
        ClaimRelease.objects.values_list(
            "share__recording", "share__currency", "share__run__period"
        )
        .annotate(Sum("amount"))
        .order_by()
    )
    for recording, currency, period, micros in gone:
        held[recording, currency, period] -= int(micros)
    return held


def _rows(
    sums: Mapping[tuple[UUID | None, str], Sequence[int]],
    oldest: Mapping[tuple[UUID | None, str], str],
    words: str,
) -> list[HeldRow]:
    asked = Q(pk__in={recording for recording, _currency in sums if recording})
    if words:
        fields = ("isrc", "title", "artist")
        parts = [Q(**{f"{name}__icontains": words}) for name in fields]
        asked &= parts[0] | parts[1] | parts[2]
    claimed = Count("claims", filter=Q(claims__state__in=OPEN), distinct=True)
    recordings = {row.pk: row for row in Recording.objects.filter(asked).annotate(claimed=claimed)}
    rows = [
        HeldRow(
            recording=recordings[key] if key else None,
            currency=currency,
            ages=_monies(ages, currency),
            total=Money(sum(ages), currency),
            oldest=oldest[key, currency],
            open_claims=recordings[key].claimed if key else 0,
        )
        for (key, currency), ages in sums.items()
        if key in recordings or (key is None and not words)
    ]
    return sorted(
        rows,
        key=lambda row: (
            row.currency, -abs(row.total.micros), row.recording.isrc if row.recording else "",
        ),
    )  # fmt: skip


def _books() -> Mapping[str, int]:
    books: dict[str, int] = defaultdict(int)
    for code, micros in balances_at(None, roles=HELD_ROLES).items():
        books[code.rpartition(":")[2]] += micros
    return books


def _bucket(since: datetime, now: datetime) -> int:
    days = (now - since).days
    return next((place for place, last in enumerate(BUCKETS) if days <= last), len(BUCKETS))


def _monies(ages: Sequence[int], currency: str) -> tuple[Money, ...]:
    return tuple(Money(micros, currency) for micros in ages)

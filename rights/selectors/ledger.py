"""What the ledger says: balances at a moment, the trial balance, the book of one account.

A moment is exclusive: the balance at midnight knows nothing of what takes effect at midnight. All
sums are made in the database, over legs; no balance is stored anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Max, Q, Sum, Window

from config.lib.money import Money
from rights.models import Leg, PeriodLock

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from rights.models import LedgerAccount


@dataclass(frozen=True)
class TrialRow:
    """One account, or all of a role together, and what stands there, on the side where it stands."""

    account_id: int | None
    code: str
    role: str
    kind: str
    balance: Money

    @property
    def debit(self) -> Money | None:
        """Return the balance if it is a debit, as a positive amount."""
        return -self.balance if self.balance.micros < 0 else None

    @property
    def credit(self) -> Money | None:
        """Return the balance if it is a credit."""
        return self.balance if self.balance.micros > 0 else None


@dataclass(frozen=True)
class TrialSection:
    """All accounts of a currency; the two sums are equal, or the ledger is broken."""

    currency: str
    rows: tuple[TrialRow, ...]
    debits: Money
    credits: Money

    @property
    def is_balanced(self) -> bool:
        """Say whether the books agree."""
        return self.debits == self.credits


@dataclass(frozen=True)
class BookRow:
    """One leg in the book of an account, with the balance after it."""

    leg_id: int
    entry_id: int
    kind: str
    memo: str
    effective_at: datetime
    posted_at: datetime
    amount: Money
    balance: Money
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Book:
    """A page of the book: ``opening`` before the first row, ``closing`` at the end of the span."""

    opening: Money
    rows: tuple[BookRow, ...]
    closing: Money
    count: int


def period_locked_until() -> datetime | None:
    """Return the moment before which everything is closed."""
    moment: datetime | None = PeriodLock.objects.aggregate(moment=Max("ends_at"))["moment"]
    return moment


def account_balance(account: LedgerAccount, *, at: datetime | None = None) -> Money:
    """Return what stands in an account before the moment ``at``, or altogether."""
    total = _before(Leg.objects.filter(account=account), at).aggregate(total=Sum("amount"))["total"]
    return Money(total or 0, account.currency)


def balances_at(at: datetime | None, *, roles: Collection[str]) -> Mapping[str, int]:
    """Return the balance in micro-units of every account of these roles, by its code."""
    legs = _before(Leg.objects.filter(account__role__in=roles), at)
    sums = legs.order_by().values("account__code").annotate(total=Sum("amount"))
    return {row["account__code"]: row["total"] for row in sums}


def trial_balance(*, at: datetime | None = None, role: str = "") -> tuple[TrialSection, ...]:
    """Return the accounts that are not empty before the moment ``at``, by currency and code.

    With ``role`` only those of that role, which do not balance by themselves.
    """
    legs = _before(Leg.objects.all(), at)
    if role:
        legs = legs.filter(account__role=role)
    columns = ("currency", "account__code", "account__role", "account__kind", "account_id")
    return _sections(legs, columns, name="account__code")


def control_balance(*, at: datetime | None = None) -> tuple[TrialSection, ...]:
    """Return the trial balance with one row for each role: all payees together are one."""
    columns = ("currency", "account__role", "account__kind")
    return _sections(_before(Leg.objects.all(), at), columns, name="account__role")


def _sections(
    legs: QuerySet[Leg], columns: tuple[str, ...], *, name: str
) -> tuple[TrialSection, ...]:
    sums = (
        legs.order_by("currency", name)
        .values(*columns)
        .annotate(total=Sum("amount"))
        .exclude(total=0)
    )
    sections: dict[str, list[TrialRow]] = {}
    for row in sums:
        sections.setdefault(row["currency"], []).append(
            TrialRow(
                row.get("account_id"),
                row[name],
                row["account__role"],
                row["account__kind"],
                Money(row["total"], row["currency"]),
            )
        )
    return tuple(_section(currency, tuple(rows)) for currency, rows in sections.items())


def _section(currency: str, rows: tuple[TrialRow, ...]) -> TrialSection:
    debits = sum(row.debit.micros for row in rows if row.debit)
    credits_ = sum(row.credit.micros for row in rows if row.credit)
    return TrialSection(currency, rows, Money(debits, currency), Money(credits_, currency))


def account_book(
    account: LedgerAccount,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    offset: int = 0,
    limit: int = 100,
) -> Book:
    """Return a page of the book of an account, in the order in which its legs take effect.

    The running balance is summed in the database from the opening balance at ``since``; ``until``
    is exclusive.
    """
    opening = account_balance(account, at=since) if since else Money(0, account.currency)
    legs = _before(Leg.objects.filter(account=account), until)
    if since:
        legs = legs.filter(entry__effective_at__gte=since)
    order = [F("entry__effective_at").asc(), F("entry_id").asc(), F("id").asc()]
    rows = (
        legs.order_by(*order)
        .annotate(running=Window(Sum("amount"), order_by=order))
        .select_related("entry")[offset : offset + limit]
    )
    summed = legs.order_by().aggregate(total=Sum("amount"), count=Count("id"))
    return Book(
        opening,
        tuple(_book_row(leg, opening) for leg in rows),
        Money(opening.micros + (summed["total"] or 0), account.currency),
        summed["count"],
    )


def _book_row(leg: Any, opening: Money) -> BookRow:
    entry = leg.entry
    return BookRow(
        leg_id=leg.pk,
        entry_id=entry.pk,
        kind=entry.kind,
        memo=entry.memo,
        effective_at=entry.effective_at,
        posted_at=entry.posted_at,
        amount=Money(leg.amount, leg.currency),
        balance=Money(opening.micros + leg.running, leg.currency),
        facts={**entry.facts, **(leg.facts or {})},
    )


def _before(legs: QuerySet[Leg], at: datetime | None) -> QuerySet[Leg]:
    return legs if at is None else legs.filter(Q(entry__effective_at__lt=at))

"""The book of a payee: every entry that moved the balance, and the balance after it.

Read by key and not by number of page: the ten-thousandth entry costs what the first does, and an
entry that is posted meanwhile moves nothing that was read before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from config.lib.money import Money
from rights.models import Leg, Statement
from rights.selectors.available import UNPUBLISHED, WAITING, Told, available_told
from rights.selectors.money_words import entry_words
from rights.selectors.payees import (
    BALANCE,
    Standing,
    contracts_of,
    payees_of,
    standings_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from accounts.models import Organisation
    from rights.models import Party

PER_PAGE = 50


@dataclass(frozen=True)
class BalanceRow:
    """One entry as it moved the balance. ``moved`` is what happened; ``statement`` is where it stands."""

    entry_id: int
    kind: str
    moved: _StrPromise | str
    memo: _StrPromise | str
    statement: str
    statement_id: UUID | None
    effective_at: datetime
    posted_at: datetime
    amount: Money
    balance: Money


@dataclass(frozen=True)
class BalancePage:
    """A page of the book in one currency; ``older`` is the address of the next one."""

    payee: Party | None
    payees: tuple[Party, ...]
    currency: str
    standings: tuple[Standing, ...]
    standing: Standing | None
    told: Told | None
    rows: tuple[BalanceRow, ...]
    older: str
    newest: str
    as_of: datetime


@dataclass(frozen=True)
class Asked:
    """What the address of the page says: whose book, in which currency, before which entry."""

    payee: str = ""
    currency: str = ""
    before: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Asked:
        """Take what is known from an address."""
        return cls(*(values.get(name, "") for name in ("payee", "currency", "before")))


def balance_page(*, organisation: Organisation, asked: Asked) -> BalancePage:
    """Return a page of the book, in seven queries for any size."""
    payees = tuple(payees_of(organisation))
    payee = next((one for one in payees if str(one.pk) == asked.payee), None)
    payee = payee or (payees[0] if payees else None)
    contract = contracts_of([payee]).get(payee.pk) if payee else None
    standings = standings_of([payee] if payee else [], [contract] if contract else [])
    currencies = [one.currency for one in standings]
    own = contract.currency if contract else ""
    currency = next((one for one in (asked.currency, own) if one in currencies), "")
    currency = currency or (currencies[0] if currencies else own)
    rows, has_older = _rows(payee, currency, asked.before) if payee else ((), False)
    query = {"payee": str(payee.pk) if payee and len(payees) > 1 else "", "currency": currency}
    query = {name: value for name, value in query.items() if value}
    return BalancePage(
        payee=payee,
        payees=payees,
        currency=currency,
        standings=standings,
        standing=next((one for one in standings if one.currency == currency), None),
        told=available_told([payee] if payee else [], currency),
        rows=rows,
        older=f"?{urlencode(query | {'before': key_of(rows[-1])})}" if has_older else "",
        newest=f"?{urlencode(query)}" if asked.before else "",
        as_of=timezone.now(),
    )


def key_of(row: BalanceRow) -> str:
    """Return the key of an entry in the order of the book."""
    return f"{row.effective_at.isoformat()}~{row.entry_id}"


def _rows(payee: Party, currency: str, before: str) -> tuple[tuple[BalanceRow, ...], bool]:
    legs = Leg.objects.filter(
        account__role__in=BALANCE, account__subject=str(payee.pk), account__currency=currency
    )
    found = list(
        _earlier(legs, before)
        .values("entry_id")
        .annotate(
            moved=Sum("amount"),
            at=F("entry__effective_at"),
            kind=F("entry__kind"),
            memo=F("entry__memo"),
            posted=F("entry__posted_at"),
            statement=F("entry__statement_entry__statement__number"),
            statement_id=F("entry__statement_entry__statement"),
            state=F("entry__statement_entry__statement__state"),
        )
        .order_by("-at", "-entry_id")[: PER_PAGE + 1]
    )
    shown = found[:PER_PAGE]
    if not shown:
        return (), False
    # Up to and with the newest that is shown; every other balance follows from it.
    first = shown[0]
    upto = legs.filter(_not_after(first["at"], first["entry_id"]))
    balance = upto.aggregate(total=Sum("amount"))["total"]
    rows = []
    for one in shown:
        rows.append(_row(one, currency, balance))
        balance -= one["moved"]
    return tuple(rows), len(found) > PER_PAGE


def _row(one: Mapping[str, Any], currency: str, balance: int) -> BalanceRow:
    is_shown = one["state"] == Statement.State.PUBLISHED
    return BalanceRow(
        entry_id=one["entry_id"],
        kind=one["kind"],
        moved=entry_words(one["kind"]),
        memo=_memo(one, is_shown=is_shown),
        statement=one["statement"] if is_shown else "",
        statement_id=one["statement_id"] if is_shown else None,
        effective_at=one["at"],
        posted_at=one["posted"],
        amount=Money(one["moved"], currency),
        balance=Money(balance, currency),
    )


def _memo(one: Mapping[str, Any], *, is_shown: bool) -> _StrPromise | str:
    """Return what is told of an entry beside its kind; a statement that is not out has no number yet."""
    if one["statement"]:
        return "" if is_shown else WAITING[UNPUBLISHED]
    memo: str = one["memo"]
    return memo


def _not_after(moment: datetime, entry: int) -> Q:
    return Q(entry__effective_at__lt=moment) | Q(entry__effective_at=moment, entry__lte=entry)


def _earlier(legs: QuerySet[Leg], key: str) -> QuerySet[Leg]:
    """Leave the legs of entries before a key; a key that is none leaves all."""
    text, _, number = key.partition("~")
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment) or not number.isdecimal() or len(number) > 18:
        return legs
    return legs.filter(
        Q(entry__effective_at__lt=moment) | Q(entry__effective_at=moment, entry__lt=int(number))
    )

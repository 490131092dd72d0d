"""The statements of a rights holder: published ones only, the newest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from config.lib.money import Money
from rights.domain.statement_words import DEDUCTIONS
from rights.models import Statement
from rights.selectors.statement_outcomes import outcomes_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from accounts.models import Organisation

PER_PAGE = 50
CHOOSE_FROM = 6
YEAR, CURRENCY = re.compile(r"20\d\d", re.ASCII), re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class StatementRow:
    """One statement in a list. ``deducted`` is everything between earned and adjustments.

    ``moved`` is what was paid out and corrected since the statement before: with it, opening, earned
    and deducted come to closing. ``outcome`` says in words what became of what is to be paid. A statement
    that a later revision replaced is kept, and not ``is_current``.
    """

    id: UUID
    number: str
    revision: int
    is_current: bool
    is_unseen: bool
    payee: str
    period: str
    starts_on: date | None
    ends_on: date
    currency: str
    opening: Money
    paid: Money
    earned: Money
    deducted: Money
    adjusted: Money
    closing: Money
    payable: Money
    published_at: datetime | None
    outcome: str = ""

    @property
    def moved(self) -> Money:
        """Return what was paid out and corrected since the statement before."""
        return self.paid + self.adjusted


class Standing(TextChoices):
    """How a statement stands for who reads it."""

    NEW = "new", _("Not read yet")
    CURRENT = "current", _("Standing")
    REPLACED = "replaced", _("Replaced")


@dataclass(frozen=True)
class Asked:
    """Which statements are asked for; empty text asks for all."""

    year: str = ""
    currency: str = ""
    standing: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """Read an address. What is not a year, a currency or a standing is as if it was not there."""
        year, currency = query.get("year", ""), query.get("currency", "")
        standing = query.get("standing", "")
        return cls(
            year=year if YEAR.fullmatch(year) else "",
            currency=currency if CURRENCY.fullmatch(currency) else "",
            standing=standing if standing in Standing.values else "",
        )

    @property
    def query(self) -> str:
        """Return what stands in an address before the number of a page."""
        said = {name: value for name, value in vars(self).items() if value}
        return f"{urlencode(said)}&" if said else ""


EVERYTHING = Asked()


@dataclass(frozen=True)
class StatementListPage:
    """One page of statements, and by what they can be chosen: what there is, and nothing else.

    ``total`` is how many were found; ``is_empty`` says that none was ever published.
    """

    rows: tuple[StatementRow, ...]
    page: Page[Statement]
    asked: Asked
    years: tuple[str, ...]
    currencies: tuple[str, ...]
    total: int
    is_empty: bool

    @property
    def has_moved(self) -> bool:
        """Say whether anything was paid out or corrected in any of the rows."""
        return any(row.moved.micros for row in self.rows)

    @property
    def standings(self) -> list[tuple[str, _StrPromise]]:
        """Return the ways in which a statement can stand."""
        return Standing.choices

    @property
    def has_choices(self) -> bool:
        """Say whether there is enough to choose from: a short list needs no form."""
        several = len(self.years) > 1 or len(self.currencies) > 1
        return bool(self.asked.query) or several or self.total > CHOOSE_FROM


def statements_of(organisation: Organisation) -> QuerySet[Statement]:
    """Return what the members of an organisation may see: published statements of its payees."""
    rows = Statement.objects.filter(
        party__organisation=organisation, state=Statement.State.PUBLISHED
    )
    return rows.select_related("party", "contract", "run", "replaced_by")


def statement_list(
    *, organisation: Organisation, asked: Asked = EVERYTHING, number: int = 1
) -> StatementListPage:
    """Return one page of the published statements, the newest first, in five queries for any size."""
    mine = statements_of(organisation)
    choices = list(mine.order_by().values_list("period", "currency").distinct())
    page = Paginator(_asked_for(mine, asked).defer("body", "replaced_by__body"), PER_PAGE).get_page(
        number
    )
    shown = list(page.object_list)
    outcomes = outcomes_of(shown)
    return StatementListPage(
        rows=tuple(statement_row(row, outcomes.get(row.pk, "")) for row in shown),
        page=page,
        asked=asked,
        years=tuple(sorted({period[:4] for period, _currency in choices}, reverse=True)),
        currencies=tuple(sorted({currency for _period, currency in choices})),
        total=page.paginator.count,
        is_empty=not choices,
    )


def _asked_for(rows: QuerySet[Statement], asked: Asked) -> QuerySet[Statement]:
    if asked.year:
        rows = rows.filter(period__startswith=f"{asked.year}-")
    if asked.currency:
        rows = rows.filter(currency=asked.currency)
    if asked.standing == Standing.NEW:
        rows = rows.filter(first_viewed_at=None)
    if asked.standing == Standing.CURRENT:
        rows = rows.filter(replaced_by=None)
    if asked.standing == Standing.REPLACED:
        rows = rows.exclude(replaced_by=None)
    return rows


def statement_row(row: Statement, outcome: str = "") -> StatementRow:
    """Return a statement as a list shows it."""
    deducted = sum(getattr(row, step.value) for step in DEDUCTIONS)
    names = ("opening", "paid", "earned", "adjusted", "closing", "payable")
    amounts = {name: Money(getattr(row, name), row.currency) for name in names}
    return StatementRow(
        id=row.pk,
        number=row.number,
        revision=row.revision,
        is_current=row.is_current,
        is_unseen=row.first_viewed_at is None,
        payee=row.party.name,
        period=row.period,
        starts_on=row.starts_at.date() if row.starts_at else None,
        ends_on=last_day(row.ends_at),
        currency=row.currency,
        deducted=Money(deducted, row.currency),
        published_at=row.published_at,
        outcome=outcome,
        **amounts,
    )


def last_day(ends_at: datetime) -> date:
    """Return the last day of a period that ends, exclusively, at a midnight."""
    return (ends_at - timedelta(microseconds=1)).date()

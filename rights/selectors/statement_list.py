"""The statements of a rights holder: published ones only, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from config.lib.money import Money
from rights.domain.statement_words import DEDUCTIONS
from rights.models import Statement

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from accounts.models import Organisation


@dataclass(frozen=True)
class StatementRow:
    """One statement in a list. ``deducted`` is everything between earned and adjustments.

    A statement that a later revision replaced is kept, and not ``is_current``.
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


def statements_of(organisation: Organisation) -> QuerySet[Statement]:
    """Return what the members of an organisation may see: published statements of its payees."""
    rows = Statement.objects.filter(
        party__organisation=organisation, state=Statement.State.PUBLISHED
    )
    return rows.select_related("party", "contract", "run", "replaced_by")


def statement_list(
    *, organisation: Organisation, currency: str = "", year: str = ""
) -> tuple[StatementRow, ...]:
    """Return the published statements, newest first; of one currency or one year if asked."""
    rows = statements_of(organisation).defer("body")
    if currency:
        rows = rows.filter(currency=currency)
    if year:
        rows = rows.filter(period__startswith=f"{year}-")
    return tuple(statement_row(row) for row in rows)


def statement_row(row: Statement) -> StatementRow:
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
        **amounts,
    )


def last_day(ends_at: datetime) -> date:
    """Return the last day of a period that ends, exclusively, at a midnight."""
    return (ends_at - timedelta(microseconds=1)).date()

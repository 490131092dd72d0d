"""Sums by one thing as a table and the bars beside it, which say the same.

What does not fit is summed in a last row, so that every table comes to the total above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.money import NO_BREAK_SPACE, Money, money_sum
from rights.domain.drawing import bars
from rights.domain.statement_words import Cut
from rights.selectors.money_words import (
    month_words,
    pool_words,
    territory_words,
    use_words,
)
from rights.selectors.statement_lines import COLUMN
from rights.selectors.statement_page import statement_slices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from rights.domain.drawing import Span
    from rights.models import Statement, StatementLine


@dataclass(frozen=True)
class By:
    """What a table by something is called; ``words`` are for codes, ``with_key`` for what has names."""

    heading: _StrPromise
    title: _StrPromise
    words: Callable[[str], _StrPromise | str] = str
    with_key: bool = False


BY: dict[Cut, By] = {
    Cut.RECORDING: By(gettext_lazy("Your songs"), gettext_lazy("Recording"), with_key=True),
    Cut.SONG: By(gettext_lazy("By new song"), gettext_lazy("New song"), with_key=True),
    Cut.SERVICE: By(gettext_lazy("By store"), gettext_lazy("Store")),
    Cut.TERRITORY: By(gettext_lazy("By territory"), gettext_lazy("Territory"), territory_words),
    Cut.PROJECT: By(gettext_lazy("By creator"), gettext_lazy("Creator")),
    Cut.USE: By(gettext_lazy("By kind of use"), gettext_lazy("Kind of use"), use_words),
    Cut.MONTH: By(gettext_lazy("By month of use"), gettext_lazy("Month of use"), month_words),
    Cut.POOL: By(gettext_lazy("By pool"), gettext_lazy("Pool"), pool_words),
}
"""The slices of a statement as tables, in the order in which a page offers them."""
# The base pool is divided once for a period: it has no store, no country and no month of its own.
NOWHERE = gettext_lazy("Base catalogue")


@dataclass(frozen=True)
class Row:
    """What lines come to: ``key`` finds them again; ``uses`` is missing where it was not added up."""

    key: str
    name: str
    lines: int
    amount: Money
    uses: Decimal | None = None


@dataclass(frozen=True)
class Part:
    """A row: what, how much, which part of the total, and its bar."""

    key: str
    name: str
    note: str
    amount: Money
    percent: str
    bar: Span
    lines: int
    uses: Decimal | None = None
    is_rest: bool = False


@dataclass(frozen=True)
class Breakdown:
    """A table whose rows come exactly to ``total``."""

    cut: Cut
    title: _StrPromise
    heading: _StrPromise
    parts: tuple[Part, ...]
    total: Money
    has_uses: bool


def breakdown_of_statement(statement: Statement, cut: Cut) -> Breakdown:
    """Return a statement's lines by one thing, in one query."""
    rows = statement_slices(statement=statement, by=cut)
    sums = [Row(row.key, row.words, row.lines, row.amount, row.uses) for row in rows]
    return breakdown(cut, sums, statement.currency)


def breakdown_of_lines(
    lines: QuerySet[StatementLine], cut: Cut, currency: str, *, top: int
) -> Breakdown:
    """Return the lines of several statements in one currency by one thing, in one query."""
    column = COLUMN[cut]
    shown = {Cut.RECORDING: "title", Cut.SONG: "song_title"}.get(cut, column)
    rows: list[dict[str, Any]] = list(
        lines.order_by()
        .values(column)
        .annotate(total=Sum("paid"), count=Count("pk"), shown=Max(shown))
        .order_by("-total", column)
    )
    sums = [
        Row(row[column], row["shown"], row["count"], Money(row["total"], currency)) for row in rows
    ]
    return breakdown(cut, sums, currency, top=top)


def breakdown(cut: Cut, rows: Sequence[Row], currency: str, *, top: int | None = None) -> Breakdown:
    """Draw sums: the first ``top``, and the others in one row."""
    by = BY[cut]
    total = money_sum((row.amount for row in rows), currency)
    # One other is no shorter than itself.
    cut_at = len(rows) if top is None or len(rows) <= top + 1 else top
    kept, rest = rows[:cut_at], rows[cut_at:]
    others = money_sum((row.amount for row in rest), currency)
    spans = bars([row.amount.micros for row in kept] + [others.micros] * bool(rest))
    parts = [
        Part(
            key=row.key,
            name=str(by.words(row.name)) if row.key else str(NOWHERE),
            note=row.key if by.with_key else "",
            amount=row.amount,
            percent=percent(row.amount.micros, total.micros),
            bar=span,
            lines=row.lines,
            uses=row.uses,
        )
        for row, span in zip(kept, spans, strict=False)
    ]
    if rest:
        parts.append(
            Part(
                key="",
                name=_("%(count)s others") % {"count": len(rest)},
                note="",
                amount=others,
                percent=percent(others.micros, total.micros),
                bar=spans[-1],
                lines=sum(row.lines for row in rest),
                is_rest=True,
            )
        )
    has_uses = any(row.uses is not None for row in rows)
    return Breakdown(cut, by.title, by.heading, tuple(parts), total, has_uses)


def percent(part: int, total: int) -> str:
    """Return a part in percent with one place, half away from zero; nothing without a total above zero."""
    if total <= 0:
        return ""
    tenths, rest = divmod(abs(part) * 1000, total)
    tenths += 2 * rest >= total
    sign = "\u2212" if part < 0 and tenths else ""
    return f"{sign}{tenths // 10}.{tenths % 10}{NO_BREAK_SPACE}%"

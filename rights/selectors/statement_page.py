"""One statement as its page and its PDF show it: header, waterfall, rates, sums by song, store, country.

What was decided at issue comes from the body that the hash is of; sums are made of the lines, whose
hash is in the body.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from config.lib.money import Money
from rights.domain.statement_words import Cut, Step
from rights.models import Statement, StatementDispute
from rights.selectors.statement_list import last_day

if TYPE_CHECKING:
    from uuid import UUID

    from django.utils.functional import _StrPromise

STEP_WORDS: dict[Step, _StrPromise] = {
    Step.OPENING: _("Opening balance"),
    Step.PAID: _("Paid out since the last statement"),
    Step.EARNED: _("Earned"),
    Step.OVER_CAP: _("Above the cap of the contract"),
    Step.FEE: _("Administration fee"),
    Step.RESERVE_TAKEN: _("Reserve taken"),
    Step.RESERVE_RELEASED: _("Reserve released"),
    Step.RECOUPED: _("Advance recouped"),
    Step.WITHHELD: _("Withholding tax"),
    Step.ADJUSTED: _("Adjustment"),
}
CARRIED_WORDS: dict[str, _StrPromise] = {
    "": _("Nothing is carried forward."),
    "no_balance": _("There is no balance."),
    "below_minimum": _("The balance is below the lowest payout of the contract."),
    "negative_balance": _("The balance is negative: returns and deductions are earned off first."),
    "less_than_a_coin": _("Less than the smallest coin stays on the account."),
    "no_contract": _(
        "There is no contract yet. The balance is kept, and paid once a contract says how."
    ),
    "dispute": _("A dispute is open."),
}


@dataclass(frozen=True)
class WaterfallStep:
    """One step. ``about`` names what it is about: a reserve's period, a corrected line, a payout.

    ``original`` is the amount before conversion, where it was in another currency.
    """

    step: Step
    words: _StrPromise | str
    amount: Money
    about: str = ""
    original: Money | None = None


@dataclass(frozen=True)
class RateUsed:
    """By which rate an amount in another currency came into the statement."""

    original: Money
    converted: Money
    text: str
    fraction: str
    source: str
    on: date


@dataclass(frozen=True)
class Slice:
    """One row of the sums by song, store or country. ``key`` finds its lines again."""

    key: str
    words: str
    uses: Decimal
    lines: int
    amount: Money


@dataclass(frozen=True)
class DisputeRow:
    """A dispute of one of the lines."""

    id: UUID
    line: int
    state: str
    words: str
    reason: str
    because: str
    amount: Money | None
    opened_at: datetime


@dataclass(frozen=True)
class StatementPage:
    """All of a statement but its lines. ``as_of`` is when it was issued: nothing in it is newer."""

    statement: Statement
    body: Mapping[str, Any]
    payee: str
    contract: str
    starts_on: date | None
    ends_on: date
    as_of: datetime
    previous: str
    steps: tuple[WaterfallStep, ...]
    closing: Money
    payable: Money
    carried: Money
    carried_words: _StrPromise | str
    rates: tuple[RateUsed, ...]
    terms: Mapping[str, Any]
    disputes: tuple[DisputeRow, ...]
    replaced_by: str


def statement_page(*, statement: Statement) -> StatementPage:
    """Return a statement as it was issued, in three queries."""
    body = json.loads(statement.body)
    currency = statement.currency
    later = Statement.objects.filter(replaces=statement).first()
    return StatementPage(
        statement=statement,
        body=body,
        payee=body["payee"]["name"],
        contract=body["contract"]["name"] if body["contract"] else "",
        starts_on=statement.starts_at.date() if statement.starts_at else None,
        ends_on=last_day(statement.ends_at),
        as_of=statement.issued_at,
        previous=body["previous"],
        steps=tuple(_step(one, currency) for one in body["steps"]),
        closing=Money(statement.closing, currency),
        payable=Money(statement.payable, currency),
        carried=Money(statement.carried, currency),
        carried_words=CARRIED_WORDS.get(statement.carried_because, statement.carried_because),
        rates=tuple(_rate(one, currency) for one in body["rates"]),
        terms=body["terms"],
        disputes=_disputes(statement),
        replaced_by=str(later) if later else "",
    )


def _step(one: Mapping[str, Any], currency: str) -> WaterfallStep:
    step = Step(one["step"])
    original = one.get("original")
    return WaterfallStep(
        step=step,
        words=STEP_WORDS[step],
        amount=Money(int(one["amount"]), currency),
        about=one["about"],
        original=Money(int(original["amount"]), original["currency"]) if original else None,
    )


def _rate(one: Mapping[str, Any], currency: str) -> RateUsed:
    return RateUsed(
        original=Money(int(one["original"]), one["base"]),
        converted=Money(int(one["converted"]), currency),
        text=one["text"],
        fraction=one["fraction"],
        source=one["source"],
        on=date.fromisoformat(one["on"]),
    )


def _disputes(statement: Statement) -> tuple[DisputeRow, ...]:
    rows = StatementDispute.objects.filter(line__statement=statement).select_related("line")
    return tuple(
        DisputeRow(
            id=row.pk,
            line=row.line.number,
            state=row.state,
            words=row.get_state_display(),
            reason=row.reason,
            because=row.because,
            amount=None if row.amount is None else Money(row.amount, statement.currency),
            opened_at=row.opened_at,
        )
        for row in rows.order_by("opened_at")
    )


# The key finds the lines again, the words are for people. A song's uses count once for all the
# recordings of the payee in it, so they are added over the groups they come from.
_BY: dict[Cut, tuple[str, str]] = {
    Cut.SONG: ("song_isrc", "max(line.song_title)"),
    Cut.RECORDING: ("isrc", "max(line.title)"),
    Cut.SERVICE: ("service", "line.service"),
    Cut.TERRITORY: ("territory", "line.territory"),
    Cut.PROJECT: ("project", "line.project"),
    Cut.MONTH: ("month", "line.month"),
    Cut.USE: ("use", "line.use"),
    Cut.POOL: ("pool", "line.pool"),
}
_SLICES = """
WITH line AS (
    SELECT line.{key} AS key, {words} AS words, share.group_id, line.uses,
           sum(line.paid) AS paid, count(*) AS n
      FROM rights_statementline line JOIN rights_runshare share ON share.id = line.share_id
     WHERE line.statement_id = %s
     GROUP BY line.{key}, share.group_id, line.uses
)
SELECT key, max(words), sum(uses), sum(n), sum(paid) FROM line
 GROUP BY key ORDER BY abs(sum(paid)) DESC, key
"""


def statement_slices(*, statement: Statement, by: Cut) -> tuple[Slice, ...]:
    """Return the sums of the lines by one thing, the largest first; they sum to what was earned."""
    key, words = _BY[by]
    with connection.cursor() as cursor:
        cursor.execute(_SLICES.format(key=key, words=words), [statement.pk])
        rows = cursor.fetchall()
    return tuple(
        Slice(key, words, uses, int(lines), Money(int(paid), statement.currency))
        for key, words, uses, lines, paid in rows
    )

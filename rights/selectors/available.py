"""What of a payee's books may be paid, and what waits there, and why: the only home of this rule.

An allocated amount stands in the payable before fees, reserves, advances and tax are taken off it;
the statement does that. So what no published statement of a contract has settled yet is pending, and
so is what a payee disputes on a statement that is not paid, as far as it reached the balance.
Everything else is available.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from config.lib.money import Money
from config.lib.uuids import is_uuid
from rights.models.statement_dispute import PENDING
from rights.selectors.payees import BALANCE
from rights.selectors.statement_inputs import EARNING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from rights.models import Party

UNSTATED, UNPUBLISHED, NO_CONTRACT = "unstated", "unpublished", "no_contract"
DISPUTED = "disputed"
WAITING: Mapping[str, _StrPromise] = {
    UNPUBLISHED: _("On a statement that is being checked"),
    UNSTATED: _("Earned since your last statement, before fees"),
    NO_CONTRACT: _("Kept until there is a contract"),
    DISPUTED: _("Disputed, until the dispute is decided"),
}
"""Why something is not available yet, in the order in which it is told."""


@dataclass(frozen=True)
class Available:
    """A payee's balance in one currency, and what of it waits, by reason; in micro-units."""

    booked: int
    waiting: Mapping[str, int] = field(default_factory=dict)

    @property
    def amount(self) -> int:
        """Return what may be paid; below zero, it is to be earned off."""
        return self.booked - sum(self.waiting.values())

    @property
    def disputed(self) -> int:
        """Return what waits for a dispute to be decided."""
        return self.waiting.get(DISPUTED, 0)


NOTHING = Available(0)


@dataclass(frozen=True)
class Pending:
    """What waits for one reason, in words."""

    why: _StrPromise
    amount: Money


@dataclass(frozen=True)
class Told:
    """What there is in one currency, as its pages say it."""

    available: Money
    pending: tuple[Pending, ...]


# A statement covers what took effect before its end; without a contract it makes nothing payable. What
# a statement that is not published posted (a conversion, a reserve given back) waits with it.
_STANDING = """
WITH made AS (SELECT party_id::text AS party, max(ends_at) AS issued,
                     max(ends_at) FILTER (WHERE state = 'published') AS published
                FROM rights_statement
               WHERE contract_id IS NOT NULL AND {party} GROUP BY party_id)
SELECT account.subject, account.currency,
       CASE WHEN statement.state = 'final' THEN '{unpublished}'
            WHEN coalesce(undone.kind, entry.kind) <> ALL (%(earning)s)
                 OR entry.effective_at < made.published THEN ''
            WHEN entry.effective_at < made.issued THEN '{unpublished}'
            WHEN contract.id IS NULL THEN '{no_contract}'
            ELSE '{unstated}' END AS waits,
       sum(leg.amount)
  FROM rights_leg leg
  JOIN rights_ledgeraccount account ON account.id = leg.account_id
  JOIN rights_entry entry ON entry.id = leg.entry_id
  LEFT JOIN rights_entry undone ON undone.id = entry.reverses_id
  LEFT JOIN made ON made.party = account.subject
  LEFT JOIN rights_contract contract ON contract.party_id::text = account.subject
  LEFT JOIN rights_statemententry posted ON posted.entry_id = entry.id
  LEFT JOIN rights_statement statement ON statement.id = posted.statement_id
 WHERE account.role = ANY (%(roles)s) AND {currency} AND {subject}
 GROUP BY account.subject, account.currency, waits
"""
# Of a disputed line its part of what the statement left of its earnings: fee, reserve, advance and tax
# of it never reached the balance, and whoever disputes 100.00 has no 100.00 there (ADR 103). Up to whole
# micro-units, once for each statement. Of a statement that was paid before its line was disputed nothing
# is kept back: it is gone.
_DISPUTED = """
WITH disputed AS (
    SELECT line.statement_id, sum(line.paid) AS gross
      FROM rights_statementdispute dispute
      JOIN rights_statementline line ON line.id = dispute.line_id
      JOIN rights_statement statement ON statement.id = line.statement_id
     WHERE dispute.state = ANY (%(pending)s) AND {party} AND line.paid > 0
       AND NOT EXISTS (SELECT FROM rights_payout payout
                         JOIN rights_entry reserved ON reserved.id = payout.reserve_entry_id
                        WHERE payout.party_id = statement.party_id
                          AND payout.currency = statement.currency
                          AND payout.state IN ('reserved', 'sending', 'sent', 'paid')
                          AND payout.created_at > statement.published_at
                          AND reserved.posted_at < dispute.opened_at)
     GROUP BY line.statement_id)
SELECT party_id::text, currency,
       sum(CASE WHEN earned <= 0 OR taken >= 0 THEN gross
                ELSE div(gross * greatest(earned + taken, 0) + earned - 1, earned) END)
  FROM (SELECT statement.party_id, statement.currency, statement.earned, disputed.gross,
               statement.over_cap + statement.fee + statement.reserve_taken + statement.recouped
               + statement.withheld AS taken
          FROM disputed JOIN rights_statement statement ON statement.id = disputed.statement_id) AS settled
 GROUP BY party_id, currency
"""


def available_of(
    payees: Collection[UUID] | None = None, *, currency: str | None = None
) -> Mapping[tuple[UUID, str], Available]:
    """Return what may be paid and what waits, by payee and currency, of some or of all; two queries.

    Where less than nothing is unsettled (a month of returns) nothing waits: it counts at once.
    """
    values: dict[str, Any] = {
        "roles": list(BALANCE),
        "earning": list(EARNING),
        "pending": list(PENDING),
        "currency": currency,
        "parties": [str(payee) for payee in payees or ()],
    }
    some = payees is not None
    words = {
        "unpublished": UNPUBLISHED,
        "unstated": UNSTATED,
        "no_contract": NO_CONTRACT,
        "currency": "account.currency = %(currency)s" if currency else "true",
        "subject": "account.subject = ANY (%(parties)s)" if some else "true",
        "party": "party_id = ANY (%(parties)s::uuid[])" if some else "true",
    }
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    with connection.cursor() as cursor:
        cursor.execute(_STANDING.format(**words), values)
        for subject, code, waits, total in cursor.fetchall():
            sums[subject, code][waits] += int(total)
        cursor.execute(
            _DISPUTED.format(party=words["party"].replace("party_id", "statement.party_id")), values
        )
        disputed = {(party, code): int(total) for party, code, total in cursor.fetchall()}
    return {
        (UUID(subject), code): _standing(by_reason, disputed.get((subject, code), 0))
        for (subject, code), by_reason in sums.items()
        if is_uuid(subject)
    }


def told_of(standings: Iterable[Available], currency: str) -> Told | None:
    """Return what payees have together in a currency; nothing booked in it is ``None``."""
    waiting: dict[str, int] = defaultdict(int)
    found = list(standings)
    for one in found:
        for reason, amount in one.waiting.items():
            waiting[reason] += amount
    if not found:
        return None
    return Told(
        Money(sum(one.amount for one in found), currency),
        tuple(
            Pending(WAITING[reason], Money(waiting[reason], currency))
            for reason in WAITING
            if waiting.get(reason)
        ),
    )


def available_told(payees: Collection[Party], currency: str) -> Told | None:
    """Return what payees have together in a currency, in two queries."""
    return told_of(
        available_of([payee.pk for payee in payees], currency=currency).values(), currency
    )


def _standing(sums: Mapping[str, int], disputed: int) -> Available:
    booked = sum(sums.values())
    waiting = {reason: sums[reason] for reason in WAITING if sums.get(reason)}
    if sum(waiting.values()) <= 0:
        waiting = {}
    if held := min(disputed, max(0, booked - sum(waiting.values()))):
        waiting[DISPUTED] = held
    return Available(booked, waiting)

"""Who gets a statement when a run is locked: contracts whose period ends, and payees without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.db.models import Max

from rights.models import Contract, Party, Statement
from rights.selectors.run_inputs import Period

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from rights.models import RoyaltyRun

MONTHS = {"M": 1, "Q": 3, "H": 6, "Y": 12}
"""How many months a period of a contract has; periods end with those of the calendar year."""


@dataclass(frozen=True)
class Due:
    """A payee who gets a statement, in the currency of the contract or, without one, in this one."""

    party: UUID
    contract: UUID | None
    currency: str


# Whoever has a book with something in it before the end of the period, by payee and currency: what
# moved since the last statement, and what is left of before.
_BOOKS = """
WITH last AS (SELECT party_id::text AS party, max(ends_at) AS ends_at
                FROM rights_statement WHERE ends_at < %(ends)s GROUP BY party_id),
     leg AS (
    SELECT account.subject AS party, account.currency, leg.amount,
           (posted.id IS NULL AND (last.ends_at IS NULL OR entry.effective_at >= last.ends_at)) AS is_new
      FROM rights_leg leg
      JOIN rights_ledgeraccount account ON account.id = leg.account_id
      JOIN rights_entry entry ON entry.id = leg.entry_id
      LEFT JOIN rights_statemententry posted ON posted.entry_id = entry.id
      LEFT JOIN last ON last.party = account.subject
     WHERE account.role IN ('payee_payable', 'payee_receivable', 'payee_reserve')
       AND (entry.effective_at < %(ends)s OR posted.id IS NOT NULL)
)
SELECT party, currency FROM leg GROUP BY party, currency HAVING sum(amount) <> 0 OR bool_or(is_new)
"""


def is_due(every: str, period: str) -> bool:
    """Say whether a contract that is settled so often is settled with the month ``period``."""
    return int(period[5:]) % MONTHS[every] == 0


def payees_due(run: RoyaltyRun) -> list[Due]:
    """Return whose statements belong to the run and are not issued yet, by the names of the payees.

    A payee with a contract has one statement, in the contract's currency, when the contract's period
    ends. A payee without a contract has one each month for each currency in which something stands.
    """
    ends = Period.parse(run.period).end
    with connection.cursor() as cursor:
        cursor.execute(_BOOKS, {"ends": ends})
        books: dict[str, set[str]] = {}
        for party, currency in cursor.fetchall():
            books.setdefault(party, set()).add(currency)
    contracts = {str(one.party_id): one for one in Contract.objects.filter(party__in=list(books))}
    parties = Party.objects.filter(pk__in=list(books)).order_by("name", "pk")
    known = _issued(ends, [UUID(party) for party in books])
    found = []
    for party in map(str, parties.values_list("pk", flat=True)):
        contract = contracts.get(party)
        if contract is None:
            found += [
                Due(UUID(party), None, currency)
                for currency in sorted(books[party])
                if (party, currency) not in known
            ]
        elif is_due(contract.every, run.period) and (party, contract.currency) not in known:
            found.append(Due(contract.party_id, contract.pk, contract.currency))
    return found


def _issued(ends: datetime, parties: Collection[UUID]) -> set[tuple[str, str]]:
    """Return which payees have a statement in a currency up to that moment or later."""
    rows = (
        Statement.objects.filter(party__in=parties)
        .values_list("party", "currency")
        .annotate(Max("ends_at"))
        .order_by()
    )
    return {(str(party), currency) for party, currency, last in rows if last >= ends}

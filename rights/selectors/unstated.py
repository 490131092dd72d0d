"""What payees have earned and no published statement of a contract has settled yet: not to be paid.

An allocated amount stands in the payable before fees, reserves, advances and tax are taken off it;
the statement does that. So whoever pays out leaves it where it is until the statement is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from rights.selectors.payees import BALANCE
from rights.selectors.statement_inputs import EARNING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# A statement covers what took effect before its end; without a contract it makes nothing payable. What
# a statement that is not published posted (a conversion, a reserve given back) waits with it.
_UNSTATED = """
WITH last AS (SELECT party_id::text AS party, max(ends_at) AS ends_at
                FROM rights_statement
               WHERE state = 'published' AND contract_id IS NOT NULL
               GROUP BY party_id)
SELECT account.subject, sum(leg.amount)
  FROM rights_leg leg
  JOIN rights_ledgeraccount account ON account.id = leg.account_id
  JOIN rights_entry entry ON entry.id = leg.entry_id
  LEFT JOIN rights_entry undone ON undone.id = entry.reverses_id
  LEFT JOIN last ON last.party = account.subject
  LEFT JOIN rights_statemententry posted ON posted.entry_id = entry.id
  LEFT JOIN rights_statement statement ON statement.id = posted.statement_id
 WHERE account.role = ANY (%(roles)s) AND account.currency = %(currency)s
   AND account.subject = ANY (%(payees)s)
   AND (statement.state = 'final'
        OR coalesce(undone.kind, entry.kind) = ANY (%(earning)s)
           AND (last.ends_at IS NULL OR entry.effective_at >= last.ends_at))
 GROUP BY account.subject
HAVING sum(leg.amount) > 0
"""


def earnings_unstated(payees: Collection[UUID], currency: str) -> Mapping[UUID, int]:
    """Return in micro-units what of a payee's balance is not to be paid yet; one query.

    Where less than nothing is unstated (a month of returns) nothing is: the balance has it already.
    """
    values: dict[str, Any] = {
        "roles": list(BALANCE),
        "currency": currency,
        "payees": [str(payee) for payee in payees],
        "earning": list(EARNING),
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNSTATED, values)
        return {UUID(payee): int(total) for payee, total in cursor.fetchall()}

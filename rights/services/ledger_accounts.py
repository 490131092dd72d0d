"""Opening accounts, and locking those of payees: once in a transaction, all of them, in order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.db import connection

from rights.domain.chart import Account, account, account_check
from rights.domain.postings import PayeeStanding

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIND = """
SELECT account.role, account.subject, account.currency, account.id
  FROM unnest(%s::text[], %s::text[], %s::text[]) AS wanted (role, subject, currency)
  JOIN rights_ledgeraccount account USING (role, subject, currency)
"""
_OPEN = """
INSERT INTO rights_ledgeraccount (role, kind, subject, currency, min_balance, max_balance)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::numeric[], %s::numeric[])
    ON CONFLICT (role, subject, currency) DO NOTHING
"""
_LOCK = "SELECT id FROM rights_ledgeraccount WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_SUMS = """
SELECT account_id, sum(amount) FROM rights_leg WHERE account_id = ANY(%s) GROUP BY account_id
"""


def accounts_open(wanted: Collection[Account]) -> Mapping[Account, int]:
    """Return the id of each account, opening those that do not exist yet.

    Raises
    ------
    ChartError, MoneyError
        If an account is not in the chart; then none is opened.
    """
    found = _find(wanted)
    missing = sorted(set(wanted) - found.keys())  # sorted: two that open the same do not deadlock
    if missing:
        roles = [account_check(one) for one in missing]
        columns: list[Any] = [
            [one.role for one in missing],
            [role.kind for role in roles],
            [one.subject for one in missing],
            [one.currency for one in missing],
            [role.floor for role in roles],
            [role.ceiling for role in roles],
        ]
        with connection.cursor() as cursor:
            cursor.execute(_OPEN, columns)
        found |= _find(missing)
    return found


def payees_lock(payees: Iterable[str], *, currency: str) -> Mapping[str, PayeeStanding]:
    """Lock the accounts of ``payees`` until the end of the transaction; return how each stands.

    The one place where a balance is read to be acted upon. Call it once in a transaction, with
    everybody: rows are locked in the order of their ids, so that two runs never wait for each
    other in a circle, and balances are read after that. The busy accounts (pools, cash) are never
    locked, and need not be: their balance decides nothing.

    Raises
    ------
    RuntimeError
        If there is no transaction to hold the locks.
    """
    if not connection.in_atomic_block:
        msg = "lock payees inside transaction.atomic(): the lock ends with the transaction"
        raise RuntimeError(msg)
    names = sorted(set(payees))
    payable = {payee: account("payee_payable", currency, payee) for payee in names}
    owed = {payee: account("payee_receivable", currency, payee) for payee in names}
    ids = accounts_open({*payable.values(), *owed.values()})
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [sorted(ids.values())])
        cursor.execute(_SUMS, [sorted(ids.values())])
        sums = {account_id: int(total) for account_id, total in cursor.fetchall()}
    return {
        payee: PayeeStanding(
            payable=sums.get(ids[payable[payee]], 0), owed=-sums.get(ids[owed[payee]], 0)
        )
        for payee in names
    }


def _find(wanted: Collection[Account]) -> dict[Account, int]:
    if not wanted:
        return {}
    roles, subjects, currencies = (list(column) for column in zip(*wanted, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [roles, subjects, currencies])
        return {
            Account(role, subject, currency): account_id
            for role, subject, currency, account_id in cursor.fetchall()
        }

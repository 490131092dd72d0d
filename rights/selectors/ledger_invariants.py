"""What must always be true of the ledger, each as one question whose answer should be no rows.

The triggers see to most of it when rows come. This looks again at everything that is there, and at
the guards themselves: a restored dump, an owner's hand or a lost trigger would show here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from rights.domain.chart import CHART, CLEARED
from rights.selectors import statement_invariants
from rights.selectors.money_invariants import GUARDS, HASHED_MOST, MONEY

# More rows than these do not help anybody to see what is wrong.
SHOWN = 100
TABLES = ("rights_ledgeraccount", "rights_entry", "rights_leg", "rights_periodlock")
TRIGGERS = frozenset(
    {
        "rights_entry_begins",
        "rights_entry_is_whole",
        "rights_entry_no_change",
        "rights_entry_no_truncate",
        "rights_ledgeraccount_no_change",
        "rights_ledgeraccount_no_delete",
        "rights_ledgeraccount_no_truncate",
        "rights_leg_is_sealed",
        "rights_leg_no_change",
        "rights_leg_no_truncate",
        "rights_periodlock_goes_on",
        "rights_periodlock_no_change",
        "rights_periodlock_no_truncate",
    }
)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """An invariant and the rows that break it; with none it holds."""

    invariant: str
    rows: tuple[Row, ...]


_SQL: dict[str, str] = {
    "every entry sums to zero in each currency": """
        SELECT entry_id, currency, sum(amount) AS off_by FROM rights_leg
         GROUP BY entry_id, currency HAVING sum(amount) <> 0 ORDER BY entry_id, currency
    """,
    "every entry has the legs it declared": """
        SELECT entry.id AS entry_id, entry.n_legs AS declared, count(leg.id) AS found
          FROM rights_entry entry LEFT JOIN rights_leg leg ON leg.entry_id = entry.id
         GROUP BY entry.id HAVING count(leg.id) <> entry.n_legs ORDER BY entry.id
    """,
    "all legs of a currency sum to zero": """
        SELECT currency, sum(amount) AS off_by FROM rights_leg
         GROUP BY currency HAVING sum(amount) <> 0 ORDER BY currency
    """,
    "every leg has its entry, and an account of its currency": """
        SELECT leg.id AS leg_id, leg.entry_id, leg.account_id, leg.currency
          FROM rights_leg leg
          LEFT JOIN rights_entry entry ON entry.id = leg.entry_id
          LEFT JOIN rights_ledgeraccount account
            ON account.id = leg.account_id AND account.currency = leg.currency
         WHERE entry.id IS NULL OR account.id IS NULL ORDER BY leg.id
    """,
    "every reversal mirrors what it reverses": """
        SELECT entry.id AS entry_id, entry.reverses_id, leg.account_id, sum(leg.amount) AS off_by
          FROM rights_entry entry
          JOIN rights_leg leg ON leg.entry_id IN (entry.id, entry.reverses_id)
         WHERE entry.reverses_id IS NOT NULL
         GROUP BY entry.id, leg.account_id HAVING sum(leg.amount) <> 0
         ORDER BY entry.id, leg.account_id
    """,
    "every account is within its bounds": """
        SELECT account.code, sum(leg.amount) AS balance, account.min_balance, account.max_balance
          FROM rights_ledgeraccount account JOIN rights_leg leg ON leg.account_id = account.id
         WHERE account.min_balance IS NOT NULL OR account.max_balance IS NOT NULL
         GROUP BY account.id
        HAVING sum(leg.amount) < account.min_balance OR sum(leg.amount) > account.max_balance
         ORDER BY account.code
    """,
    "nothing took effect in a period after it was locked": """
        SELECT entry.id AS entry_id, entry.effective_at, entry.posted_at, lock.ends_at
          FROM rights_entry entry JOIN rights_periodlock lock
            ON entry.effective_at < lock.ends_at AND entry.posted_at > lock.locked_at
         ORDER BY entry.id
    """,
    "what only passes on money was empty when the last period was locked": """
        SELECT account.code, sum(leg.amount) AS balance, closed.moment
          FROM (SELECT max(ends_at) AS moment FROM rights_periodlock) closed
          JOIN rights_entry entry ON entry.effective_at < closed.moment
          JOIN rights_leg leg ON leg.entry_id = entry.id
          JOIN rights_ledgeraccount account ON account.id = leg.account_id
         WHERE account.role = ANY(%(cleared)s)
         GROUP BY account.id, closed.moment HAVING sum(leg.amount) <> 0 ORDER BY account.code
    """,
    "every guard stands": """
        SELECT wanted.name AS guard, CASE WHEN tgname IS NULL THEN 'missing' ELSE 'off' END AS state
          FROM unnest(%(triggers)s::text[]) AS wanted (name)
          LEFT JOIN pg_trigger ON tgname = wanted.name AND NOT tgisinternal
         WHERE tgname IS NULL OR tgenabled NOT IN ('O', 'A') ORDER BY wanted.name
    """,
    "who asks can add to the ledger and change nothing": """
        SELECT relname AS "table", privilege
          FROM unnest(%(tables)s::text[]) AS wanted (relname)
          CROSS JOIN unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
         WHERE has_table_privilege(relname, privilege)
        UNION ALL
        SELECT relname, 'owner or superuser' FROM pg_class JOIN pg_roles ON rolname = current_user
         WHERE relname = ANY(%(tables)s) AND (rolsuper OR relowner = pg_roles.oid)
         ORDER BY 1, 2
    """,
}


def ledger_findings() -> tuple[Finding, ...]:
    """Ask every question; return all of them, those that hold with no rows."""
    found = [
        Finding(name, _rows(sql))
        for name, sql in {**_SQL, **MONEY, **statement_invariants.SQL}.items()
    ]
    return (*found, Finding("every account is as the chart says", _accounts_off_the_chart()))


def _rows(sql: str) -> tuple[Row, ...]:
    values: Mapping[str, Any] = {
        "cleared": list(CLEARED),
        "triggers": sorted(TRIGGERS | GUARDS | statement_invariants.TRIGGERS),
        "tables": [*TABLES, *statement_invariants.TABLES],
        "hashed": HASHED_MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description or ()]
        return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchmany(SHOWN))


def _accounts_off_the_chart() -> tuple[Row, ...]:
    """Compare with the code: the CHECK is a copy of the chart as a migration knew it."""
    off = [
        row
        for row in _rows(
            "SELECT DISTINCT role, kind, min_balance, max_balance, subject <> '' AS has_subject "
            "FROM rights_ledgeraccount ORDER BY role"
        )
        if not _is_in_the_chart(row)
    ]
    return tuple(off)


def _is_in_the_chart(row: Row) -> bool:
    role = CHART.get(row["role"])
    return role is not None and (
        (row["kind"], row["min_balance"], row["max_balance"], row["has_subject"])
        == (role.kind, role.floor, role.ceiling, bool(role.subject))
    )

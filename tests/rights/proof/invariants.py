"""What is true of the money after every step, said in SQL and sums, by nobody of the product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import connection

from rights.selectors.ledger_invariants import ledger_findings

LEDGER = ("rights_ledgeraccount", "rights_entry", "rights_leg", "rights_periodlock")
KEPT = (
    *LEDGER, "rights_incomefile", "rights_incomegroup", "rights_royaltyrun", "rights_runshare",
    "rights_rightsclaim", "rights_claimchange", "rights_claimrelease", "rights_statement",
    "rights_statementline", "rights_statemententry", "rights_payout", "rights_payoutbatch",
    "rights_payoutchange",
)  # fmt: skip
_LOCKED = "run.state IN ('locked', 'published')"
_BOOKS = """
SELECT account.role, account.subject, account.currency, sum(leg.amount)
  FROM rights_leg leg JOIN rights_ledgeraccount account ON account.id = leg.account_id
 GROUP BY 1, 2, 3
"""
_GIVEN = f"""
SELECT share.party_id::text, share.currency, sum(share.amount)
  FROM rights_runshare share JOIN rights_royaltyrun run ON run.id = share.run_id
 WHERE {_LOCKED} AND share.party_id IS NOT NULL GROUP BY 1, 2
"""  # noqa: S608
_RELEASED = """
SELECT claim.party_id::text, recording.isrc, share.currency, sum(release.amount)
  FROM rights_claimrelease release
  JOIN rights_rightsclaim claim ON claim.id = release.claim_id
  JOIN rights_runshare share ON share.id = release.share_id
  JOIN rights_recording recording ON recording.id = share.recording_id
 GROUP BY 1, 2, 3
"""
_HELD = f"""
SELECT coalesce(recording.isrc, ''), share.currency, sum(share.amount)
  FROM rights_runshare share JOIN rights_royaltyrun run ON run.id = share.run_id
  LEFT JOIN rights_recording recording ON recording.id = share.recording_id
 WHERE {_LOCKED} AND share.party_id IS NULL GROUP BY 1, 2
"""  # noqa: S608
# What reports earned and nobody has taken back.
_EARNED = """
SELECT grp.currency, sum(grp.micros)
  FROM rights_incomegroup grp JOIN rights_incomefile file ON file.id = grp.file_id
 WHERE file.state = 'posted' AND grp.match = 'matched' GROUP BY 1
"""
# What else moves what we owe to payees: the steps of statements, and payouts.
_MOVED = """
SELECT account.subject, account.currency, sum(leg.amount)
  FROM rights_leg leg JOIN rights_ledgeraccount account ON account.id = leg.account_id
  JOIN rights_entry entry ON entry.id = leg.entry_id
  LEFT JOIN rights_entry undone ON undone.id = entry.reverses_id
 WHERE account.role IN ('payee_payable', 'payee_receivable')
   AND coalesce(undone.kind, entry.kind) NOT IN ('allocation', 'claim_activated')
 GROUP BY 1, 2
"""
_POOLS_AT_LOCK = """
SELECT account.code, sum(leg.amount)
  FROM rights_leg leg JOIN rights_entry entry ON entry.id = leg.entry_id
  JOIN rights_ledgeraccount account ON account.id = leg.account_id
 WHERE account.role LIKE 'pool!_%%' ESCAPE '!'
   AND entry.effective_at < (SELECT max(ends_at) FROM rights_periodlock)
 GROUP BY 1 HAVING sum(leg.amount) <> 0
"""


def rows(sql: str, values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


class Seal:
    """Remembers every leg and entry by a hash, and whether it still is what it was."""

    def __init__(self) -> None:
        self.last: dict[str, tuple[int, str | None]] = {}

    def nothing_sealed_has_changed(self) -> None:
        """Compare all that was there at the last look, and look again."""
        for table in LEDGER:
            before, was = self.last.get(table, (0, None))
            assert self._hash(table, before) == was, f"{table} was changed"
            (newest,) = rows(f"SELECT coalesce(max(id), 0) FROM {table}")[0]  # noqa: S608
            self.last[table] = (newest, self._hash(table, newest))

    def everything(self) -> list[tuple[Any, ...]]:
        """Return count and hash of all rows that have to do with money."""
        return [
            rows(f"SELECT '{table}', count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")[0]  # noqa: S608
            for table in KEPT
        ]  # fmt: skip

    @staticmethod
    def _hash(table: str, until: int) -> str | None:
        sql = f"SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM {table} t WHERE id <= %s"  # noqa: S608
        found: str | None = rows(sql, [until])[0][0]
        return found


def books() -> Mapping[tuple[str, str, str], int]:
    """Return every balance by role, subject and currency, without the zeros."""
    return {(role, subject, code): int(sum_) for role, subject, code, sum_ in rows(_BOOKS) if sum_}


def legs_sum_to_zero() -> None:
    off = rows("SELECT entry_id, currency FROM rights_leg GROUP BY 1, 2 HAVING sum(amount) <> 0")
    assert off == []


def nobody_is_below_zero() -> None:
    for (role, subject, currency), balance in books().items():
        if role in ("payee_payable", "payee_reserve"):
            assert balance > 0, (role, subject, currency, balance)
        if role in ("payee_receivable", "recoupable"):
            assert balance < 0, (role, subject, currency, balance)


def pools_were_empty_when_the_month_was_locked() -> None:
    assert rows(_POOLS_AT_LOCK) == []


def what_stores_owe_is_what_was_reported() -> None:
    owed: dict[str, int] = defaultdict(int)
    for (role, _subject, currency), balance in books().items():
        if role == "distributor_receivable":
            owed[currency] -= balance
    earned = {currency: int(micros) for currency, micros in rows(_EARNED) if micros}
    assert {code: micros for code, micros in owed.items() if micros} == earned


def payees_have_what_runs_gave_and_claims_released(moved: Mapping[tuple[str, str], int]) -> None:
    """``moved`` is what else has moved their balances: statements and payouts, by party and currency."""
    expected: dict[tuple[str, str], int] = defaultdict(int, moved)
    for party, currency, micros in rows(_GIVEN):
        expected[party, currency] += int(micros)
    for party, _isrc, currency, micros in rows(_RELEASED):
        expected[party, currency] += int(micros)
    found: dict[tuple[str, str], int] = defaultdict(int)
    for (role, subject, currency), balance in books().items():
        if role in ("payee_payable", "payee_receivable"):
            found[subject, currency] += balance
    assert without_zeros(found) == without_zeros(expected)


def moved_after_the_runs() -> dict[tuple[str, str], int]:
    """Return what statements and payouts moved; ``check_ledger`` compares that with what they say."""
    return {(party, currency): int(micros) for party, currency, micros in rows(_MOVED)}


def suspense_is_what_is_held_and_not_released() -> None:
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for isrc, currency, micros in rows(_HELD):
        expected[isrc, currency] += int(micros)
    for _party, isrc, currency, micros in rows(_RELEASED):
        expected[isrc, currency] -= int(micros)
    found = {
        (subject, currency): balance
        for (role, subject, currency), balance in books().items()
        if role in ("suspense_track", "suspense_base")
    }
    assert found == without_zeros(expected)


def the_ledger_is_proved() -> None:
    assert [(found.invariant, found.rows[:3]) for found in ledger_findings() if found.rows] == []


def without_zeros(amounts: Mapping[Any, int]) -> dict[Any, int]:
    return {key: micros for key, micros in amounts.items() if micros}

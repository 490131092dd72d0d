"""Posting: the only code that writes entries and legs. Everything is refused whole or done whole.

Each call is atomic by itself and takes part in the caller's transaction. The moment of an entry and
its key come from the caller and are the same when it tries again (``run:<id>:<payee>:<currency>``,
the end of the period, never "now"): then the second try finds the first one's entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection, transaction

from rights.domain.postings import (
    REVERSAL,
    BalanceExceededError,
    EntryInvalidError,
    IdempotencyConflictError,
    LedgerError,
    Movement,
    PeriodLockedError,
    ReversalError,
    entry_digest,
    movements_check,
)
from rights.models import Entry
from rights.services.ledger_accounts import accounts_open

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from accounts.models import User
    from rights.domain.chart import Account

_BEGIN = """
INSERT INTO rights_entry
       (idem, idem_hash, kind, effective_at, reverses_id, n_legs, memo, facts, posted_by_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (idem) DO NOTHING RETURNING id
"""
_LEGS = "COPY rights_leg (entry_id, account_id, currency, amount, facts) FROM STDIN"
# Legs are stored as they were given, so that people read them in that order. Nobody reads more than
# these in one go; by account they go into the index twice as fast.
_SHOWN_AS_GIVEN = 1_000
_MIRROR = """
INSERT INTO rights_leg (entry_id, account_id, currency, amount, facts)
SELECT %s, account_id, currency, -amount, facts FROM rights_leg WHERE entry_id = %s ORDER BY id
"""
# What the triggers and keys say, for people. The rest are faults of ours and stay what they are.
_REFUSALS: dict[str, tuple[type[LedgerError], str, str]] = {
    "rights_entry_period_is_open": (
        PeriodLockedError,
        "ledger.period_locked",
        "That period is locked. Nothing was posted. Post in the open period.",
    ),
    "rights_ledgeraccount_bounds": (
        BalanceExceededError,
        "ledger.balance_exceeded",
        "The account has less than was to be taken. Nothing was posted. Look at its balance.",
    ),
    "rights_entry_reverses_no_reversal": (
        ReversalError,
        "ledger.is_reversal",
        "A reversal cannot be reversed. Nothing was posted. Post the entry anew.",
    ),
    "rights_entry_is_not_of_the_future": (
        EntryInvalidError,
        "ledger.future",
        "An entry takes effect today or earlier. Nothing was posted. Check the year.",
    ),
}


def entry_post(
    *,
    idem: str,
    kind: str,
    effective_at: datetime,
    movements: Sequence[Movement],
    memo: str = "",
    facts: Mapping[str, Any] | None = None,
    posted_by: User | None = None,
) -> Entry:
    """Post one entry, once; return it, or the one that this key posted before.

    Accounts that do not exist yet are opened. Accounts with bounds are locked until the end of the
    transaction; who posts several entries locks their payees before the first
    (``payees_lock``).

    Raises
    ------
    EntryInvalidError
        If it is no entry of its kind (``movements_check``).
    IdempotencyConflictError
        If the key stands for another entry.
    BalanceExceededError
        If an account would leave its bounds.
    PeriodLockedError
        If ``effective_at`` lies in a locked period.
    """
    digest = entry_digest(kind=kind, effective_at=effective_at, movements=movements, facts=facts)
    if (known := _posted(idem, digest)) is not None:
        return known
    movements_check(kind, movements)
    values = (idem, digest, kind, effective_at, None, len(movements), memo, dict(facts or {}))
    with transaction.atomic(), _refusals():
        ids = accounts_open({movement.account for movement in movements})
        entry_id = _begin(values, posted_by)
        if entry_id is None:  # somebody else was posting the same, and has committed
            return _known(idem, digest)
        _write(entry_id, ids, movements)
        _look_now()
        return Entry.objects.get(pk=entry_id)


def entry_reverse(
    *,
    entry: Entry,
    idem: str,
    effective_at: datetime,
    memo: str = "",
    posted_by: User | None = None,
) -> Entry:
    """Post the exact mirror of an entry, once. The entry itself stays; part of it is an adjustment.

    Raises
    ------
    ReversalError
        If it is a reversal, or was reversed under another key.
    IdempotencyConflictError, BalanceExceededError, PeriodLockedError
        As ``entry_post``.
    """
    digest = entry_digest(kind=REVERSAL, effective_at=effective_at, movements=(), reverses=entry.pk)
    if (known := _posted(idem, digest)) is not None:
        return known
    values: tuple[Any, ...] = (
        idem,
        digest,
        REVERSAL,
        effective_at,
        entry.pk,
        entry.n_legs,
        memo,
        {},
    )
    try:
        return _mirror(entry, values, posted_by)
    except ReversalError:
        # Reversed between the two looks; by this very key, it is what was asked for.
        if (known := _posted(idem, digest)) is not None:
            return known
        raise


def _mirror(entry: Entry, values: tuple[Any, ...], posted_by: User | None) -> Entry:
    if Entry.objects.filter(reverses=entry).exists():
        raise _reversed_before()
    idem, digest, *_rest = values
    with transaction.atomic(), _refusals():
        entry_id = _begin(values, posted_by)
        if entry_id is None:
            return _known(idem, digest)
        with connection.cursor() as cursor:
            cursor.execute(_MIRROR, [entry_id, entry.pk])
        _look_now()
        return Entry.objects.get(pk=entry_id)


def _begin(values: tuple[Any, ...], posted_by: User | None) -> int | None:
    *plain, facts = values
    with connection.cursor() as cursor:
        cursor.execute(
            _BEGIN, [*plain, json.dumps(facts), posted_by.pk if posted_by is not None else None]
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _write(entry_id: int, ids: Mapping[Account, int], movements: Sequence[Movement]) -> None:
    rows = [
        (entry_id, ids[one], one.currency, amount, json.dumps(facts) if facts else None)
        for one, amount, facts in movements
    ]
    if len(rows) > _SHOWN_AS_GIVEN:
        rows.sort(key=itemgetter(1))
    with connection.cursor() as cursor, cursor.copy(_LEGS) as copy:
        for row in rows:
            copy.write_row(row)


def _look_now() -> None:
    """Let the database judge the entry here and not at the commit, so that we can say what it says."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS rights_entry_is_whole IMMEDIATE")
        cursor.execute("SET CONSTRAINTS rights_entry_is_whole DEFERRED")


def _posted(idem: str, digest: str) -> Entry | None:
    """Return the entry of this key, if there is one and it is the same.

    Raises
    ------
    IdempotencyConflictError
        If it is another.
    """
    entry = Entry.objects.filter(idem=idem).first()
    if entry is not None and entry.idem_hash != digest:
        raise IdempotencyConflictError(
            "ledger.key_used",
            f"The key {idem} was used for entry {entry.pk}, which says something else. "
            "Nothing was posted. Use a key of its own for each entry.",
        )
    return entry


def _known(idem: str, digest: str) -> Entry:
    entry = _posted(idem, digest)
    if entry is None:
        msg = f"the key {idem} is taken by an entry that cannot be read"
        raise RuntimeError(msg)
    return entry


def _reversed_before() -> ReversalError:
    return ReversalError(
        "ledger.reversed_before",
        "This entry was reversed before. Nothing was posted; what the reversal says stands.",
    )


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the database refuses on purpose into sentences."""
    try:
        yield
    except DatabaseError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if name == "rights_entry_reverses_id_key":
            raise _reversed_before() from error
        if name not in _REFUSALS:
            raise
        family, code, message = _REFUSALS[name]
        raise family(code, message) from error

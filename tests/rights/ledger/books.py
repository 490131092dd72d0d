"""Short ways to write entries in tests."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from rights.domain.chart import account
from rights.domain.postings import Movement
from rights.models import LedgerAccount
from rights.services.ledger import entry_post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rights.models import Entry

OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
POOL = account("pool_inputs_clearing", "EUR")
BASE = account("pool_base_clearing", "EUR")
STORE = account("distributor_receivable", "EUR", "store")
TRANSIT = account("in_transit", "EUR")
TABLES = ("rights_ledgeraccount", "rights_entry", "rights_leg", "rights_periodlock")


def payable(payee: str, currency: str = "EUR"):
    """The account of what we owe a payee."""
    return account("payee_payable", currency, payee)


def movements(*legs: tuple[Any, int]) -> list[Movement]:
    """Legs as (account, amount)."""
    return [Movement(one, amount) for one, amount in legs]


def post(idem: str, *legs: tuple[Any, int], kind: str = "allocation", **more: Any) -> Entry:
    """Post legs given as (account, amount), in October unless said otherwise."""
    more = {"effective_at": OCTOBER, **more}
    return entry_post(idem=idem, kind=kind, movements=movements(*legs), **more)


def earn(payee: str, amount: int, *, idem: str = "", **more: Any) -> Entry:
    """Let a payee earn an amount out of the pool."""
    return post(idem or f"earn:{payee}:{amount}", (POOL, -amount), (payable(payee), amount), **more)


def pay(payee: str, amount: int, *, idem: str = "", **more: Any) -> Entry:
    """Reserve an amount for a payout."""
    legs = ((payable(payee), -amount), (TRANSIT, amount))
    return post(idem or f"pay:{payee}:{amount}", *legs, kind="payout_reserved", **more)


def balance(one: Any) -> int:
    """What stands in an account, summed here and by nobody else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(amount), 0) FROM rights_leg JOIN rights_ledgeraccount account "
            "ON account.id = account_id WHERE account.code = %s",
            [one.code],
        )
        return int(cursor.fetchone()[0])


def book_of(one: Any) -> LedgerAccount:
    """The row of an account."""
    return LedgerAccount.objects.get(code=one.code)


def fingerprint() -> list[tuple[Any, ...]]:
    """Count and checksum of everything in the ledger."""
    found = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t.id)) FROM {table} t"  # noqa: S608
            )
            found.append((table, *cursor.fetchone()))
    return found


@contextmanager
def unchanged() -> Iterator[None]:
    """Whatever happens inside leaves the ledger as it was."""
    before = fingerprint()
    yield
    assert fingerprint() == before

"""Many hands at once, and hands that fall off: never overdrawn, never twice, never half."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection, transaction

from rights.domain.postings import (
    BalanceExceededError,
    Movement,
    PeriodLockedError,
    payee_movements,
)
from rights.models import Entry, LedgerAccount
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.ledger import entry_post, entry_reverse
from rights.services.ledger_accounts import payees_lock
from rights.services.periods import period_lock
from tests.rights.ledger.books import (
    NOVEMBER,
    OCTOBER,
    POOL,
    TRANSIT,
    balance,
    earn,
    fingerprint,
    pay,
    payable,
    post,
    unchanged,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
THREADS = 8
SUSPENSE = POOL._replace(role="suspense_base")


def together(act, count=THREADS):
    """Call ``act`` with 0, 1, 2… in as many threads, all at the same moment; return the results."""
    gate = threading.Barrier(count)

    def one(number):
        try:
            gate.wait(30)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def nothing_is_broken():
    return [finding for finding in ledger_findings() if finding.rows] == []


def test_eight_hands_on_one_balance_pay_it_once():
    for number in range(3):
        payee = f"rita{number}"
        earn(payee, 100)

        def take(hand, payee=payee):
            try:
                return pay(payee, 100, idem=f"pay:{payee}:{hand}").pk
            except BalanceExceededError:
                return None

        paid = [entry for entry in together(take) if entry]
        assert len(paid) == 1
        assert balance(payable(payee)) == 0
    assert balance(TRANSIT) == 300
    assert nothing_is_broken()


def test_eight_hands_that_look_before_they_pay_leave_the_rest_untouched():
    """What a payout does: lock, read, decide, post."""
    earn("rita", 250)

    def take(hand):
        with transaction.atomic():
            standing = payees_lock(["rita"], currency="EUR")["rita"]
            if standing.payable < 100:
                return 0
            pay("rita", 100, idem=f"pay:{hand}")
            return 100

    assert sorted(together(take)) == [0] * 6 + [100] * 2
    assert balance(payable("rita")) == 50
    assert nothing_is_broken()


def test_eight_hands_that_post_the_same_post_it_once():
    entries = together(lambda _hand: earn("rita", 5, idem="run:1").pk)
    assert len(set(entries)) == 1
    assert Entry.objects.count() == 1
    assert LedgerAccount.objects.count() == 2


def test_eight_hands_that_reverse_the_same_reverse_it_once():
    entry = earn("rita", 5)
    keys = together(lambda _hand: entry_reverse(entry=entry, idem="undo", effective_at=OCTOBER).pk)
    assert len(set(keys)) == 1
    assert balance(payable("rita")) == 0


def test_runs_that_lock_their_payees_in_any_order_never_wait_in_a_circle():
    payees = [f"p{n}" for n in range(12)]
    for payee in payees:
        earn(payee, 8)

    def run(hand):
        mine = payees if hand % 2 else payees[::-1]
        with transaction.atomic():
            standing = payees_lock(mine, currency="EUR")
            legs = [leg for p in mine for leg in payee_movements(p, "EUR", -1, standing[p])]
            entry_post(
                idem=f"run:{hand}",
                kind="allocation",
                effective_at=OCTOBER,
                movements=[*legs, Movement(POOL, len(mine))],
            )

    together(run)
    assert {balance(payable(payee)) for payee in payees} == {0}
    assert nothing_is_broken()


def test_period_is_not_locked_while_an_entry_is_on_its_way():
    post("fund", (POOL, 5), (SUSPENSE, -5))
    posted, may_commit = threading.Event(), threading.Event()

    def slow(_hand):
        with transaction.atomic():
            earn("rita", 5)
            posted.set()
            assert may_commit.wait(30)

    def locker(_hand):
        assert posted.wait(30)
        threading.Timer(0.3, may_commit.set).start()
        return period_lock(ends_at=NOVEMBER, locked_by=None, reason="run")

    lock = together(lambda hand: (slow, locker)[hand](hand), 2)[1]
    # The lock waited: it saw that the entry had emptied the pool.
    assert Entry.objects.get(idem="earn:rita:5").posted_at < lock.locked_at
    with unchanged(), pytest.raises(PeriodLockedError):
        earn("bob", 5)
    assert nothing_is_broken()


class CrashError(BaseException):
    """The process is gone; nobody catches this."""


def dying_before(statement):
    """Let the connection drop before the ``statement``-th statement, as when a process is killed."""
    counted = iter(range(statement))

    def wrapper(execute, sql, params, many, context):
        if next(counted, None) is None:
            connection.connection.close()
            raise CrashError
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def test_crash_before_any_statement_leaves_nothing_and_the_second_try_posts_once():
    earn("rita", 5)
    crashes = 0
    before = fingerprint()
    for statement in range(100):
        with suppress(CrashError), dying_before(statement):
            pay("rita", 2, idem="pay:1")
            break
        connection.close()
        assert fingerprint() == before
        crashes += 1
    assert crashes == 8  # one before each statement of a post
    assert pay("rita", 2, idem="pay:1").kind == "payout_reserved"
    assert Entry.objects.filter(idem="pay:1").count() == 1
    assert balance(payable("rita")) == 3
    assert nothing_is_broken()

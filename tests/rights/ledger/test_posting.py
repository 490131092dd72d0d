"""Posting and reversing through the services: once, whole, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from rights.domain.chart import ChartError, account
from rights.domain.postings import (
    BalanceExceededError,
    EntryInvalidError,
    IdempotencyConflictError,
    PeriodLockedError,
    ReversalError,
)
from rights.models import Entry, LedgerAccount
from rights.services.ledger import entry_post, entry_reverse
from rights.services.ledger_accounts import accounts_open, payees_lock
from rights.services.periods import PeriodLockError, period_lock
from tests.rights.ledger.books import (
    NOVEMBER,
    OCTOBER,
    POOL,
    TRANSIT,
    balance,
    earn,
    movements,
    pay,
    payable,
    post,
    unchanged,
)

pytestmark = pytest.mark.django_db
SUSPENSE = account("suspense_base", "EUR")
LAST_OF_OCTOBER = NOVEMBER - timedelta(microseconds=1)


# ---------------------------------------------------------------- once


def test_entry_is_posted_with_everything_that_was_said(cast):
    before = timezone.now() - timedelta(minutes=1)
    legs = movements((POOL, -5), (payable("rita"), 5))
    legs[1] = legs[1]._replace(facts={"receipt": "r-1"})
    entry = entry_post(
        idem="run:1:rita:EUR",
        kind="allocation",
        effective_at=OCTOBER,
        movements=legs,
        memo="Run of October",
        facts={"run": 1},
        posted_by=cast.sam,
    )
    assert (entry.kind, entry.effective_at, entry.memo) == ("allocation", OCTOBER, "Run of October")
    assert (entry.facts, entry.posted_by, entry.n_legs) == ({"run": 1}, cast.sam, 2)
    assert before < entry.posted_at < timezone.now() + timedelta(minutes=1)
    assert [(leg.account.code, leg.amount, leg.facts) for leg in entry.legs.all()] == [
        ("pool_inputs_clearing:EUR", -5, None),
        ("payee_payable:rita:EUR", 5, {"receipt": "r-1"}),
    ]


def test_amounts_beyond_every_float_are_kept():
    huge = 10**38 - 1
    earn("rita", huge)
    assert balance(payable("rita")) == huge
    assert Entry.objects.get().legs.get(amount=huge).amount == huge


def test_same_key_and_content_return_the_first_entry_in_any_order_of_legs():
    first = post("k", (POOL, -5), (payable("rita"), 5), memo="first")
    with unchanged():
        assert post("k", (payable("rita"), 5), (POOL, -5), memo="second try") == first


@pytest.mark.parametrize(
    "change",
    [{"amount": 6}, {"kind": "chargeback"}, {"effective_at": NOVEMBER}, {"facts": {"a": 1}}],
)
def test_same_key_with_something_else_is_refused(change):
    earn("rita", 5, idem="k")
    amount = change.pop("amount", 5)
    with unchanged(), pytest.raises(IdempotencyConflictError, match="says something else"):
        earn("rita", amount, idem="k", **change)


def test_second_try_is_known_even_after_the_period_was_locked():
    first = earn("rita", 5)
    post("fund", (POOL, 5), (SUSPENSE, -5))
    period_lock(ends_at=NOVEMBER, locked_by=None, reason="run of October")
    with unchanged():
        assert earn("rita", 5) == first


def test_nothing_is_opened_for_an_entry_that_is_refused():
    with unchanged(), pytest.raises(EntryInvalidError):
        post("k", (POOL, -5), (payable("new"), 4))
    with unchanged(), pytest.raises(EntryInvalidError):
        post("k", (POOL, -5), (TRANSIT, 5))


def test_large_entry_is_stored_by_account_and_still_reads_as_one():
    legs = [(payable(f"p{n % 7}"), 1) for n in range(1_200)]
    entry = post("big", *legs, (POOL, -1_200))
    assert entry.legs.count() == entry.n_legs == 1_201
    assert balance(payable("p0")) == 172


# ---------------------------------------------------------------- bounds


def test_payee_is_paid_down_to_nothing_and_no_further():
    earn("rita", 5)
    pay("rita", 5)
    assert balance(payable("rita")) == 0
    with unchanged(), pytest.raises(BalanceExceededError, match="less than was to be taken"):
        pay("rita", 1)


def test_advance_is_never_recouped_beyond_itself():
    advance, cash = account("recoupable", "EUR", "c1"), account("cash_clearing", "EUR")
    post("a", (advance, -100), (cash, 100), kind="advance_paid")
    earn("rita", 500)
    post("r", (payable("rita"), -100), (advance, 100), kind="advance_recouped")
    with unchanged(), pytest.raises(BalanceExceededError):
        post("s", (payable("rita"), -1), (advance, 1), kind="advance_recouped")


def test_accounts_without_bounds_go_anywhere():
    post("k", (TRANSIT, -5), (account("stripe_balance", "EUR"), 5), kind="payout_settled")
    assert balance(TRANSIT) == -5


def test_refusal_in_the_middle_leaves_what_came_before_to_the_caller():
    with transaction.atomic():
        earn("rita", 5)
        with pytest.raises(BalanceExceededError):
            pay("rita", 6)
        pay("rita", 4)
    assert balance(payable("rita")) == 1


# ---------------------------------------------------------------- reversals


def test_reversal_is_the_exact_mirror_and_happens_once():
    entry = post("k", (POOL, -5), (payable("a"), 2), (payable("b"), 3))
    reversal = entry_reverse(entry=entry, idem="undo", effective_at=OCTOBER, memo="wrong file")
    assert [(leg.account.code, leg.amount) for leg in reversal.legs.all()] == [
        ("pool_inputs_clearing:EUR", 5),
        ("payee_payable:a:EUR", -2),
        ("payee_payable:b:EUR", -3),
    ]
    assert (reversal.kind, reversal.reverses) == ("reversal", entry)
    with unchanged():
        assert entry_reverse(entry=entry, idem="undo", effective_at=OCTOBER) == reversal
    with unchanged(), pytest.raises(ReversalError, match="reversed before"):
        entry_reverse(entry=entry, idem="undo again", effective_at=OCTOBER)


def test_reversal_itself_is_not_reversed():
    entry = earn("rita", 5)
    reversal = entry_reverse(entry=entry, idem="undo", effective_at=OCTOBER)
    with unchanged(), pytest.raises(ReversalError, match="Post the entry anew"):
        entry_reverse(entry=reversal, idem="redo", effective_at=OCTOBER)


def test_key_of_another_entry_does_not_pass_for_a_reversal():
    entry = earn("rita", 5, idem="k")
    with unchanged(), pytest.raises(IdempotencyConflictError):
        entry_reverse(entry=entry, idem="k", effective_at=OCTOBER)


def test_what_was_paid_out_cannot_be_taken_back_by_a_reversal():
    entry = earn("rita", 5)
    pay("rita", 3)
    with unchanged(), pytest.raises(BalanceExceededError):
        entry_reverse(entry=entry, idem="undo", effective_at=OCTOBER)


# ---------------------------------------------------------------- accounts and locks


def test_accounts_are_opened_once_and_found_again():
    wanted = {payable("rita"), POOL, account("cash_clearing", "USD")}
    first = accounts_open(wanted)
    assert accounts_open(wanted) == first
    assert LedgerAccount.objects.count() == 3
    row = LedgerAccount.objects.get(pk=first[payable("rita")])
    assert (row.key, row.kind, row.min_balance) == (payable("rita"), "liability", 0)
    assert str(row) == payable("rita").code


def test_one_wrong_account_opens_none():
    with unchanged(), pytest.raises(ChartError):
        accounts_open([POOL, POOL._replace(role="slush_fund")])


def test_lock_tells_how_each_payee_stands():
    earn("rita", 5)
    owed = account("payee_receivable", "EUR", "bob")
    post("owes", (owed, -7), (POOL, 7))
    with transaction.atomic():
        standing = payees_lock(["rita", "bob", "new", "rita"], currency="EUR")
    assert {payee: each.balance for payee, each in standing.items()} == {
        "rita": 5,
        "bob": -7,
        "new": 0,
    }


def test_nobody_to_lock_is_no_fault():
    with unchanged(), transaction.atomic():
        assert payees_lock([], currency="EUR") == {}
        assert accounts_open([]) == {}


@pytest.mark.django_db(transaction=True)
def test_lock_without_a_transaction_is_a_fault():
    with pytest.raises(RuntimeError, match="inside transaction"):
        payees_lock(["rita"], currency="EUR")


# ---------------------------------------------------------------- periods


def test_locked_period_takes_no_entry_and_the_open_one_does(cast):
    lock = period_lock(ends_at=NOVEMBER, locked_by=cast.sam, reason="run of October")
    assert (lock.locked_by, lock.reason, str(lock)) == (
        cast.sam,
        "run of October",
        "before 2026-11-01",
    )
    with unchanged(), pytest.raises(PeriodLockedError, match="Post in the open period"):
        earn("rita", 5, effective_at=LAST_OF_OCTOBER)
    earn("rita", 5, effective_at=NOVEMBER)
    assert balance(payable("rita")) == 5


def test_late_post_into_a_period_that_is_still_open_is_accepted():
    earn("rita", 5, effective_at=NOVEMBER)
    assert earn("bob", 5, effective_at=OCTOBER).posted_at > NOVEMBER


def test_reversal_of_a_locked_entry_lies_in_the_open_period():
    entry = earn("rita", 5)
    post("fund", (POOL, 5), (SUSPENSE, -5))
    period_lock(ends_at=NOVEMBER, locked_by=None, reason="run")
    with unchanged(), pytest.raises(PeriodLockedError):
        entry_reverse(entry=entry, idem="undo", effective_at=LAST_OF_OCTOBER)
    assert entry_reverse(entry=entry, idem="undo", effective_at=NOVEMBER).reverses == entry


def test_period_with_money_left_in_a_pool_is_not_locked():
    earn("rita", 5)
    with unchanged(), pytest.raises(PeriodLockError, match="pool_inputs_clearing:EUR"):
        period_lock(ends_at=NOVEMBER, locked_by=None, reason="too early")


def test_period_that_is_not_over_is_not_locked():
    with unchanged(), pytest.raises(PeriodLockError, match="not over yet"):
        period_lock(
            ends_at=timezone.now() + timedelta(minutes=1), locked_by=None, reason="too early"
        )


@pytest.mark.parametrize("moment", [OCTOBER, NOVEMBER])
def test_periods_are_locked_one_after_the_other(moment):
    period_lock(ends_at=NOVEMBER, locked_by=None, reason="run of October")
    with unchanged(), pytest.raises(PeriodLockError, match="locked already"):
        period_lock(ends_at=moment, locked_by=None, reason="again")

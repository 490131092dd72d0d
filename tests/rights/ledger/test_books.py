"""What the ledger says: balances at a moment, the trial balance, the books."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.lib.money import Money
from rights.selectors.ledger import (
    account_balance,
    account_book,
    balances_at,
    period_locked_until,
    trial_balance,
)
from rights.services.periods import period_lock
from tests.rights.ledger.books import (
    NOVEMBER,
    OCTOBER,
    POOL,
    book_of,
    earn,
    payable,
    post,
)

pytestmark = pytest.mark.django_db
RITA = payable("rita")


# ---------------------------------------------------------------- balances


@pytest.mark.parametrize(
    ("at", "micros"),
    [
        (OCTOBER, 0),
        (OCTOBER + timedelta(days=1), 0),
        (OCTOBER + timedelta(days=1, microseconds=1), 100),
        (NOVEMBER, 100),
        (NOVEMBER + timedelta(microseconds=1), 60),
        (None, 60),
    ],
)
def test_balance_at_a_moment_knows_only_what_came_before(autumn, at, micros):
    assert account_balance(book_of(RITA), at=at) == Money(micros, "EUR")
    assert balances_at(at, roles=["payee_payable"]).get(RITA.code, 0) == micros


def test_balance_of_an_empty_account_is_nothing(autumn):
    post("open", (POOL, -1), (payable("new"), 1))
    assert account_balance(book_of(payable("new")), at=OCTOBER) == Money(0, "EUR")


def test_late_post_changes_the_balance_of_the_past(autumn):
    earn("rita", 3, effective_at=OCTOBER)
    assert account_balance(book_of(RITA), at=NOVEMBER) == Money(103, "EUR")


def test_trial_balance_has_a_section_for_each_currency_and_both_sides_agree(autumn):
    euros, dollars = trial_balance()
    assert [(row.code, row.debit, row.credit) for row in euros.rows] == [
        ("distributor_receivable:store:EUR", Money(100, "EUR"), None),
        ("in_transit:EUR", None, Money(40, "EUR")),
        ("payee_payable:rita:EUR", None, Money(60, "EUR")),
    ]
    assert (euros.debits, euros.credits, euros.is_balanced) == (
        Money(100, "EUR"),
        Money(100, "EUR"),
        True,
    )
    assert [(row.code, row.balance.micros) for row in dollars.rows] == [
        ("payee_payable:bob:USD", 7),
        ("pool_base_clearing:USD", -7),
    ]


def test_trial_balance_of_the_past_knows_nothing_of_later(autumn):
    assert trial_balance(at=OCTOBER) == ()
    euros, _dollars = trial_balance(at=NOVEMBER)
    assert [row.code for row in euros.rows] == [
        "distributor_receivable:store:EUR",
        "payee_payable:rita:EUR",
    ]


# ---------------------------------------------------------------- books


def test_book_runs_from_opening_to_closing_in_the_order_of_effect(autumn):
    earn("rita", 5, effective_at=OCTOBER)  # posted last, takes effect first
    book = account_book(book_of(RITA))
    assert [(row.kind, row.amount.micros, row.balance.micros) for row in book.rows] == [
        ("allocation", 5, 5),
        ("allocation", 100, 105),
        ("payout_reserved", -40, 65),
    ]
    assert (book.opening.micros, book.closing.micros, book.count) == (0, 65, 3)
    assert book.rows[1].memo == "Run of October"


def test_book_of_a_span_opens_with_what_was_before(autumn):
    book = account_book(book_of(RITA), since=NOVEMBER)
    assert (book.opening.micros, book.closing.micros) == (100, 60)
    assert [row.balance.micros for row in book.rows] == [60]
    before = account_book(book_of(RITA), until=NOVEMBER)
    assert (before.opening.micros, before.closing.micros) == (0, 100)


def test_pages_of_a_book_go_on_where_the_last_stopped():
    for number in range(1, 8):
        earn("rita", number, effective_at=OCTOBER + timedelta(hours=number))
    pages = [account_book(book_of(RITA), offset=n, limit=3) for n in (0, 3, 6)]
    balances = [row.balance.micros for page in pages for row in page.rows]
    assert balances == [1, 3, 6, 10, 15, 21, 28]
    assert {page.count for page in pages} == {7}


def test_book_costs_the_same_for_one_row_and_for_many(autumn, django_assert_num_queries):
    book = book_of(RITA)
    with django_assert_num_queries(2):
        account_book(book)
    for number in range(20):
        earn("rita", 1, idem=f"more:{number}")
    with django_assert_num_queries(2):
        assert account_book(book).count == 22


def test_moment_until_which_all_is_locked():
    assert period_locked_until() is None
    period_lock(ends_at=OCTOBER, locked_by=None, reason="September")
    period_lock(ends_at=NOVEMBER, locked_by=None, reason="October")
    assert period_locked_until() == NOVEMBER

"""The book of a payee on its page: every entry once, each with the balance that it left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.lib.money import Money
from rights.models import Leg
from rights.selectors import balance_page as selector
from rights.selectors.balance_page import Asked, balance_page
from tests.rights.factories import make_party
from tests.rights.labels.conftest import MARK
from tests.rights.ledger.books import book_of, earn, payable, post
from tests.rights.statements.months import AUGUST

pytestmark = pytest.mark.django_db
PAGE = reverse("rights:balance")
MAY = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def payee(cast):
    return make_party("Rita Records", organisation=cast.label)


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(selector, "PER_PAGE", 4)


def fill(payee, count, *, start=0):
    for number in range(start, start + count):
        moment = MAY + timedelta(hours=number // 2)  # two entries of one moment are told apart
        earn(str(payee.pk), MARK + number, idem=f"e{number}", effective_at=moment)


def fill_many(payee, count):
    """As ``fill``, in two statements: a thousand entries through the service take half a minute."""
    accounts = [book_of(one).pk for one in (payable(str(payee.pk)), books_pool())]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO rights_entry (idem, idem_hash, kind, effective_at, n_legs, memo, facts)
               SELECT 'many:' || n, repeat('0', 64), 'allocation', %s + n * interval '1 minute', 2,
                      '', '{}' FROM generate_series(1, %s) n""",
            [MAY, count],
        )
        cursor.execute(
            """INSERT INTO rights_leg (entry_id, account_id, currency, amount)
               SELECT id, one.account, 'EUR', one.sign * %s
                 FROM rights_entry, (VALUES (%s, 1), (%s, -1)) one(account, sign)
                WHERE idem LIKE 'many:%%'""",
            [MARK, *accounts],
        )


def test_each_entry_stands_once_with_the_balance_it_left(payee, cast, small_pages):
    fill(payee, 11)
    rows, before = [], ""
    while True:
        page = balance_page(organisation=cast.label, asked=Asked(before=before))
        rows += page.rows
        if not page.older:
            break
        before = selector.key_of(page.rows[-1])
    assert [row.amount.micros for row in rows] == [MARK + number for number in range(10, -1, -1)]
    for row, older in zip(rows, [*rows[1:], None], strict=True):
        assert row.balance.micros == row.amount.micros + (older.balance.micros if older else 0)
    assert rows[0].balance == page.standing.balance


def test_an_entry_that_comes_meanwhile_moves_nothing_that_was_read(payee, cast, small_pages):
    fill(payee, 6)
    first = balance_page(organisation=cast.label, asked=Asked())
    fill(payee, 3, start=6)
    key = selector.key_of(first.rows[-1])
    second = balance_page(organisation=cast.label, asked=Asked(before=key))
    assert [row.amount.micros for row in second.rows] == [MARK + 1, MARK]


def test_returns_larger_than_sales_read_negative(payee, cast):
    earn(str(payee.pk), 5 * MARK)
    from rights.domain.chart import account

    owed = account("payee_receivable", "EUR", str(payee.pk))
    post("back", (payable(str(payee.pk)), -5 * MARK), (owed, -2 * MARK), (books_pool(), 7 * MARK))
    page = balance_page(organisation=cast.label, asked=Asked())
    assert page.rows[0].amount == Money(-7 * MARK, "EUR")
    assert page.rows[0].balance == page.standing.balance == Money(-2 * MARK, "EUR")


def books_pool():
    from tests.rights.ledger.books import POOL

    return POOL


def test_currencies_are_never_added(payee, cast, rita):
    from rights.domain.chart import account
    from rights.services.ledger import entry_post
    from tests.rights.ledger.books import movements

    earn(str(payee.pk), 5 * MARK)
    pool = account("pool_inputs_clearing", "USD")
    legs = movements((pool, -MARK), (payable(str(payee.pk), "USD"), MARK))
    entry_post(idem="usd", kind="allocation", effective_at=MAY, movements=legs)
    euros = balance_page(organisation=cast.label, asked=Asked())
    dollars = balance_page(organisation=cast.label, asked=Asked(currency="USD"))
    assert [str(row.amount) for row in euros.rows] == ["5.00 EUR"]
    assert [str(row.amount) for row in dollars.rows] == ["1.00 USD"]
    assert 'name="currency"' in rita.get(PAGE).text


def test_entries_of_a_published_statement_lead_to_it(label, rita):
    label.earn(AUGUST, 100 * MARK)
    page = rita.get(PAGE).text
    assert reverse("rights:statement", args=[label.statements[0].pk]) in page
    assert "Our fee" in page
    label.earn("2026-09", MARK, publish=False)
    hidden = rita.get(PAGE).text
    assert "TF-2026-09" not in hidden
    assert hidden.count("On a statement that is being checked") >= 2  # its entries, and what waits


@pytest.mark.parametrize(
    "key", ["", "x", "~", "2026-05-01~1", "2026-05-01T00:00:00+00:00~x", f"{MAY.isoformat()}~{'9' * 30}"]
)  # fmt: skip
def test_a_key_that_is_none_shows_the_newest(payee, cast, key):
    fill(payee, 2)
    assert len(balance_page(organisation=cast.label, asked=Asked(before=key)).rows) == 2


def test_nobody_reads_anothers_book(payee, charlie, cast):
    fill(payee, 1)
    page = balance_page(organisation=cast.charlies, asked=Asked(payee=str(payee.pk)))
    assert (page.payee, page.rows) == (None, ())
    assert "No payee is connected" in charlie.get(PAGE, {"payee": str(payee.pk)}).text


def test_an_empty_book_says_when_it_fills(payee, rita):
    assert "Nothing has been booked yet" in rita.get(PAGE).text


def test_a_thousand_entries_cost_what_twenty_do(payee, rita):
    counts = []
    for more in (lambda: fill(payee, 20), lambda: fill_many(payee, 1_000)):
        more()
        rita.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            page = rita.get(PAGE).text
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert page.count("book-name") == selector.PER_PAGE
    assert Leg.objects.count() == 2 * 1_020

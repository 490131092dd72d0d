"""What may be paid out: what a published statement of a contract says, and not a day earlier."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rights.exceptions import PayoutRefusedError
from rights.models import Leg, Payout
from rights.selectors.available import available_of
from rights.selectors.next_payout import next_payout
from rights.services.payouts import batch_create
from rights.services.statement_publishing import statement_publish
from tests.rights.statements.months import (
    AUGUST,
    OCTOBER,
    SEPTEMBER,
    Earning,
    contract_of,
    issue,
    locked,
    rate,
)

pytestmark = pytest.mark.django_db
EURO = 1_000_000


def balances_payable(currency):
    standings = available_of(currency=currency).items()
    return {payee: one.amount for (payee, _), one in standings if one.amount > 0}


@pytest.fixture
def contracted(alma, cast):
    """Alma, from whom we take 15 % and a tenth of it in tax."""
    contract_of(alma, actor=cast.sam, fee_ppm=150_000, withholding_ppm=100_000)
    return alma


def test_nothing_is_payable_between_the_lock_of_a_month_and_its_statement(contracted, cast, olive):
    locked(AUGUST, [Earning(contracted, 100 * EURO)], cast.sam, olive)
    legs = Leg.objects.count()
    assert balances_payable("EUR") == {}
    with pytest.raises(PayoutRefusedError, match="Nothing is payable"):
        batch_create(actor=cast.sam, currency="EUR")
    assert (Payout.objects.count(), Leg.objects.count()) == (0, legs)


def test_nothing_is_payable_before_the_statement_is_published(contracted, cast, olive):
    issue(locked(AUGUST, [Earning(contracted, 100 * EURO)], cast.sam, olive))
    assert balances_payable("EUR") == {}


def test_a_published_statement_makes_payable_exactly_what_it_says(contracted, cast, olive):
    [made] = issue(locked(AUGUST, [Earning(contracted, 100 * EURO)], cast.sam, olive))
    statement_publish(statement=made, actor=cast.sam)
    assert balances_payable("EUR") == {contracted.pk: made.payable} == {contracted.pk: 76_500_000}
    batch = batch_create(actor=cast.sam, currency="EUR")
    assert [(one.party, one.amount) for one in batch.payouts.all()] == [(contracted, made.payable)]


def test_the_next_month_waits_while_the_last_one_is_paid(contracted, cast, olive):
    [made] = issue(locked(AUGUST, [Earning(contracted, 100 * EURO)], cast.sam, olive))
    statement_publish(statement=made, actor=cast.sam)
    locked(SEPTEMBER, [Earning(contracted, 50 * EURO)], cast.sam, olive)
    assert balances_payable("EUR") == {contracted.pk: made.payable}
    assert next_payout([contracted], "EUR").held  # no account yet, but of the same amount


def test_a_month_of_returns_is_taken_off_at_once(contracted, cast, olive):
    [made] = issue(locked(AUGUST, [Earning(contracted, 100 * EURO)], cast.sam, olive))
    statement_publish(statement=made, actor=cast.sam)
    locked(SEPTEMBER, [Earning(contracted, -20 * EURO)], cast.sam, olive)
    assert balances_payable("EUR") == {contracted.pk: made.payable - 20 * EURO}


def test_a_quarter_is_payable_when_the_quarter_is_stated(alma, cast, olive):
    contract_of(alma, actor=cast.sam, every="Q", fee_ppm=100_000)
    for period in ("2026-07", AUGUST):
        issue(locked(period, [Earning(alma, 10 * EURO)], cast.sam, olive))
        assert balances_payable("EUR") == {}
    [made] = issue(locked(SEPTEMBER, [Earning(alma, 10 * EURO)], cast.sam, olive))
    statement_publish(statement=made, actor=cast.sam)
    assert balances_payable("EUR") == {alma.pk: 27 * EURO}


def test_without_a_contract_a_published_statement_makes_nothing_payable(bert, cast, olive):
    [made] = issue(locked(AUGUST, [Earning(bert, 100 * EURO)], cast.sam, olive))
    statement_publish(statement=made, actor=cast.sam)
    assert (made.payable, made.carried_because) == (0, "no_contract")
    assert balances_payable("EUR") == {}


def test_dollars_are_payable_in_the_currency_of_the_contract_only(alma, cast, olive):
    contract_of(alma, actor=cast.sam)
    rate("1.25")
    [made] = issue(locked(OCTOBER, [Earning(alma, 100 * EURO, currency="USD")], cast.sam, olive))
    assert (balances_payable("USD"), balances_payable("EUR")) == ({}, {})
    statement_publish(statement=made, actor=cast.sam)
    assert balances_payable("USD") == {}
    assert balances_payable("EUR") == {alma.pk: 80 * EURO}
    assert made.ends_at == datetime(2026, 11, 1, tzinfo=UTC)

"""What may be posted, before a database is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.money import MICROS_MAX, MoneyError
from rights.domain.chart import CHART, CLEARED, KINDS, Account, ChartError, account
from rights.domain.postings import (
    POSTINGS,
    EntryInvalidError,
    Movement,
    PayeeStanding,
    entry_digest,
    movements_check,
    payee_movements,
)

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
POOL, RITA = account("pool_inputs_clearing", "EUR"), account("payee_payable", "EUR", "rita")
LEGS = [Movement(POOL, -5), Movement(RITA, 5)]


# ---------------------------------------------------------------- the chart


def test_code_names_role_subject_and_currency():
    assert RITA.code == "payee_payable:rita:EUR"
    assert POOL.code == "pool_inputs_clearing:EUR"


@pytest.mark.parametrize(
    ("role", "currency", "subject", "error"),
    [
        ("slush_fund", "EUR", "", ChartError),
        ("payee_payable", "EUR", "", ChartError),
        ("payee_payable", "EUR", "ri:ta", ChartError),
        ("payee_payable", "EUR", "x" * 81, ChartError),
        ("cash_clearing", "EUR", "rita", ChartError),
        ("cash_clearing", "eur", "", MoneyError),
    ],
)
def test_account_that_cannot_be_is_refused(role, currency, subject, error):
    with pytest.raises(error):
        account(role, currency, subject)


def test_chart_speaks_of_four_kinds_and_every_posting_of_roles_in_it():
    assert {role.kind for role in CHART.values()} == set(KINDS)
    assert set().union(*POSTINGS.values()) == set(CHART)
    assert CLEARED == ("pool_inputs_clearing", "pool_base_clearing", "rounding")


# ---------------------------------------------------------------- entries


def test_entry_of_its_kind_is_accepted():
    movements_check("allocation", LEGS)


@pytest.mark.parametrize(
    ("kind", "legs", "code"),
    [
        ("gift", LEGS, "ledger.kind"),
        ("reversal", LEGS, "ledger.kind"),
        ("allocation", [], "ledger.too_short"),
        ("allocation", LEGS[:1], "ledger.too_short"),
        ("allocation", [*LEGS, Movement(RITA, 0)], "ledger.amount"),
        ("allocation", [Movement(POOL, -(10**38)), Movement(RITA, 10**38)], "ledger.amount"),
        ("payout_reserved", LEGS, "ledger.account"),
        ("allocation", [Movement(POOL, -5), Movement(RITA, 4)], "ledger.not_balanced"),
        (
            "allocation",
            [Movement(POOL, -5), Movement(account("payee_payable", "USD", "rita"), 5)],
            "ledger.not_balanced",
        ),
    ],
)
def test_what_is_no_entry_is_refused_with_its_reason(kind, legs, code):
    with pytest.raises(EntryInvalidError, match="Nothing was posted") as caught:
        movements_check(kind, legs)
    assert caught.value.code == code


def test_largest_amount_that_a_column_holds_is_accepted():
    movements_check("allocation", [Movement(POOL, -MICROS_MAX), Movement(RITA, MICROS_MAX)])


@pytest.mark.parametrize("wrong", [5.0, True, "5"])
def test_amount_that_is_no_int_is_refused(wrong):
    with pytest.raises(TypeError):
        movements_check("allocation", [Movement(POOL, wrong), Movement(RITA, 5)])


# ---------------------------------------------------------------- fingerprints


def digest(**changes):
    values = {"kind": "allocation", "effective_at": AT, "movements": LEGS, "facts": {"run": 1}}
    return entry_digest(**{**values, **changes})


def test_fingerprint_forgets_order_and_time_zone():
    summer = timezone(timedelta(hours=2))
    assert digest(movements=LEGS[::-1]) == digest()
    assert digest(effective_at=AT.astimezone(summer)) == digest()
    assert digest(facts={"b": 1, "a": 2}) == digest(facts={"a": 2, "b": 1})


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "adjustment"},
        {"effective_at": AT + timedelta(microseconds=1)},
        {"facts": {"run": 2}},
        {"facts": None},
        {"reverses": 7},
        {"movements": [Movement(POOL, -6), Movement(RITA, 6)]},
        {"movements": [Movement(POOL, -5), Movement(account("payee_payable", "EUR", "rit"), 5)]},
        {"movements": [LEGS[0], Movement(RITA, 5, {"line": 1})]},
        {"movements": [*LEGS, *LEGS]},
    ],
)
def test_fingerprint_notices_every_change(change):
    assert digest(**change) != digest()


def test_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        digest(effective_at=datetime(2026, 10, 1))  # noqa: DTZ001


# ---------------------------------------------------------------- payees below zero


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_payable_never_falls_below_zero_and_debts_are_earned_off_first(amount, payable, owed):
    legs = payee_movements("rita", "EUR", amount, PayeeStanding(payable, owed))
    by_role = {leg.account.role: leg.amount for leg in legs}
    to_payable, to_owed = by_role.get("payee_payable", 0), by_role.get("payee_receivable", 0)
    assert to_payable + to_owed == amount
    assert payable + to_payable >= 0
    assert -owed + to_owed <= 0
    assert to_payable <= 0 or owed == to_owed  # nothing is payable while something is owed
    assert all(leg.amount for leg in legs)


def test_balance_of_a_statement_is_what_we_owe_less_what_is_owed():
    assert PayeeStanding(payable=5, owed=0).balance == 5
    assert PayeeStanding(payable=0, owed=7).balance == -7


def test_account_is_a_plain_tuple_that_hashes_quickly():
    assert Account("cash_clearing", "", "EUR") == ("cash_clearing", "", "EUR")

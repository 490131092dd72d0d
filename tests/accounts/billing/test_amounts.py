"""Coins as the provider counts them: never hundredths blindly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.billing.amounts import micros_of, places, step_micros, units_of
from config.lib.currencies import MINOR_PLACES
from config.lib.money import MoneyError


@pytest.mark.parametrize(
    ("currency", "micros", "units", "step"),
    [
        ("EUR", 12_340_000, 1234, 10_000),
        ("JPY", 1234_000_000, 1234, 1_000_000),
        ("BHD", 1_230_000, 1230, 10_000),  # thousandths, by tens
        ("ISK", 12_000_000, 1200, 1_000_000),  # hundredths, by hundreds
        ("MGA", 5_000_000, 5, 1_000_000),
    ],
)
def test_worked_examples(currency, micros, units, step):
    assert units_of(micros, currency) == units
    assert micros_of(units, currency) == micros
    assert step_micros(currency) == step


@pytest.mark.parametrize(
    ("currency", "micros"), [("EUR", 1), ("JPY", 500_000), ("BHD", 1_001_000), ("HUF", 10_000)]
)
def test_what_cannot_be_paid_exactly_is_refused_and_not_rounded(currency, micros):
    with pytest.raises(MoneyError):
        units_of(micros, currency)


def test_a_code_that_is_no_currency_is_refused():
    with pytest.raises(MoneyError):
        places("eur")


@given(st.sampled_from(sorted(MINOR_PLACES)), st.integers(0, 10**9))
def test_every_currency_goes_there_and_back(currency, steps):
    micros = steps * step_micros(currency)
    assert micros_of(units_of(micros, currency), currency) == micros

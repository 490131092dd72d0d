"""One exact rate, applied once."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.money import MICROS_MAX, Money
from rights.domain.exchange import (
    Conversion,
    Rate,
    RateError,
    RateMissingError,
    RateTable,
    convert,
    rate_parse,
    table_of,
)

DAY = date(2026, 10, 30)
TABLE = RateTable.parse(
    source="ECB", on=DAY, base="EUR", texts={"USD": "1.0842", "GBP": "0.83350", "JPY": "163.52"}
)
RATES = st.builds(
    lambda n, d: Rate("EUR", "USD", n, d, "ECB", DAY), st.integers(1, 10**9), st.integers(1, 10**9)
)


def test_text_of_a_rate_is_an_exact_fraction():
    rate = rate_parse("1.0842", base="EUR", quote="USD", source="ECB", on=DAY)
    assert Fraction(rate.numerator, rate.denominator) == Fraction("1.0842")
    assert rate == rate_parse("1.084200", base="EUR", quote="USD", source="ECB", on=DAY)
    assert rate.text() == "1.0842"


@pytest.mark.parametrize(
    ("base", "quote", "exact"),
    [
        ("EUR", "USD", Fraction("1.0842")),
        ("USD", "EUR", 1 / Fraction("1.0842")),
        ("USD", "GBP", Fraction("0.8335") / Fraction("1.0842")),
        ("JPY", "USD", Fraction("1.0842") / Fraction("163.52")),
    ],
)
def test_printed_inverse_and_cross_rates_are_exact(base, quote, exact):
    rate = TABLE.rate(base, quote)
    assert Fraction(rate.numerator, rate.denominator) == exact
    assert (rate.source, rate.on) == ("ECB", DAY)


@given(st.integers(-(10**25), 10**25), RATES)
def test_conversion_rounds_once_and_half_to_even(micros, rate):
    got = convert(Money(micros, "EUR"), "USD", rate)
    exact = Fraction(micros * rate.numerator, rate.denominator)
    assert got.converted == Money(round(exact), "USD")
    assert Fraction(got.error_text) == got.converted.micros - exact
    assert abs(Fraction(got.error_text)) <= Fraction(1, 2)
    assert convert(Money(-micros, "EUR"), "USD", rate).converted == -got.converted


def test_conversion_remembers_what_it_was_and_is_not_converted_again():
    got = convert(Money(10_000_000, "USD"), "EUR", TABLE.rate("USD", "EUR"))
    assert got.converted == Money(9_223_391, "EUR")
    assert got.original == Money(10_000_000, "USD")
    with pytest.raises(TypeError, match="as it was earned"):
        convert(got, "GBP", TABLE.rate("EUR", "GBP"))  # type: ignore[arg-type]


def test_cross_rate_and_two_conversions_are_not_the_same():
    dollars = Money(1, "USD")
    once = convert(dollars, "JPY", TABLE.rate("USD", "JPY")).converted
    euros = convert(dollars, "EUR", TABLE.rate("USD", "EUR")).converted
    assert (once.micros, convert(euros, "JPY", TABLE.rate("EUR", "JPY")).converted.micros) == (
        151,
        164,
    )


def test_same_currency_needs_no_rate_and_stays_what_it_is():
    money = Money(5, "EUR")
    assert convert(money, "EUR", None) == Conversion(money, money, None)
    assert convert(money, "EUR", None).error_text == "0"


def test_rate_must_fit_the_amount():
    euro = Money(1, "EUR")
    for to, rate in [
        ("USD", None),
        ("USD", TABLE.rate("EUR", "GBP")),
        ("USD", TABLE.rate("USD", "EUR")),
        ("EUR", TABLE.rate("EUR", "USD")),
    ]:
        with pytest.raises(RateError):
            convert(euro, to, rate)


def test_amount_that_outgrows_the_ledger_is_refused():
    with pytest.raises(RateError, match="more than the ledger"):
        convert(Money(MICROS_MAX, "EUR"), "USD", TABLE.rate("EUR", "USD"))


@pytest.mark.parametrize("text", ["", "0", "0.000", "-1", "1,08", "1e2", "NaN", "1."])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(RateError):
        rate_parse(text, base="EUR", quote="USD", source="ECB", on=DAY)


def test_rate_needs_two_currencies_and_a_source():
    with pytest.raises(RateError, match="against itself"):
        Rate("EUR", "EUR", 1, 1, "ECB", DAY)
    with pytest.raises(RateError, match="without a source"):
        Rate("EUR", "USD", 1, 1, "", DAY)
    with pytest.raises(TypeError):
        Rate("EUR", "USD", 1.1, 1, "ECB", DAY)  # type: ignore[arg-type]


def test_missing_currency_is_named():
    with pytest.raises(RateMissingError, match="no rate for CHF, SEK"):
        TABLE.rate("CHF", "SEK")


def test_newest_table_within_a_week_counts_and_no_other_source():
    friday, monday = TABLE, RateTable("ECB", date(2026, 11, 2), "EUR", {})
    assert table_of([friday, monday], source="ECB", on=date(2026, 11, 1)) is friday
    assert table_of([friday, monday], source="ECB", on=date(2026, 11, 9)) is monday
    for source, on in [("ECB", date(2026, 11, 10)), ("ECB", date(2026, 10, 29)), ("FED", DAY)]:
        with pytest.raises(RateMissingError, match=f"{source} has no rates for {on}"):
            table_of([friday, monday], source=source, on=on)

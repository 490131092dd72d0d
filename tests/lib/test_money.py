"""Money is exact, in one currency, and never a float."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.currencies import _PLACES, MINOR_PLACES
from config.lib.money import (
    MICROS,
    MICROS_MAX,
    STYLES,
    CurrencyMismatchError,
    Money,
    MoneyError,
    amount_format,
    decimal_text,
    divide_half_even,
    micros_parse,
    minor_floor,
    minor_places,
    money_format,
    money_sum,
)

AMOUNTS = st.integers(-MICROS_MAX, MICROS_MAX)
CURRENCIES = st.sampled_from(sorted(MINOR_PLACES))
MONEY = st.builds(Money, AMOUNTS, CURRENCIES)


# ---------------------------------------------------------------- what money is


@pytest.mark.parametrize("wrong", [1.0, True, Decimal(1), "1", None, Fraction(1)])
def test_only_an_int_is_money(wrong):
    with pytest.raises(TypeError, match="whole numbers"):
        Money(wrong, "EUR")


@pytest.mark.parametrize("wrong", ["eur", "EURO", "", "XXX", "XAU", None, "€"])
def test_only_codes_of_iso_4217_are_currencies(wrong):
    with pytest.raises(MoneyError, match="ISO 4217"):
        Money(1, wrong)


def test_amount_beyond_what_the_ledger_stores_is_refused():
    assert Money(MICROS_MAX, "EUR").micros == 10**38 - 1
    with pytest.raises(MoneyError, match="more than the ledger"):
        Money(-MICROS_MAX - 1, "EUR")


def test_currencies_never_mix():
    euro, dollar = Money(1, "EUR"), Money(1, "USD")
    for act in (
        lambda: euro + dollar,
        lambda: euro - dollar,
        lambda: euro < dollar,
        lambda: euro <= dollar,
        lambda: money_sum([euro, dollar], "EUR"),
    ):
        with pytest.raises(CurrencyMismatchError, match="EUR and USD"):
            act()
    assert euro != dollar


def test_money_and_a_bare_number_never_mix():
    with pytest.raises(TypeError):
        Money(1, "EUR") + 1
    with pytest.raises(TypeError):
        Money(1, "EUR") * 2  # type: ignore[operator]


def test_sum_of_nothing_is_nothing_of_that_currency():
    assert money_sum([], "JPY") == Money(0, "JPY")
    assert not Money(0, "JPY")


@given(AMOUNTS.map(lambda n: n // 4), AMOUNTS.map(lambda n: n // 4), CURRENCIES)
def test_sum_and_difference_undo_each_other(a, b, currency):
    one, other = Money(a, currency), Money(b, currency)
    assert one + other - other == one
    assert one - other == -(other - one)
    assert (one < other) == (a < b)
    assert (one <= other) == (a <= b)


# ---------------------------------------------------------------- text of programs


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("0", 0),
        ("-0", 0),
        ("1", 1_000_000),
        ("+1.5", 1_500_000),
        ("-12.345678", -12_345_678),
        ("0.000001", 1),
        ("0.0000010000", 1),
        ("007.10", 7_100_000),
        ("9007199254740993.000001", 9_007_199_254_740_993_000_001),
    ],
)
def test_decimal_text_is_read_exactly(text, micros):
    assert micros_parse(text) == micros
    assert Money.parse(text, "EUR") == Money(micros, "EUR")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1,5",
        "1.",
        ".5",
        "1e3",
        "1 000",
        "--1",
        "0x1",
        "NaN",
        "inf",
        "1.5 ",
        "\u0661",
        "1\n",
    ],
)
def test_text_that_is_no_plain_decimal_is_refused(text):
    with pytest.raises(MoneyError, match="not a decimal number"):
        micros_parse(text)


def test_digits_beyond_a_micro_unit_are_refused_not_rounded():
    with pytest.raises(MoneyError, match="finer than a micro-unit"):
        micros_parse("0.0000001")


@pytest.mark.parametrize("wrong", [1.5, 1, Decimal("1.5"), None])
def test_only_text_is_parsed(wrong):
    with pytest.raises(TypeError, match="read from text"):
        micros_parse(wrong)


@given(AMOUNTS, st.integers(0, 6))
def test_what_is_written_is_read_back(micros, places):
    text = decimal_text(micros, places=places)
    assert micros_parse(text) == micros
    assert Fraction(text) == Fraction(micros, MICROS)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1_250_000, "EUR"), "1.25 EUR"),
        (Money(-1, "EUR"), "-0.000001 EUR"),
        (Money(5_000_000, "JPY"), "5 JPY"),
        (Money(5_000_000, "KWD"), "5.000 KWD"),
    ],
)
def test_money_as_text_has_every_digit(money, text):
    assert str(money) == text


# ---------------------------------------------------------------- division and coins


@pytest.mark.parametrize(
    ("n", "d", "result"),
    [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (5, -2, -2), (1, 3, 0), (2, 3, 1), (0, 7, 0)],
)
def test_ties_go_to_the_even_neighbour(n, d, result):
    assert divide_half_even(n, d) == result


@given(st.integers(), st.integers().filter(bool))
def test_division_agrees_with_exact_fractions(n, d):
    assert divide_half_even(n, d) == round(Fraction(n, d))
    assert divide_half_even(-n, d) == -divide_half_even(n, d)


def test_division_by_nothing_is_refused():
    with pytest.raises(ZeroDivisionError):
        divide_half_even(1, 0)


@pytest.mark.parametrize(
    ("money", "coins", "rest"),
    [
        (Money(12_349_999, "EUR"), 1234, 9_999),
        (Money(-12_349_999, "EUR"), -1234, -9_999),
        (Money(12_349_999, "JPY"), 12, 349_999),
        (Money(12_349_999, "BHD"), 12349, 999),
        (Money(9_999, "EUR"), 0, 9_999),
    ],
)
def test_whole_coins_are_taken_towards_zero_and_the_rest_stays(money, coins, rest):
    assert minor_floor(money) == (coins, Money(rest, money.currency))


@given(MONEY)
def test_coins_and_rest_are_the_amount(money):
    coins, rest = minor_floor(money)
    coin = 10 ** (6 - minor_places(money.currency))
    assert coins * coin + rest.micros == money.micros
    assert abs(rest.micros) < coin


# ---------------------------------------------------------------- text of people


@pytest.mark.parametrize(
    ("money", "locale", "text"),
    [
        (Money(1_234_500_000, "EUR"), "en-gb", "EUR\u00a01,234.50"),
        (Money(1_234_500_000, "EUR"), "de", "1.234,50\u00a0EUR"),
        (Money(1_234_500_000, "EUR"), "fr-CA", "1\u202f234,50\u00a0EUR"),
        (Money(1_234_500_000, "EUR"), "es", "1234,50\u00a0EUR"),
        (Money(12_345_000_000, "EUR"), "es", "12.345,00\u00a0EUR"),
        (Money(1_234_500_000, "CHF"), "de_CH", "CHF\u00a01\u2019234.50"),
        (Money(1_234_500_000, "JPY"), "ja", "JPY\u00a01,234"),
        (Money(-1_234_500_000, "KWD"), "en", "KWD\u00a0\u22121,234.500"),
        (Money(1_000_000, "EUR"), "tlh", "EUR\u00a01.00"),
        (Money(0, "EUR"), "en", "EUR\u00a00.00"),
    ],
)
def test_people_read_money_in_their_own_way(money, locale, text):
    assert money_format(money, locale=locale) == text


@pytest.mark.parametrize(
    ("micros", "text"),
    [(5_000, "0.00"), (15_000, "0.02"), (4_999, "0.00"), (5_001, "0.01"), (-5_000, "0.00")],
)
def test_cents_are_rounded_half_to_even_and_there_is_no_minus_zero(micros, text):
    assert amount_format(Money(micros, "EUR")) == text


def test_exact_form_shows_every_digit():
    assert amount_format(Money(-1_234_000_001, "EUR"), is_exact=True) == "\u22121,234.000001"
    assert amount_format(Money(1_000_000, "EUR"), is_exact=True) == "1.00"


@given(MONEY, st.sampled_from(sorted(STYLES)))
def test_exact_form_loses_nothing_in_any_language(money, locale):
    style = STYLES[locale]
    text = amount_format(money, locale=locale, is_exact=True)
    plain = text.replace(style.group, "").replace(style.decimal, ".").replace("\u2212", "-")
    assert micros_parse(plain) == money.micros


# ---------------------------------------------------------------- the table


def test_every_code_stands_once_and_has_three_capitals():
    counts = Counter(MINOR_PLACES.values())
    assert (counts[0], counts[3], counts[4]) == (17, 7, 2)  # as ISO 4217 lists them
    assert (
        sum(counts.values()) == len(MINOR_PLACES) == sum(map(len, map(str.split, _PLACES.values())))
    )
    assert all(len(code) == 3 and code.isupper() and code.isascii() for code in MINOR_PLACES)


@pytest.mark.parametrize(
    ("currency", "places"), [("EUR", 2), ("USD", 2), ("JPY", 0), ("ISK", 0), ("TND", 3), ("CLF", 4)]
)
def test_exponents_are_those_of_the_standard(currency, places):
    assert minor_places(currency) == places

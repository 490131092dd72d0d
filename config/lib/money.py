"""Money: a signed whole number of micro-units and a currency. Never a float, never mixed.

A micro-unit is a millionth of the currency's main unit: 1.25 EUR is 1,250,000. Stores pay by
hundredths of a cent, so cents would lose what this keeps. Every function here is exact; the two
that must round say how, and ``Money`` refuses floats instead of repairing them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.lib.currencies import MINOR_PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable

MICROS = 1_000_000
MICRO_PLACES = 6
# What the database's numeric(38, 0) holds.
MICROS_MAX = 10**38 - 1

NARROW_SPACE, NO_BREAK_SPACE, MINUS = "\u202f", "\u00a0", "\u2212"
_DECIMAL = re.compile(r"([+-]?)(\d{1,32})(?:\.(\d+))?", re.ASCII)


class MoneyError(ValueError):
    """What was given is not an amount of money; the message says why."""


class CurrencyMismatchError(MoneyError):
    """Two currencies met in one sum; convert first (``rights.domain.exchange``)."""


@dataclass(frozen=True)
class Money:
    """An amount. Sums and differences stay within one currency; there is no multiplication.

    Raises
    ------
    TypeError
        If ``micros`` is not an int; a float or a bool is never taken for one.
    MoneyError
        If the currency is not in ISO 4217, or the amount is beyond what the ledger stores.
    """

    micros: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is no amount."""
        whole(self.micros)
        minor_places(self.currency)
        if abs(self.micros) > MICROS_MAX:
            msg = f"{self.micros} micro-units are more than the ledger can hold"
            raise MoneyError(msg)

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read decimal text such as ``-12.345678`` exactly (see ``micros_parse``)."""
        return cls(micros_parse(text), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.micros + self._same(other).micros, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.micros - self._same(other).micros, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.micros, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.micros < self._same(other).micros

    def __le__(self, other: Money) -> bool:
        return self.micros <= self._same(other).micros

    def __bool__(self) -> bool:
        return self.micros != 0

    def __str__(self) -> str:
        return f"{decimal_text(self.micros, places=minor_places(self.currency))} {self.currency}"

    def _same(self, other: object) -> Money:
        if not isinstance(other, Money):
            msg = f"money and {type(other).__name__} cannot be compared or summed"
            raise TypeError(msg)
        if other.currency != self.currency:
            msg = f"{self.currency} and {other.currency} cannot be compared or summed"
            raise CurrencyMismatchError(msg)
        return other


def money_sum(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum of amounts that are all in ``currency``; zero of it when there are none."""
    return sum(amounts, Money(0, currency))


def whole(value: int) -> int:
    """Return ``value`` if it is an int and nothing that merely behaves like one.

    Raises
    ------
    TypeError
        For a float, a bool, a Decimal, a string: none of them is money.
    """
    if type(value) is not int:
        msg = f"money and shares are whole numbers, not {type(value).__name__}: {value!r}"
        raise TypeError(msg)
    return value


def minor_places(currency: str) -> int:
    """Return how many decimal places the smallest coin of ``currency`` has: EUR 2, JPY 0.

    Raises
    ------
    MoneyError
        If ISO 4217 has no such currency, or writes it otherwise (``eur``).
    """
    try:
        return MINOR_PLACES[currency]
    except (KeyError, TypeError):
        msg = f"{currency!r} is not a currency code of ISO 4217"
        raise MoneyError(msg) from None


def micros_parse(text: str) -> int:
    """Read decimal text exactly: an optional sign, digits, a point, digits. Nothing else.

    No exponent, no grouping, no comma: text of people and stores is normalised where its format
    is known. Zeros beyond the sixth place are read; other digits there are refused, not rounded.

    Raises
    ------
    TypeError
        If ``text`` is not a string; a float has lost its digits before it comes here.
    MoneyError
        If it is no such number, or finer than a micro-unit.
    """
    if type(text) is not str:  # whatever the annotation says, a float may come
        msg = f"money is read from text, not from {type(text).__name__}: {text!r}"
        raise TypeError(msg)
    found = _DECIMAL.fullmatch(text)
    if found is None:
        msg = f"{text[:40]!r} is not a decimal number"
        raise MoneyError(msg)
    sign, units, fraction = found.group(1), found.group(2), found.group(3) or ""
    if fraction[MICRO_PLACES:].strip("0"):
        msg = f"{text[:40]!r} is finer than a micro-unit ({MICRO_PLACES} decimal places)"
        raise MoneyError(msg)
    micros = int(units) * MICROS + int(fraction[:MICRO_PLACES].ljust(MICRO_PLACES, "0"))
    return -micros if sign == "-" else micros


def decimal_text(micros: int, *, places: int = 0) -> str:
    """Write micro-units as plain decimal text with a point: for files, hashes and programs.

    All digits that are not zero are written, and zeros up to ``places``. ``micros_parse`` reads it
    back to the same number.
    """
    units, rest = divmod(abs(whole(micros)), MICROS)
    fraction = f"{rest:0{MICRO_PLACES}}".rstrip("0").ljust(places, "0")
    return f"{'-' if micros < 0 else ''}{units}{'.' if fraction else ''}{fraction}"


def divide_half_even(numerator: int, denominator: int) -> int:
    """Divide, and round a tie to the even neighbour, as accountants and IEEE do.

    Raises
    ------
    ZeroDivisionError
        If there is nothing to divide by.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient, rest = divmod(whole(numerator), whole(denominator))
    is_up = 2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1)
    return quotient + is_up


def minor_floor(amount: Money) -> tuple[int, Money]:
    """Split an amount into whole coins, rounded towards zero, and what is left of it.

    Returns the number of minor units (cents of EUR, yen of JPY), as payment services want it, and
    the rest, which stays on the account. The two together are the amount.
    """
    coin = 10 ** (MICRO_PLACES - minor_places(amount.currency))
    coins, rest = divmod(abs(amount.micros), coin)
    sign = -1 if amount.micros < 0 else 1
    return sign * coins, Money(sign * rest, amount.currency)


@dataclass(frozen=True)
class NumberStyle:
    """How a language writes numbers (CLDR 46): marks, and the place of the currency's code."""

    decimal: str
    group: str
    code_first: bool = False
    # Spanish, Polish and Portuguese leave numbers of four digits together.
    group_from: int = 4


STYLES: dict[str, NumberStyle] = {
    "en": NumberStyle(".", ",", code_first=True),
    "da": NumberStyle(",", "."),
    "de": NumberStyle(",", "."),
    "es": NumberStyle(",", ".", group_from=5),
    "fi": NumberStyle(",", NO_BREAK_SPACE),
    "fr": NumberStyle(",", NARROW_SPACE),
    "it": NumberStyle(",", "."),
    "ja": NumberStyle(".", ",", code_first=True),
    "ko": NumberStyle(".", ",", code_first=True),
    "nb": NumberStyle(",", NO_BREAK_SPACE),
    "nl": NumberStyle(",", ".", code_first=True),
    "pl": NumberStyle(",", NO_BREAK_SPACE, group_from=5),
    "pt": NumberStyle(",", NO_BREAK_SPACE, group_from=5),
    "pt-br": NumberStyle(",", ".", code_first=True),
    "sv": NumberStyle(",", NO_BREAK_SPACE),
    "zh": NumberStyle(".", ",", code_first=True),
    "de-ch": NumberStyle(".", "\u2019", code_first=True),
}


def number_style(locale: str) -> NumberStyle:
    """Return how ``locale`` (``de-ch``, ``en_GB``) writes numbers; its language's way, or English."""
    tag = locale.lower().replace("_", "-")
    return STYLES.get(tag) or STYLES.get(tag.partition("-")[0]) or STYLES["en"]


def amount_format(amount: Money, *, locale: str = "en-gb", is_exact: bool = False) -> str:
    """Write the number for people, without its currency: ``1,234.50``.

    As many places as the currency's coins have, a tie rounded to even; with ``is_exact`` every
    digit that is not zero. The minus is a real one (U+2212): a hyphen may be lost at a line's end.
    """
    style, places = number_style(locale), minor_places(amount.currency)
    micros = amount.micros
    if not is_exact:
        coin = 10 ** (MICRO_PLACES - places)
        micros = divide_half_even(micros, coin) * coin
    units, _, fraction = decimal_text(abs(micros), places=places).partition(".")
    if len(units) >= style.group_from:
        units = f"{int(units):,}".replace(",", style.group)
    sign = MINUS if micros < 0 else ""
    return f"{sign}{units}{style.decimal if fraction else ''}{fraction}"


def money_format(amount: Money, *, locale: str = "en-gb", is_exact: bool = False) -> str:
    """Write an amount for people, with the currency's code: ``EUR 1,234.50``, ``1.234,50 EUR``.

    The code and not a sign: a statement may hold Australian and Canadian dollars on one page.
    """
    number = amount_format(amount, locale=locale, is_exact=is_exact)
    if number_style(locale).code_first:
        return f"{amount.currency}{NO_BREAK_SPACE}{number}"
    return f"{number}{NO_BREAK_SPACE}{amount.currency}"

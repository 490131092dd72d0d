"""Converting currencies: exact rates with a source and a day, applied once.

A rate is a fraction of whole numbers, read from the decimal text that its source prints. An amount
is converted once, from the currency of the transaction to that of the payee, and rounded once, half
to even; what comes out remembers what went in, and cannot be converted again. Where a source quotes
both currencies against a third, as the European Central Bank does against the euro, the cross rate
of one day is one exact fraction, not two conversions. Rates of different days or sources never meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

from config.lib.money import Money, MoneyError, divide_half_even, minor_places, whole

if TYPE_CHECKING:
    from datetime import date

_RATE = re.compile(r"(\d{1,12})(?:\.(\d{1,20}))?", re.ASCII)
# Sources print no rates at weekends and on holidays; Easter takes four days, Golden Week seven.
OLDEST_DAYS = 7


class RateError(ValueError):
    """The rate is none, or does not fit the amount; the message says why."""


class RateMissingError(RateError):
    """No rate of that day or of the days just before it; import the table of the source."""


@dataclass(frozen=True)
class Rate:
    """How many ``quote`` one ``base`` is worth, as a fraction, by ``source`` on the day ``on``.

    Raises
    ------
    RateError
        If the fraction is not positive, the source has no name, or the two currencies are one.
    """

    base: str
    quote: str
    numerator: int
    denominator: int
    source: str
    on: date

    def __post_init__(self) -> None:
        """Reduce the fraction, so that equal rates are equal, and refuse what is no rate."""
        minor_places(self.base)
        minor_places(self.quote)
        if self.base == self.quote:
            msg = f"{self.base} needs no rate against itself"
            raise RateError(msg)
        if whole(self.numerator) <= 0 or whole(self.denominator) <= 0:
            msg = f"a rate is positive, not {self.numerator}/{self.denominator}"
            raise RateError(msg)
        if not self.source:
            msg = "a rate without a source cannot be checked"
            raise RateError(msg)
        common = gcd(self.numerator, self.denominator)
        object.__setattr__(self, "numerator", self.numerator // common)
        object.__setattr__(self, "denominator", self.denominator // common)

    @property
    def inverse(self) -> Rate:
        """Return the rate the other way round, exactly."""
        return Rate(self.quote, self.base, self.denominator, self.numerator, self.source, self.on)

    def text(self, places: int = 10) -> str:
        """Write the rate for people: decimal, ``places`` places, rounded half to even."""
        scaled = divide_half_even(self.numerator * 10**places, self.denominator)
        units, rest = divmod(scaled, 10**places)
        return f"{units}.{rest:0{places}}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Conversion:
    """An amount in another currency, with what it was and how it became so.

    Not ``Money``: ``convert`` does not take it, so that nothing is converted twice.
    """

    original: Money
    converted: Money
    rate: Rate | None

    @property
    def error_text(self) -> str:
        """Return what rounding changed, as an exact fraction of a micro-unit: ``-1/3``."""
        if self.rate is None:
            return "0"
        exact = self.original.micros * self.rate.numerator
        over = self.converted.micros * self.rate.denominator - exact
        common = gcd(over, self.rate.denominator)
        return f"{over // common}/{self.rate.denominator // common}" if over else "0"


@dataclass(frozen=True)
class RateTable:
    """What one source printed on one day: how many of each currency one ``base`` is worth."""

    source: str
    on: date
    base: str
    quotes: Mapping[str, Rate]

    @classmethod
    def parse(cls, *, source: str, on: date, base: str, texts: Mapping[str, str]) -> RateTable:
        """Read the decimal text of each quote exactly.

        Raises
        ------
        RateError
            If a text is no plain positive decimal number.
        """
        quotes = {
            quote: rate_parse(text, base=base, quote=quote, source=source, on=on)
            for quote, text in texts.items()
        }
        return cls(source, on, base, quotes)

    def rate(self, base: str, quote: str) -> Rate:
        """Return the printed rate, its inverse, or the exact cross rate through the table's base.

        Raises
        ------
        RateMissingError
            If the table lacks one of the two currencies.
        """
        lacking = [each for each in (base, quote) if each != self.base and each not in self.quotes]
        if lacking:
            msg = f"{self.source} of {self.on} has no rate for {', '.join(lacking)}"
            raise RateMissingError(msg)
        if base == self.base:
            return self.quotes[quote]
        if quote == self.base:
            return self.quotes[base].inverse
        over, under = self.quotes[quote], self.quotes[base]
        return Rate(
            base,
            quote,
            over.numerator * under.denominator,
            over.denominator * under.numerator,
            self.source,
            self.on,
        )


def rate_parse(text: str, *, base: str, quote: str, source: str, on: date) -> Rate:
    """Read the decimal text of a rate exactly: ``1.0842`` is 5421/5000.

    Raises
    ------
    RateError
        If it is no plain positive decimal number.
    """
    found = _RATE.fullmatch(text)
    if found is None:
        msg = f"{text[:40]!r} is not a rate"
        raise RateError(msg)
    fraction = found[2] or ""
    return Rate(base, quote, int(found[1] + fraction), 10 ** len(fraction), source, on)


def convert(amount: Money, to: str, rate: Rate | None) -> Conversion:
    """Convert ``amount`` into the currency ``to``, rounding once, half to even.

    ``rate`` is None exactly when the currency is already that one.

    Raises
    ------
    RateError
        If the rate is missing, not needed, or between other currencies.
    TypeError
        If ``amount`` was converted before: go back to the original.
    """
    if type(amount) is not Money:
        msg = f"only an amount as it was earned is converted, not {type(amount).__name__}"
        raise TypeError(msg)
    minor_places(to)
    if rate is None:
        if amount.currency != to:
            msg = f"there is no rate from {amount.currency} to {to}"
            raise RateError(msg)
        return Conversion(amount, amount, None)
    if (rate.base, rate.quote) != (amount.currency, to):
        msg = f"a rate from {rate.base} to {rate.quote} does not turn {amount.currency} into {to}"
        raise RateError(msg)
    micros = divide_half_even(amount.micros * rate.numerator, rate.denominator)
    try:
        return Conversion(amount, Money(micros, to), rate)
    except MoneyError as error:
        raise RateError(str(error)) from error


def table_of(tables: Iterable[RateTable], *, source: str, on: date) -> RateTable:
    """Return the newest table of ``source`` on the day ``on`` or at most a week before.

    Raises
    ------
    RateMissingError
        If there is none; yesterday's rates of another source are not taken instead.
    """
    fitting = [t for t in tables if t.source == source and 0 <= (on - t.on).days <= OLDEST_DAYS]
    if not fitting:
        msg = f"{source} has no rates for {on} nor for the {OLDEST_DAYS} days before it"
        raise RateMissingError(msg)
    return max(fitting, key=lambda table: table.on)

"""How the payment provider counts money: whole coins of a currency, some of them by tens or hundreds.

Stripe's rules (https://docs.stripe.com/currencies, read 2026), which are not always ISO 4217's: some
currencies without a coin are still counted in hundredths, and some coins are not paid out singly.
"""

from __future__ import annotations

from config.lib.money import MICRO_PLACES, MoneyError, minor_places, whole

# Counted in their main unit.
WITHOUT_COIN = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
# Counted in thousandths, and only by tens of them.
BY_TENS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
# Counted in hundredths, but paid out in whole units only.
BY_HUNDREDS = frozenset({"HUF", "ISK", "TWD", "UGX"})


def places(currency: str) -> int:
    """Return the decimal places of the unit in which the provider counts ``currency``.

    Raises
    ------
    MoneyError
        If ISO 4217 has no such currency.
    """
    minor_places(currency)
    if currency in WITHOUT_COIN:
        return 0
    return 3 if currency in BY_TENS else 2


def step_micros(currency: str) -> int:
    """Return the smallest amount that can be paid out in ``currency``, in micro-units."""
    unit = int(10 ** (MICRO_PLACES - places(currency)))
    if currency in BY_TENS:
        return 10 * unit
    return 100 * unit if currency in BY_HUNDREDS else unit


def units_of(micros: int, currency: str) -> int:
    """Return an amount as the provider counts it.

    Raises
    ------
    MoneyError
        If it cannot be paid out just so; nothing is rounded here.
    """
    if whole(micros) % step_micros(currency):
        msg = f"{micros} micro-units of {currency} cannot be paid out exactly"
        raise MoneyError(msg)
    return micros // int(10 ** (MICRO_PLACES - places(currency)))


def micros_of(units: int, currency: str) -> int:
    """Return what the provider counted in micro-units."""
    return whole(units) * int(10 ** (MICRO_PLACES - places(currency)))

"""Money on pages, to the last digit that counts.

``money`` and ``number`` are plain text; ``exact`` and ``column`` set what is finer than a coin
smaller, for figures that people look at.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import get_language

from config.lib.money import (
    MICRO_PLACES,
    NO_BREAK_SPACE,
    amount_format,
    minor_places,
    money_format,
    number_style,
)
from rights.domain.shares import percent_text
from rights.selectors.money_words import month_words, territory_words, use_words

if TYPE_CHECKING:
    from config.lib.money import Money

register = template.Library()


@register.filter
def money(amount: Money | None) -> str:
    """Write an amount with its currency, exactly; nothing for None."""
    if amount is None:
        return ""
    return money_format(amount, locale=get_language() or "en", is_exact=True)


@register.filter
def number(amount: Money | None) -> str:
    """Write an amount without its currency, exactly; nothing for None."""
    if amount is None:
        return ""
    return amount_format(amount, locale=get_language() or "en", is_exact=True)


@register.filter
def exact(amount: Money | None) -> str:
    """Write an amount with its currency, what is finer than a coin in a finer hand."""
    if amount is None:
        return ""
    number = _parts(amount, is_padded=False)
    if number_style(get_language() or "en").code_first:
        return format_html("{}{}{}", amount.currency, NO_BREAK_SPACE, number)
    return format_html("{}{}{}", number, NO_BREAK_SPACE, amount.currency)


@register.filter
def column(amount: Money | None) -> str:
    """Write an amount for a column: without currency, all six places, so that points stand below points."""
    return "" if amount is None else _parts(amount, is_padded=True)


def _parts(amount: Money, *, is_padded: bool) -> str:
    language = get_language() or "en"
    coins = minor_places(amount.currency)
    text = amount_format(amount, locale=language, is_exact=True)
    units, mark, fraction = text.partition(number_style(language).decimal)
    fine = fraction[coins:].ljust((MICRO_PLACES - coins) * is_padded, "0")
    if not fine:
        return text
    if not coins:  # a yen has no point; what is finer brings it along
        point = number_style(language).decimal
        return format_html('{}<span class="fine">{}{}</span>', units, point, fine)
    return format_html('{}{}{}<span class="fine">{}</span>', units, mark, fraction[:coins], fine)


@register.filter
def coins(amount: Money | None) -> str:
    """Write a round amount for the axis of a chart: no currency, no zeros behind the point."""
    text = number(amount)
    units, _, fraction = text.partition(number_style(get_language() or "en").decimal)
    return text if fraction.strip("0") else units


@register.filter
def month_name(period: str) -> str:
    """Write a month such as ``2026-10`` as people do."""
    return month_words(period)


@register.filter
def uses(count: Decimal | None) -> str:
    """Write how often something was used; stores count parts of uses too."""
    if count is None:
        return ""
    return number_format(Decimal(f"{count.normalize():f}"), force_grouping=True)


@register.filter
def percent(share_ppm: int) -> str:
    """Write ppm as a percentage, exactly."""
    return f"{percent_text(share_ppm)} %"


@register.filter
def use_name(code: str) -> str:
    """Write a kind of use, or a commercial model, in words."""
    return str(use_words(code))


@register.filter
def territory_name(code: str) -> str:
    """Write a country in words."""
    return str(territory_words(code))

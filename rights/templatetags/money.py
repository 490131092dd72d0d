"""Money on pages: ``{{ amount|money }}``, ``{{ amount|number }}``, to the last digit that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import get_language

from config.lib.money import amount_format, money_format

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

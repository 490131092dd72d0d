"""Amounts on the pages of staff: with their currency, to the micro-unit, never as bare micro-units."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib import admin

from config.lib.money import Money, money_format
from rights.domain.shares import percent_text

if TYPE_CHECKING:
    from django.db.models import Model
    from django.utils.functional import _StrOrPromise

Page = TypeVar("Page", bound=type[Any])


def amount_column(
    name: str, words: _StrOrPromise, currency: str = "currency"
) -> Callable[[Model], str]:
    """Return a column that writes an amount of a row; ``currency`` is the way to its currency."""
    amount, code = attrgetter(name), attrgetter(currency)

    @admin.display(description=words, ordering=name)
    def said(row: Model) -> str:
        micros = amount(row)
        if micros is None:
            return "—"
        return money_format(Money(micros, code(row)), is_exact=True)

    return said


def amounts_said(
    model: type[Model],
    *names: str,
    currency: str = "currency",
    words: _StrOrPromise = "",
) -> Callable[[Page], Page]:
    """Give a page a column ``<name>_said`` for each of these amounts.

    They are called as the model calls them, or by ``words``.
    """

    def add(page: Page) -> Page:
        for name in names:
            column = amount_column(name, words or _called(model, name), currency)
            setattr(page, f"{name}_said", staticmethod(column))
        return page

    return add


def rates_said(model: type[Model], *names: str) -> Callable[[Page], Page]:
    """Give a page a column ``<name>_said`` in per cent for each of these parts per million."""

    def column(name: str) -> Callable[[Model], str]:
        rate = attrgetter(name)

        @admin.display(description=_called(model, name), ordering=name)
        def said(row: Model) -> str:
            return f"{percent_text(rate(row))} %"

        return said

    def add(page: Page) -> Page:
        for name in names:
            setattr(page, f"{name}_said", staticmethod(column(name)))
        return page

    return add


def _called(model: type[Model], name: str) -> _StrOrPromise:
    words: _StrOrPromise = cast("Any", model)._meta.get_field(name).verbose_name  # noqa: SLF001
    return words

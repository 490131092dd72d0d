"""Rows of the job centre, drawn once for as long as they say the same."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.template import Context

    from accounts.selectors.job_rows import JobRow

register = template.Library()

ROWS_KEPT = 4096
# Stands in a kept row where the token of the page goes. A token is letters and digits.
TOKEN_PLACE = "{token-of-the-page}"  # noqa: S105


@register.simple_tag(takes_context=True)
def job_row(context: Context, row: JobRow) -> SafeString:
    """Return the row as HTML.

    Fifty rows are two thirds of what the page costs, and from one poll to the next most of them
    say the same. A row is a frozen dataclass, so it is its own key; only the form token differs
    from page to page.
    """
    kept = _drawn(row, get_language())
    token = str(context.get("csrf_token", ""))
    return mark_safe(kept.replace(TOKEN_PLACE, token))  # noqa: S308 - both parts are escaped


@lru_cache(maxsize=ROWS_KEPT)
def _drawn(row: JobRow, language: str | None) -> str:
    context: dict[str, Any] = {"row": row, "csrf_token": TOKEN_PLACE}
    return render_to_string("accounts/_job_row.html", context)

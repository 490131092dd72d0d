"""Parts of a page that say the same to everybody, drawn once per language."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def kept(name: str) -> SafeString:
    """Return the template ``name``, drawn with nothing but the language.

    The player, the foot of the page and the names of our scripts are a quarter of what a page
    costs to draw. A process keeps them until it ends, as it keeps its templates; while one works
    on them (``DEBUG``) they are drawn each time.
    """
    language = get_language() or ""
    return _fresh(language, name) if settings.DEBUG else _drawn(language, name)


def _fresh(language: str, name: str) -> SafeString:
    return render_to_string(name)


_drawn = lru_cache(maxsize=64)(_fresh)

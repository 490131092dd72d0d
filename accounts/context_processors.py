"""What the page frame needs on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

THEMES = ("light", "dark")


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Return the theme from its cookie ("" follows the system) and the current membership."""
    theme = request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in THEMES else "",
        "membership": getattr(request, "membership", None),
    }

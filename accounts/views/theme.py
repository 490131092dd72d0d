"""Light, dark, or as the system says: a cookie, so that the page never flashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts.http import next_url

if TYPE_CHECKING:
    from django.http import HttpRequest

COOKIE = "theme"
THEMES = ("light", "dark")
YEAR_S = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """Return "light", "dark", or "" when the page follows the system."""
    theme = request.COOKIES.get(COOKIE, "")
    return theme if theme in THEMES else ""


@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    """Remember the chosen theme and go back; anything but light and dark follows the system."""
    response = HttpResponseRedirect(next_url(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(
            COOKIE, theme, max_age=YEAR_S, secure=secure, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response

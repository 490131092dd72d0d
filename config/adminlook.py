"""The setting ``UNFOLD``: the staff admin in the product's colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest

# Petrol ink and paper of static/css/tokens.css, as the steps from light to dark that unfold wants.
PETROL_HUE, PAPER_HUE = 208, 214
PRIMARY = {
    50: "97% 0.012", 100: "94% 0.022", 200: "88% 0.038", 300: "78% 0.055", 400: "66% 0.068",
    500: "52% 0.072", 600: "40% 0.068", 700: "33% 0.062", 800: "28% 0.052", 900: "24% 0.042",
    950: "18% 0.032",
}  # fmt: skip
BASE = {
    50: "98.5% 0.003", 100: "97% 0.005", 200: "90% 0.011", 300: "84% 0.014", 400: "68% 0.022",
    500: "54% 0.026", 600: "45% 0.026", 700: "34% 0.022", 800: "26% 0.02", 900: "21% 0.018",
    950: "16% 0.015",
}  # fmt: skip


def logo(request: HttpRequest) -> str:
    """Return the address of the mark."""
    return static("icons/tenfold.svg")


def style(request: HttpRequest) -> str:
    """Return the address of what we mend in unfold's own style."""
    return static("admin.css")


def unfold_look() -> dict[str, Any]:
    """Return the admin's look; the sidebar is made per person by :mod:`config.admin`."""
    return {
        "SITE_TITLE": _("Tenfold staff"),
        "SITE_HEADER": _("Tenfold staff"),
        "SITE_SUBHEADER": _("Every act here is recorded"),
        "SITE_URL": "/",
        "SITE_ICON": logo,
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": logo}],
        "STYLES": [style],
        "SHOW_HISTORY": False,  # Django's own log knows only what the admin did; the trail knows all
        "SHOW_VIEW_ON_SITE": False,
        "BORDER_RADIUS": "6px",
        "COLORS": {
            "primary": _steps(PRIMARY, PETROL_HUE),
            "base": _steps(BASE, PAPER_HUE),
        },
        "ACCOUNT": {
            "navigation": [
                {"title": _("Sign-in & security"), "link": reverse_lazy("accounts:security")},
            ],
        },
        "SIDEBAR": {
            "show_search": True,
            "show_all_applications": False,
            "navigation": "config.admin.sidebar",
        },
    }


def _steps(scale: dict[int, str], hue: int) -> dict[str, str]:
    return {str(step): f"oklch({value} {hue})" for step, value in scale.items()}

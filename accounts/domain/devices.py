"""Name a device from what its browser says about itself, well enough to recognise one's own."""

from __future__ import annotations

import ipaddress

# The first match wins: a browser names those it descends from, so descendants come first.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python-", "Python"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_names(user_agent: str) -> tuple[str, str]:
    """Return browser and system as people call them; "" for what is not recognised."""
    return _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)


def is_local_network(address: str) -> bool:
    """Say whether an IP address belongs to a home, an office or this very machine."""
    try:
        return not ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")

"""Links to Apple Music as people paste them."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from rights.catalogue.types import LinkTarget

# geo.* forwards to the visitor's own country; itunes.apple.com is the same catalogue, and older.
HOSTS = re.compile(r"(?:geo\.|beta\.|embed\.)?(?:music|itunes)\.apple\.com", re.IGNORECASE)
COUNTRY = re.compile(r"[a-z]{2}", re.IGNORECASE)
NUMBER = re.compile(r"(?:id)?([0-9]{1,20})")
LONGEST = 2000
KINDS = frozenset({"song", "album"})


def parse_link(text: str) -> LinkTarget | None:
    """Return what a pasted link points at, or None when it is no link to a song or an album.

    Read are ``music.apple.com/gb/album/name/123?i=456`` (a song on its album's page),
    ``…/song/name/456``, ``…/album/name/123``, with or without country, name, ``https://`` and the
    ``id`` that older links have before the number; also ``geo.music.apple.com`` and
    ``itunes.apple.com``. A share text around the link is no link.
    """
    address = text.strip().strip("<>")
    if not address or len(address) > LONGEST or any(c.isspace() for c in address):
        return None
    if "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in {"http", "https", "itms", "itmss", "music"}:
        return None
    if not HOSTS.fullmatch(host):
        return None
    steps = [step for step in parts.path.split("/") if step]
    storefront = steps.pop(0).lower() if steps and COUNTRY.fullmatch(steps[0]) else ""
    return _target(steps, storefront, parse_qs(parts.query).get("i", [""])[-1])


def _target(steps: list[str], storefront: str, song: str) -> LinkTarget | None:
    if len(steps) not in {2, 3} or steps[0].lower() not in KINDS:
        return None
    number = _number(steps[-1])
    if not number:
        return None
    if steps[0].lower() == "song":
        return LinkTarget("song", number, storefront)
    on_page = _number(song)
    if on_page:
        return LinkTarget("song", on_page, storefront, number)
    return LinkTarget("album", number, storefront)


def _number(text: str) -> str:
    found = NUMBER.fullmatch(text) if text.isascii() else None
    return found.group(1) if found else ""

"""Apple's resources, read into our types. Whatever is missing or of another kind counts as not said."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from rights.catalogue.links import parse_link
from rights.catalogue.types import Album, Song, Storefront

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
COLOUR = re.compile(r"[0-9a-fA-F]{6}")
ADDRESS = re.compile(r"https?://[^\s]{1,990}")
LONGEST_TEXT = 500
MOST_GENRES = 10


def read_song(resource: Any) -> Song | None:
    """Return a song, or None when this is none: without an id nothing can be asked again."""
    number, attributes = _identity(resource)
    if not number:
        return None
    release = _release(resource)
    url = _address(attributes, "url")
    artwork = _mapping(attributes, "artwork")
    released = _released(attributes)
    return Song(
        id=number,
        isrc=_text(attributes, "isrc").upper(),
        title=_text(attributes, "name"),
        artist=_text(attributes, "artistName"),
        album=_text(attributes, "albumName"),
        album_id=_album_id(resource, url),
        duration_ms=_number(attributes, "durationInMillis"),
        release_date=_day(released),
        release_text=released,
        artwork_url=_address(artwork, "url"),
        artwork_colour=_colour(artwork),
        preview_url=_preview(attributes),
        url=url,
        playable=bool(_mapping(attributes, "playParams")),
        explicit=attributes.get("contentRating") == "explicit",
        track_number=_number(attributes, "trackNumber"),
        genres=_genres(attributes),
        composer=_text(attributes, "composerName"),
        release=release,
    )


def read_album(resource: Any) -> Album | None:
    """Return an album, or None when this is none."""
    number, attributes = _identity(resource)
    if not number:
        return None
    released = _released(attributes)
    return Album(
        id=number,
        title=_text(attributes, "name"),
        artist=_text(attributes, "artistName"),
        label=_text(attributes, "recordLabel"),
        p_line=_text(attributes, "copyright"),
        upc=_text(attributes, "upc"),
        release_date=_day(released),
        release_text=released,
        is_compilation=attributes.get("isCompilation") is True,
        is_single=attributes.get("isSingle") is True,
        track_count=_number(attributes, "trackCount"),
        url=_address(attributes, "url"),
    )


def read_storefront(resource: Any) -> Storefront | None:
    """Return a storefront, or None when this is none."""
    number, attributes = _identity(resource)
    if not number:
        return None
    name, language = _text(attributes, "name"), _text(attributes, "defaultLanguageTag")
    return Storefront(number, name, language)


def read_data(document: Mapping[str, Any]) -> list[Any]:
    """Return the resources of a document."""
    data = document.get("data")
    return data if isinstance(data, list) else []


def _identity(resource: Any) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(resource, dict):
        return "", {}
    number = resource.get("id")
    return (number if isinstance(number, str) else ""), _mapping(resource, "attributes")


def _release(resource: Mapping[str, Any]) -> Album | None:
    """Return the album that came along; one that is only named has no attributes."""
    for one in _albums(resource):
        if isinstance(one, dict) and _mapping(one, "attributes"):
            return read_album(one)
    return None


def _albums(resource: Mapping[str, Any]) -> list[Any]:
    return read_data(_mapping(_mapping(resource, "relationships"), "albums"))


def _album_id(resource: Mapping[str, Any], url: str) -> str:
    for one in _albums(resource):
        number, _attributes = _identity(one)
        if number:
            return number
    target = parse_link(url)  # .../album/<name>/<album id>?i=<song id>
    return target.album_id if target is not None else ""


def _mapping(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _text(attributes: Mapping[str, Any], name: str) -> str:
    value = attributes.get(name)
    # PostgreSQL stores no NUL.
    return value.replace("\0", "").strip()[:LONGEST_TEXT] if isinstance(value, str) else ""


def _number(attributes: Mapping[str, Any], name: str) -> int | None:
    value = attributes.get(name)
    good = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 31
    return value if good else None


def _address(attributes: Mapping[str, Any], name: str) -> str:
    value = attributes.get(name)
    return value if isinstance(value, str) and ADDRESS.fullmatch(value) else ""


def _preview(attributes: Mapping[str, Any]) -> str:
    previews = attributes.get("previews")
    first = previews[0] if isinstance(previews, list) and previews else {}
    return _address(first, "url") if isinstance(first, dict) else ""


def _colour(artwork: Mapping[str, Any]) -> str:
    value = artwork.get("bgColor")
    return value.lower() if isinstance(value, str) and COLOUR.fullmatch(value) else ""


def _genres(attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the genres without Apple's own root, "Music", under which everything is."""
    names = attributes.get("genreNames")
    if not isinstance(names, list):
        return ()
    return tuple(n for n in names if isinstance(n, str) and n and n != "Music")[:MOST_GENRES]


def _released(attributes: Mapping[str, Any]) -> str:
    value = attributes.get("releaseDate")
    return value if isinstance(value, str) and DAY.fullmatch(value) else ""


def _day(text: str) -> date | None:
    """Return the day, when it is one and known to the day."""
    if len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

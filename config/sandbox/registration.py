"""What may be registered with the stand-ins, checked field by field and completed.

A song::

    {"title": "Harbour Lights", "artist": "Marlow Quay", "isrc": "GBTF92600101",
     "duration_ms": 201000, "release_date": "2024-03-08", "explicit": false,
     "storefronts": ["gb", "us"], "playable_in": ["gb"], "omit": ["previews"],
     "album": {"title": "Low Tide", "label": "Saltline", "copyright": "℗ 2024 Saltline Ltd",
               "upc": "5012345678900", "is_compilation": false}}

Only ``title`` and ``artist`` are needed. Without ``storefronts`` it is everywhere, without
``playable_in`` it plays wherever it is. ``omit`` names attributes that the answers leave out, as
Apple's do now and then. An ``id`` that is not given follows from the content, so that the same
registration twice is one song.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

STOREFRONTS = ("de", "fr", "gb", "jp", "us")
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
DIGITS = re.compile(r"[0-9]{1,20}")
COLOUR = re.compile(r"[0-9a-f]{6}")
LONGEST_TEXT = 500
MOST_SONGS = 5000

# Each field with its kind and what it is when it is not given.
ALBUM: dict[str, tuple[type, Any]] = {
    "id": (str, ""),
    "title": (str, ""),
    "artist": (str, ""),
    "label": (str, ""),
    "copyright": (str, ""),
    "upc": (str, ""),
    "release_date": (str, ""),
    "is_compilation": (bool, False),
    "is_single": (bool, False),
    "omit": (list, ()),
}
SONG: dict[str, tuple[type, Any]] = {
    "id": (str, ""),
    "isrc": (str, ""),
    "title": (str, None),
    "artist": (str, None),
    "composer": (str, ""),
    "duration_ms": (int, 0),
    "release_date": (str, ""),
    "explicit": (bool, False),
    "genres": (list, ("Pop",)),
    "track_number": (int, 1),
    "disc_number": (int, 1),
    "artwork_colour": (str, ""),
    "storefronts": (list, STOREFRONTS),
    "playable_in": (list, STOREFRONTS),
    "omit": (list, ()),
    "album": (dict, {}),
}
PATTERNS = {
    "isrc": ISRC,
    "id": DIGITS,
    "upc": DIGITS,
    "release_date": DATE,
    "artwork_colour": COLOUR,
}


@dataclass(frozen=True, slots=True)
class Registered:
    """Complete songs and the albums that they are on."""

    songs: tuple[dict[str, Any], ...]
    albums: tuple[dict[str, Any], ...]


def registration(content: object) -> Registered:
    """Read ``{"songs": [...]}``.

    Raises
    ------
    ValueError
        That names the song and the field, for whoever registers.
    """
    if not isinstance(content, dict) or set(content) != {"songs"}:
        msg = 'send one JSON object {"songs": [...]}'
        raise ValueError(msg)
    entries = content["songs"]
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_SONGS:
        msg = f"songs is a list of 1 to {MOST_SONGS} songs"
        raise ValueError(msg)
    songs: dict[str, dict[str, Any]] = {}
    albums: dict[str, dict[str, Any]] = {}
    for place, entry in enumerate(entries):
        song, album = _read(entry, f"songs[{place}]")
        if song["id"] in songs and songs[song["id"]] != song:
            msg = f"songs[{place}]: another song of this call has the id {song['id']}"
            raise ValueError(msg)
        songs[song["id"]], albums[album["id"]] = song, album
    return Registered(tuple(songs.values()), tuple(albums.values()))


def _read(entry: object, where: str) -> tuple[dict[str, Any], dict[str, Any]]:
    song = _fields(entry, SONG, where)
    is_single = not song["album"]
    album = _fields(song.pop("album"), ALBUM, f"{where}.album")
    album["title"] = album["title"] or f"{song['title']} - Single"
    album["is_single"] = album["is_single"] or is_single
    album["artist"] = album["artist"] or song["artist"]
    album["release_date"] = album["release_date"] or song["release_date"]
    album["id"] = album["id"] or _number("album", album["title"], album["artist"], album["upc"])
    song |= {"album": album["title"], "album_id": album["id"]}
    song["id"] = song["id"] or _number(
        "song", song["isrc"], song["title"], song["artist"], song["album_id"]
    )
    return song, album


def _fields(entry: object, kinds: dict[str, tuple[type, Any]], where: str) -> dict[str, Any]:
    """Return every field, checked, or as it is when it is not given."""
    if not isinstance(entry, dict):
        msg = f"{where} is an object"
        raise ValueError(msg)  # noqa: TRY004 - one family of errors for the caller
    if unknown := sorted(set(entry) - set(kinds)):
        msg = f"{where}: unknown field {unknown[0]!r}; known: {', '.join(kinds)}"
        raise ValueError(msg)
    complete: dict[str, Any] = {}
    for name, (kind, default) in kinds.items():
        value = entry.get(name, default)
        if name in entry or default is None:
            _check(value, kind, name, f"{where}.{name}")
        complete[name] = list(value) if kind is list else value
    return complete


def _check(value: object, kind: type, name: str, where: str) -> None:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        msg = f"{where} is a {kind.__name__}, not {value!r}"
        raise ValueError(msg)
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        msg = f"{where} is a list of str"
        raise ValueError(msg)
    if isinstance(value, str):
        _check_text(value, name, where)
    if isinstance(value, int) and not 0 <= value < 1 << 31:
        msg = f"{where} is from 0 to 2147483647"
        raise ValueError(msg)
    if name in {"storefronts", "playable_in"} and (unknown := set(_list(value)) - set(STOREFRONTS)):
        msg = f"{where}: no storefront {min(unknown)!r}; known: {', '.join(STOREFRONTS)}"
        raise ValueError(msg)


def _check_text(value: str, name: str, where: str) -> None:
    if len(value) > LONGEST_TEXT or (name in {"title", "artist"} and not value.strip()):
        msg = f"{where} has 1 to {LONGEST_TEXT} characters"
        raise ValueError(msg)
    pattern = PATTERNS.get(name)
    if value and pattern is not None and not pattern.fullmatch(value):
        msg = f"{where} does not look like one: {value!r}"
        raise ValueError(msg)


def _list(value: object) -> list[str]:
    return value if isinstance(value, list) else []


def _number(*parts: str) -> str:
    """Return a number that follows from ``parts``; of 13 digits, so that 20,000 do not collide."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return str(10**12 + int.from_bytes(digest[:8], "big") % 10**12)

"""Songs and albums of the stand-ins as Apple Music sends them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import quote

from config.sandbox.drawings import colour


def song_resource(
    song: dict[str, Any], *, storefront: str, base: str, album: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return a song as a resource object; with ``album`` it carries its album."""
    resource: dict[str, Any] = {
        "id": song["id"],
        "type": "songs",
        "href": f"/v1/catalog/{storefront}/songs/{song['id']}",
        "attributes": _without(song["omit"], _song_attributes(song, storefront, base)),
    }
    if album is not None:
        whole = album_resource(album, storefront=storefront, base=base)
        href = f"{resource['href']}/albums"
        resource["relationships"] = {"albums": {"href": href, "data": [whole]}}
    return resource


def reference(song: dict[str, Any], *, storefront: str) -> dict[str, str]:
    """Return a song as ``meta.filters`` names it: without attributes."""
    href = f"/v1/catalog/{storefront}/songs/{song['id']}"
    return {"id": song["id"], "type": "songs", "href": href}


def album_resource(album: dict[str, Any], *, storefront: str, base: str) -> dict[str, Any]:
    """Return an album as a resource object."""
    attributes = {
        "name": album["title"],
        "artistName": album["artist"],
        "recordLabel": album["label"],
        "copyright": album["copyright"],
        "upc": album["upc"],
        "releaseDate": album["release_date"],
        "isCompilation": album["is_compilation"],
        "isSingle": album["is_single"],
        "isComplete": True,
        "artwork": artwork(album["id"], base=base),
        "url": _album_url(album["title"], album["id"], storefront),
    }
    return {
        "id": album["id"],
        "type": "albums",
        "href": f"/v1/catalog/{storefront}/albums/{album['id']}",
        "attributes": _without(album["omit"], attributes),
    }


def artwork(number: str, *, base: str, background: str = "") -> dict[str, Any]:
    """Return the description of a cover; ``{w}`` and ``{h}`` are for the client to fill in."""
    return {
        "url": f"{base}/artwork/{number}/{{w}}x{{h}}bb.png",
        "width": 1200,
        "height": 1200,
        "bgColor": background or colour(number),
        "textColor1": "ffffff",
        "textColor2": "f2f2f2",
        "textColor3": "d9d9d9",
        "textColor4": "cccccc",
    }


def _song_attributes(song: dict[str, Any], storefront: str, base: str) -> dict[str, Any]:
    url = f"{_album_url(song['album'], song['album_id'], storefront)}?i={song['id']}"
    attributes: dict[str, Any] = {
        "name": song["title"],
        "artistName": song["artist"],
        "albumName": song["album"],
        "isrc": song["isrc"],
        "durationInMillis": song["duration_ms"],
        "composerName": song["composer"],
        "genreNames": song["genres"],
        "releaseDate": song["release_date"],
        "discNumber": song["disc_number"],
        "trackNumber": song["track_number"],
        "hasLyrics": False,
        "isAppleDigitalMaster": False,
        "artwork": artwork(song["album_id"], base=base, background=song["artwork_colour"]),
        "previews": [{"url": f"{base}/previews/{song['id']}.wav"}],
        "url": url,
    }
    if song["explicit"]:
        attributes["contentRating"] = "explicit"
    if storefront in song["playable_in"]:
        attributes["playParams"] = {"id": song["id"], "kind": "song"}
    return attributes


def _without(omitted: list[str], attributes: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the registration says, and what was never given."""
    return {
        name: value
        for name, value in attributes.items()
        if name not in omitted and not (value in ("", 0) and not isinstance(value, bool))
    }


def _album_url(title: str, number: str, storefront: str) -> str:
    bare = unicodedata.normalize("NFKC", title).casefold()
    slug = re.sub(r"[^\w]+", "-", bare).strip("-") or "album"
    return f"https://music.apple.com/{storefront}/album/{quote(slug)}/{number}"

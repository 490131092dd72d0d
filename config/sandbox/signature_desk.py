"""The songs that the stand-in of Shazam knows by ear: kept on disk, registered over HTTP.

``PUT /sandbox/signatures`` takes ``{"songs": [...]}``, all or none::

    {"key": "276475110", "title": "Ocean Drive", "artist": "Duke Dumont", "isrc": "GBUM71504503",
     "album": "Duality", "label": "EMI", "released": "2015", "genre": "Electronic",
     "apple_music_id": "1499516628", "album_id": "1499516437", "artist_id": "257148267",
     "omit": ["isrc"], "signature": "data:audio/vnd.shazam.sig;base64,..."}

``signature`` is of the whole song, made as the app makes its own. ``omit`` names what the answers
leave out, as Shazam's do now and then: ``isrc``, ``apple`` or ``sections``.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from config.sandbox.catalogue import state_folder
from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.signatures import Peaks, Shelf, SignatureUnreadableError, read_signature

if TYPE_CHECKING:
    from pathlib import Path

    from config.sandbox.signatures import Found

PATH = "/sandbox/signatures"
TEXTS = (
    "title", "artist", "isrc", "album", "label", "released", "genre",
    "apple_music_id", "album_id", "artist_id", "signature",
)  # fmt: skip
NEEDED = ("title", "artist", "signature")
OMITTABLE = frozenset({"isrc", "apple", "sections"})
SCHEMA = "CREATE TABLE IF NOT EXISTS signature (key TEXT PRIMARY KEY, document TEXT NOT NULL)"


class SignatureStore:
    """Songs with their signatures on disk, searched in memory. The caller holds a lock."""

    def __init__(self, folder: Path | None = None) -> None:
        self._path = (folder or state_folder()) / "signatures.sqlite3"
        self._songs: list[dict[str, Any]] | None = None
        self._shelf = Shelf([])

    def register(self, songs: list[dict[str, Any]]) -> None:
        """Store songs; one with a known key replaces the former."""
        with closing(self._open()) as database, database:
            for song in songs:
                text = json.dumps(song, ensure_ascii=False, sort_keys=True)
                database.execute(
                    "INSERT OR REPLACE INTO signature VALUES (?, ?)", [song["key"], text]
                )
        self._songs = None

    def forget(self) -> int:
        """Delete all; return how many there were."""
        with closing(self._open()) as database, database:
            gone = database.execute("DELETE FROM signature").rowcount
        self._songs = None
        return gone

    def songs(self) -> list[dict[str, Any]]:
        """Return the songs in the order of their keys."""
        if self._songs is None:
            with closing(self._open()) as database:
                rows = database.execute("SELECT document FROM signature ORDER BY key").fetchall()
            self._songs = [json.loads(row[0]) for row in rows]
            self._shelf = Shelf([read_signature(song["signature"]) for song in self._songs])
        return self._songs

    def find(self, excerpt: Peaks) -> tuple[dict[str, Any], Found] | None:
        """Return the song in which the excerpt stands, and where."""
        songs = self.songs()
        found = self._shelf.find(excerpt)
        return (songs[found.song], found) if found else None

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=20)
        database.execute(SCHEMA)
        return database


def signature_desk(store: SignatureStore, request: Request) -> Reply:
    """Register (PUT), list without signatures (GET) or delete all (DELETE)."""
    if request.path.rstrip("/") != PATH:
        return json_reply(404, {"error": f"there is no {request.path}"})
    match request.method:
        case "PUT":
            try:
                songs = _songs(request.json())
            except ValueError as error:
                return json_reply(400, {"error": str(error)})
            store.register(songs)
            return json_reply(200, {"registered": len(songs), "keys": [s["key"] for s in songs]})
        case "GET":
            shown = [{k: v for k, v in song.items() if k != "signature"} for song in store.songs()]
            return json_reply(200, {"songs": shown})
        case "DELETE":
            return json_reply(200, {"deleted": store.forget()})
    return json_reply(405, {"error": f"no {request.method} of {request.path}"})


def _songs(content: object) -> list[dict[str, Any]]:
    """Check what is registered, field by field; raises ``ValueError`` for whoever registers."""
    entries = content.get("songs") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        msg = 'send one JSON object {"songs": [...]}'
        raise ValueError(msg)
    return [_song(entry, f"songs[{place}]") for place, entry in enumerate(entries)]


def _song(entry: object, where: str) -> dict[str, Any]:
    if not isinstance(entry, dict):
        msg = f"{where} is not an object"
        raise ValueError(msg)  # noqa: TRY004 - one family of errors for the caller
    unknown = set(entry) - {*TEXTS, "key", "omit"}
    missing = [name for name in NEEDED if not entry.get(name)]
    omit = entry.get("omit", [])
    if unknown or missing or not isinstance(omit, list) or not OMITTABLE.issuperset(omit):
        msg = f"{where}: unknown {sorted(unknown)}, missing {missing}, omit {omit!r}"
        raise ValueError(msg)
    song: dict[str, Any] = {name: str(entry.get(name, "")) for name in TEXTS}
    try:
        read_signature(song["signature"])
    except SignatureUnreadableError as error:
        msg = f"{where}.signature: {error}"
        raise ValueError(msg) from None
    name = f"{song['isrc']}|{song['title']}|{song['artist']}"
    invented = str(10**8 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big"))
    return song | {"key": str(entry.get("key") or invented), "omit": omit}

"""The sounds that the stand-in of AcoustID knows, and their recordings at that of MusicBrainz.

``PUT /sandbox/fingerprints`` on AcoustID's port takes ``{"songs": [...]}``, all or none::

    {"fingerprint": "AQAA3UkU...", "duration": 180, "recordings": [
        {"mbid": "b1f1...", "title": "Ocean Drive", "artist": "Duke Dumont",
         "isrcs": ["GBUM71504503"], "length": 180000, "sources": 12}]}

``fingerprint`` is Chromaprint's, compressed, in base64. A recording may be without ISRC, as many
are; ``sources`` says how often it was submitted for this sound. Both stand-ins read one file.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Any

from config.sandbox.catalogue import state_folder
from config.sandbox.chromaprints import ChromaprintUnreadableError, likeness, read_chromaprint
from config.sandbox.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from pathlib import Path

PATH = "/sandbox/fingerprints"
MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LEAST_SCORE = 0.4
FARTHEST_S = 7
"""The service compares only recordings whose lengths differ by no more."""
SCHEMA = "CREATE TABLE IF NOT EXISTS sound (key TEXT PRIMARY KEY, document TEXT NOT NULL)"


class FingerprintStore:
    """Sounds with their recordings on disk. The caller holds a lock."""

    def __init__(self, folder: Path | None = None) -> None:
        self._path = (folder or state_folder()) / "fingerprints.sqlite3"

    def register(self, songs: list[dict[str, Any]]) -> None:
        """Store sounds; the same fingerprint again replaces the former."""
        with closing(self._open()) as database, database:
            for song in songs:
                database.execute(
                    "INSERT OR REPLACE INTO sound VALUES (?, ?)", [song["id"], json.dumps(song)]
                )

    def forget(self) -> int:
        """Delete all; return how many there were."""
        with closing(self._open()) as database, database:
            return database.execute("DELETE FROM sound").rowcount

    def songs(self) -> list[dict[str, Any]]:
        """Return the sounds in the order of their ids."""
        with closing(self._open()) as database:
            rows = database.execute("SELECT document FROM sound ORDER BY key").fetchall()
        return [json.loads(row[0]) for row in rows]

    def find(self, fingerprint: str, duration_s: int) -> list[tuple[dict[str, Any], float]]:
        """Return the sounds that are alike, the most alike first.

        Raises
        ------
        ChromaprintUnreadableError
            If the question is no fingerprint.
        """
        asked = read_chromaprint(fingerprint)
        scored = [
            (song, likeness(asked, read_chromaprint(song["fingerprint"])))
            for song in self.songs()
            if abs(song["duration"] - duration_s) <= FARTHEST_S
        ]
        alike = [pair for pair in scored if pair[1] >= LEAST_SCORE]
        return sorted(alike, key=lambda pair: -pair[1])

    def recording(self, mbid: str) -> dict[str, Any] | None:
        """Return what was registered of a recording of MusicBrainz."""
        every = (one for song in self.songs() for one in song["recordings"])
        return next((one for one in every if one["mbid"] == mbid), None)

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=20)
        database.execute(SCHEMA)
        return database


def fingerprint_desk(store: FingerprintStore, request: Request) -> Reply:
    """Register (PUT), list (GET) or delete all (DELETE)."""
    if request.path.rstrip("/") != PATH:
        return json_reply(404, {"error": f"there is no {request.path}"})
    match request.method:
        case "PUT":
            try:
                songs = _songs(request.json())
            except ValueError as error:
                return json_reply(400, {"error": str(error)})
            store.register(songs)
            return json_reply(200, {"registered": len(songs), "ids": [one["id"] for one in songs]})
        case "GET":
            return json_reply(200, {"songs": store.songs()})
        case "DELETE":
            return json_reply(200, {"deleted": store.forget()})
    return json_reply(405, {"error": f"no {request.method} of {request.path}"})


def _songs(content: object) -> list[dict[str, Any]]:
    """Check what is registered; raises ``ValueError`` for whoever registers."""
    entries = content.get("songs") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        msg = 'send one JSON object {"songs": [...]}'
        raise ValueError(msg)
    return [_song(entry, f"songs[{place}]") for place, entry in enumerate(entries)]


def _song(entry: Any, where: str) -> dict[str, Any]:
    try:
        fingerprint, duration = str(entry["fingerprint"]), int(entry["duration"])
        read_chromaprint(fingerprint)
        recordings = [_recording(one) for one in entry["recordings"]]
    except ChromaprintUnreadableError as error:
        msg = f"{where}.fingerprint: {error}"
        raise ValueError(msg) from None
    except (KeyError, TypeError, ValueError) as error:
        msg = f"{where}: {type(error).__name__}: {error}"
        raise ValueError(msg) from None
    digest = hashlib.sha256(fingerprint.encode()).digest()
    return {
        "id": str(uuid.UUID(bytes=digest[:16])),
        "fingerprint": fingerprint,
        "duration": duration,
        "recordings": recordings,
    }


def _recording(one: Any) -> dict[str, Any]:
    mbid = str(one["mbid"])
    if not MBID.fullmatch(mbid):
        msg = f"{mbid!r} is no id of MusicBrainz"
        raise ValueError(msg)
    return {
        "mbid": mbid,
        "title": str(one["title"]),
        "artist": str(one.get("artist", "")),
        "isrcs": [str(isrc) for isrc in one.get("isrcs", [])],
        "length": int(one.get("length", 0)),
        "sources": int(one.get("sources", 1)),
    }

"""Stand-in for Shazam's recognition service, as the phone app speaks with it.

It really recognises: the signature of a question is searched among those that were registered
(:mod:`config.sandbox.signature_desk`), and offset and skews of the answer are measured from the
peaks that agree.
"""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING, Any

from config.sandbox import signature_desk as desk
from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.service import NOT_BUILT, Service
from config.sandbox.signatures import SignatureUnreadableError, read_signature

if TYPE_CHECKING:
    from config.sandbox.signatures import Found

TAG = re.compile(r"/discovery/v5/[^/]+/(?P<country>[A-Z]{2})/iphone/-/tag/[^/]+/[^/]+")
TRACK = re.compile(r"/discovery/v5/[^/]+/[A-Z]{2}/iphone/-/track/(?P<key>[0-9]+)")
NOBODY_S = 15.0
"""From a window so long on, Shazam names nobody (its app sends twelve seconds)."""
RETRY_MS = 12_000


class Shazam(Service):
    """Recognises signatures, and tells of a track by its key."""

    name = "shazam"

    def __init__(self) -> None:
        super().__init__()
        self.store = desk.SignatureStore()

    def forget(self) -> None:
        """Forget the songs that were registered."""
        self.store.forget()

    def answer(self, request: Request) -> Reply:
        """Answer the two calls that the product makes, and those to the desk."""
        if request.path.startswith(desk.PATH):
            return desk.signature_desk(self.store, request)
        if TAG.fullmatch(request.path):
            return self._tag(request) if request.method == "POST" else self.error(405, "")
        if track := TRACK.fullmatch(request.path):
            known = [song for song in self.store.songs() if song["key"] == track["key"]]
            if not known:
                return self.error(404, "Not supported")
            return json_reply(200, track_document(known[0]))
        return self.error(501, NOT_BUILT)

    def error(self, status: int, message: str) -> Reply:
        """Return an error as Shazam does: a status and, for 429, nothing; else a page of HTML."""
        if status == 429:
            return Reply(429)
        page = f"<html><body><h1>{status}</h1><p>{message}</p></body></html>".encode()
        return Reply(status, page, {"Content-Type": "text/html"})

    def _tag(self, request: Request) -> Reply:
        try:
            asked = request.json()
            excerpt = read_signature(asked["signature"]["uri"])
            zone = str(asked["timezone"])
        except SignatureUnreadableError as error:
            return self.error(400, f"The signature cannot be read: {error}.")
        except (ValueError, KeyError, TypeError):
            return self.error(400, "The question is not of the form that the app sends.")
        answer = {
            "timestamp": int(time.time() * 1000),
            "timezone": zone,
            "tagid": str(uuid.uuid4()).upper(),
        }
        found = self.store.find(excerpt) if excerpt.seconds < NOBODY_S else None
        if found is None:
            return json_reply(200, {"matches": [], **answer, "retryms": RETRY_MS})
        song, where = found
        return json_reply(
            200,
            {
                "matches": [match_document(song, where)],
                "location": {"accuracy": 0.01},
                **answer,
                "track": track_document(song),
            },
        )


def match_document(song: dict[str, Any], found: Found) -> dict[str, Any]:
    """Return one entry of ``matches``."""
    return {
        "id": song["key"],
        "offset": round(found.offset_s, 6),
        "timeskew": round(found.time_skew, 7),
        "frequencyskew": round(found.frequency_skew, 7),
    }


def track_document(song: dict[str, Any]) -> dict[str, Any]:
    """Return ``track``; what the song does not have or is to omit is absent, not empty."""
    track: dict[str, Any] = {
        "layout": "5",
        "type": "MUSIC",
        "key": song["key"],
        "title": song["title"],
        "subtitle": song["artist"],
        "genres": {"primary": song["genre"] or "Pop"},
    }
    if song["isrc"] and "isrc" not in song["omit"]:
        track["isrc"] = song["isrc"]
    if song["artist_id"]:
        track["artists"] = [{"id": "42", "adamid": song["artist_id"]}]
    if song["apple_music_id"] and "apple" not in song["omit"]:
        track["hub"] = _hub(song)
        if song["album_id"]:
            track["albumadamid"] = song["album_id"]
    facts = [("Album", song["album"]), ("Label", song["label"]), ("Released", song["released"])]
    metadata = [{"title": title, "text": text} for title, text in facts if text]
    if metadata and "sections" not in song["omit"]:
        track["sections"] = [
            {"type": "SONG", "metapages": [], "tabname": "Song", "metadata": metadata}
        ]
    return track


def _hub(song: dict[str, Any]) -> dict[str, Any]:
    at = f"https://music.apple.com/gb/album/-/{song['album_id']}?i={song['apple_music_id']}"
    return {
        "type": "APPLEMUSIC",
        "actions": [{"name": "apple", "type": "applemusicplay", "id": song["apple_music_id"]}],
        "options": [
            {
                "caption": "OPEN",
                "actions": [
                    {"name": "hub:applemusic:deeplink", "type": "applemusicopen", "uri": at}
                ],
            }
        ],
        "providers": [],
    }

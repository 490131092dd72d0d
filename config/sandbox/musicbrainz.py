"""Stand-in for MusicBrainz: the recordings that were registered with AcoustID's stand-in.

It turns away who does not say whom to write to, as the service does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.sandbox.fingerprint_desk import FingerprintStore
from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.service import NOT_BUILT, Service

if TYPE_CHECKING:
    from typing import Any

RECORDING = re.compile(r"/ws/2/recording/(?P<mbid>[0-9a-f-]+)")
AGENT = re.compile(r"\S+/\S+ \( ?\S+.*\)")
TOO_OFTEN = (
    "Your requests are exceeding the allowable rate limit. Please see "
    "http://wiki.musicbrainz.org/XMLWebService for more information."
)


class MusicBrainz(Service):
    """Tells of a recording by its id."""

    name = "musicbrainz"

    def __init__(self) -> None:
        super().__init__()
        self.store = FingerprintStore()

    def answer(self, request: Request) -> Reply:
        """Answer the one call that the product makes."""
        asked = RECORDING.fullmatch(request.path)
        if asked is None or request.method != "GET" or request.query.get("fmt") != "json":
            return self.error(501, NOT_BUILT)
        if not AGENT.fullmatch(request.headers.get("user-agent", "")):
            return self.error(403, "Please set a User-Agent that says whom to write to.")
        known = self.store.recording(asked["mbid"])
        if known is None:
            return self.error(404, "Not Found")
        return json_reply(200, _document(known, request.query.get("inc", "")))

    def error(self, status: int, message: str) -> Reply:
        """Return the service's own form; 503 is how it says "too often"."""
        return json_reply(status, {"error": TOO_OFTEN if status in (429, 503) else message})


def _document(known: dict[str, Any], inc: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": known["mbid"],
        "title": known["title"],
        "length": known["length"] or None,
        "disambiguation": "",
        "video": False,
    }
    parts = inc.replace("+", " ").split()
    if "isrcs" in parts:
        document["isrcs"] = known["isrcs"]
    if "artist-credits" in parts:
        document["artist-credit"] = [{"name": known["artist"], "joinphrase": ""}]
    return document

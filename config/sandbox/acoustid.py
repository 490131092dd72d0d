"""Stand-in for AcoustID's web service: it compares fingerprints as the service does.

The form of questions, answers and errors is that of https://acoustid.org/webservice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from config.sandbox import fingerprint_desk as desk
from config.sandbox.chromaprints import ChromaprintUnreadableError
from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.service import NOT_BUILT, Service

if TYPE_CHECKING:
    from typing import Any

KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")
# Status and the service's own number by what a fault calls it.
ERRORS: Final = {
    401: (400, 4, "invalid API key"),
    403: (400, 4, "invalid API key"),
    429: (429, 14, "rate limit (3 requests per second) exceeded, try again later"),
    500: (500, 5, "internal error"),
    503: (503, 13, "service temporarily unavailable"),
}
INVALID_FINGERPRINT, INVALID_DURATION = (400, 3, "invalid fingerprint"), (400, 8, "duration")


class AcoustId(Service):
    """Looks fingerprints up."""

    name = "acoustid"

    def __init__(self) -> None:
        super().__init__()
        self.store = desk.FingerprintStore()

    def forget(self) -> None:
        """Forget the sounds that were registered."""
        self.store.forget()

    def answer(self, request: Request) -> Reply:
        """Answer the one call that the product makes, and those to the desk."""
        if request.path.startswith(desk.PATH):
            return desk.fingerprint_desk(self.store, request)
        if request.path == "/v2/lookup" and request.method == "POST":
            return self._lookup(dict(parse_qsl(request.body.decode(errors="replace"))))
        return self.error(501, NOT_BUILT)

    def error(self, status: int, message: str) -> Reply:
        """Return the service's envelope, with its number."""
        return _error(ERRORS.get(status, (status, 1, message)))

    def _lookup(self, asked: dict[str, str]) -> Reply:
        if not KEY.fullmatch(asked.get("client", "")):
            return _error(ERRORS[401])
        if not asked.get("duration", "").isdecimal():
            return _error(INVALID_DURATION)
        try:
            found = self.store.find(asked.get("fingerprint", ""), int(asked["duration"]))
        except ChromaprintUnreadableError:
            return _error(INVALID_FINGERPRINT)
        wanted = asked.get("meta", "").split()
        results = [_result(song, score, wanted) for song, score in found]
        return json_reply(200, {"status": "ok", "results": results})


def _result(song: dict[str, Any], score: float, wanted: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {"id": song["id"], "score": round(score, 6)}
    if "recordingids" in wanted and song["recordings"]:
        result["recordings"] = [
            {"id": one["mbid"]} | ({"sources": one["sources"]} if "sources" in wanted else {})
            for one in song["recordings"]
        ]
    return result


def _error(what: tuple[int, int, str]) -> Reply:
    status, number, message = what
    content = {"status": "error", "error": {"code": number, "message": message}}
    return json_reply(status, content)

"""Stand-in for the Apple Music API: storefronts so far.

Wire format by Apple's documentation: a document with ``data``, each resource with ``id``, ``type``,
``href`` and ``attributes``; errors in ``errors``, each with ``status`` and ``code`` as strings; 401
with an empty body when the developer token is missing or wrong.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.service import NOT_BUILT, Service

LONGEST_LIFE_S = 15_777_000  # six months, the limit that Apple documents
STOREFRONTS = {
    "de": ("Germany", "de-DE", ["de-DE", "en-GB"]),
    "fr": ("France", "fr-FR", ["fr-FR", "en-GB"]),
    "gb": ("United Kingdom", "en-GB", ["en-GB"]),
    "jp": ("Japan", "ja", ["ja", "en-US"]),
    "us": ("United States", "en-US", ["en-US", "es-MX", "fr-FR"]),
}
TITLES = {
    400: "Bad Request",
    404: "Resource Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
}


class AppleMusic(Service):
    """Answers ``GET /v1/storefronts`` and ``/v1/storefronts/{id}``."""

    name = "apple_music"

    def answer(self, request: Request) -> Reply:
        """Check the token, then answer what is known."""
        if not token_is_good(request.headers.get("authorization", ""), now=time.time()):
            return Reply(401)
        parts = request.path.strip("/").split("/")
        if parts[:2] != ["v1", "storefronts"] or len(parts) > 3:
            return self.error(501, NOT_BUILT)
        if request.method != "GET":
            return self.error(405, "Only GET is allowed here.")
        if len(parts) == 2:
            return json_reply(200, {"data": [storefront(name) for name in STOREFRONTS]})
        if parts[2] not in STOREFRONTS:
            return self.error(404, "Resource with requested id was not found")
        return json_reply(200, {"data": [storefront(parts[2])]})

    def error(self, status: int, message: str) -> Reply:
        """Return Apple's envelope of errors."""
        one = {
            "id": f"TENFOLD{status}",
            "title": TITLES[status],
            "detail": message,
            "status": str(status),
            "code": f"{status}00",
        }
        return json_reply(status, {"errors": [one]})


def storefront(name: str) -> dict[str, Any]:
    """Return a storefront as a resource object."""
    title, language, languages = STOREFRONTS[name]
    return {
        "id": name,
        "type": "storefronts",
        "href": f"/v1/storefronts/{name}",
        "attributes": {
            "defaultLanguageTag": language,
            "explicitContentPolicy": "allowed",
            "name": title,
            "supportedLanguageTags": languages,
        },
    }


def token_is_good(authorization: str, *, now: float) -> bool:
    """Say whether the header carries a developer token of the right form that is in force.

    Checked: ES256, key id and team id of ten characters, issued in the past, not expired, at most
    six months long. Not checked: the signature, as this stand-in holds no keys.
    """
    scheme, _space, token = authorization.partition(" ")
    parts = token.split(".")
    if scheme != "Bearer" or len(parts) != 3 or not parts[2]:
        return False
    try:
        header, claims = (json.loads(_decoded(part)) for part in parts[:2])
        issued, expires = int(claims["iat"]), int(claims["exp"])
        ids = (header["kid"], claims["iss"])
        algorithm = header["alg"]
    except (ValueError, KeyError, TypeError):
        return False
    in_force = issued <= now < expires and expires - issued <= LONGEST_LIFE_S
    return algorithm == "ES256" and all(len(str(one)) == 10 for one in ids) and in_force


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

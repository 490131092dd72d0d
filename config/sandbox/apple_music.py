"""Stand-in for the Apple Music API: storefronts, songs, albums, search; covers and previews.

Wire format by Apple's documentation: a document with ``data``, each resource with ``id``, ``type``,
``href`` and ``attributes``; errors in ``errors``, each with ``status`` and ``code`` as strings; 401
with an empty body when the developer token is missing or wrong. Songs are registered at
``/sandbox/songs`` (:mod:`config.sandbox.song_desk`), which asks for no token.
"""

from __future__ import annotations

import base64
import json
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from config.sandbox.apple_wire import album_resource, reference, song_resource
from config.sandbox.catalogue import Catalogue
from config.sandbox.drawings import LARGEST_PX, cover, preview
from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.service import NOT_BUILT, Service
from config.sandbox.song_desk import song_desk

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_LIFE_S = 15_777_000  # six months, the limit that Apple documents
MOST_ISRCS = 25
MOST_IDS = 300
MOST_A_PAGE = 25
STOREFRONTS = {
    "de": ("Germany", "de-DE", ["de-DE", "en-GB"]),
    "fr": ("France", "fr-FR", ["fr-FR", "en-GB"]),
    "gb": ("United Kingdom", "en-GB", ["en-GB"]),
    "jp": ("Japan", "ja", ["ja", "en-US"]),
    "us": ("United States", "en-US", ["en-US", "es-MX", "fr-FR"]),
}
TITLES = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Resource Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}
MISSING = "Resource with requested id was not found"
COVER = re.compile(r"/artwork/(\d{1,20})/(\d{1,4})x(\d{1,4})bb\.png")
PREVIEW = re.compile(r"/previews/(\d{1,20})\.wav")


class AppleMusic(Service):
    """Answers the catalogue's questions from the songs of :class:`Catalogue`."""

    name = "apple_music"

    def __init__(self) -> None:
        super().__init__()
        self.catalogue = Catalogue()

    def forget(self) -> None:
        """Go back to the built-in songs."""
        self.catalogue.forget()

    def answer(self, request: Request) -> Reply:
        """Serve files and registrations to anybody; else check the token, then answer."""
        if request.path.startswith("/sandbox/songs"):
            return song_desk(self.catalogue, request)
        if request.method in {"GET", "HEAD"} and (file := _file(request.path)) is not None:
            return file
        if not token_is_good(request.headers.get("authorization", ""), now=time.time()):
            return self.error(401, "")
        parts = request.path.strip("/").split("/")
        known = parts[:2] in (["v1", "storefronts"], ["v1", "catalog"])
        if known and request.method != "GET":
            return self.error(405, "Only GET is allowed here.")
        if parts[:2] == ["v1", "storefronts"] and len(parts) <= 3:
            return self._storefronts(parts[2:])
        if parts[:2] == ["v1", "catalog"] and len(parts) >= 4:
            return self._catalog(request, parts[2], parts[3], parts[4:])
        return self.error(501, NOT_BUILT)

    def error(self, status: int, message: str) -> Reply:
        """Return Apple's envelope of errors; a refused token gets an empty answer."""
        if status == 401:
            return Reply(401)
        one = {
            "id": f"TENFOLD{status}",
            "title": TITLES[status],
            "detail": message,
            "status": str(status),
            "code": f"{status}00",
        }
        return json_reply(status, {"errors": [one]})

    def _storefronts(self, names: list[str]) -> Reply:
        if not names:
            return json_reply(200, {"data": [storefront(name) for name in STOREFRONTS]})
        if names[0] not in STOREFRONTS:
            return self.error(404, MISSING)
        return json_reply(200, {"data": [storefront(names[0])]})

    def _catalog(self, request: Request, shop: str, kind: str, rest: list[str]) -> Reply:
        answers: dict[str, Callable[[Request, str, list[str]], Reply]] = {
            "songs": self._songs,
            "albums": self._albums,
            "search": self._search,
        }
        if shop not in STOREFRONTS:
            return self.error(404, "No storefront with the requested id was found")
        if kind not in answers or len(rest) > 1:
            return self.error(501, NOT_BUILT)
        return answers[kind](request, shop, rest)

    def _songs(self, request: Request, shop: str, rest: list[str]) -> Reply:
        query = request.query
        if rest:
            found = self._sold(self.catalogue.songs(rest), shop)
            if not found:
                return self.error(404, MISSING)
            return self._song_document(request, shop, found, relationships=True)
        if "ids" in query:
            ids = query["ids"].split(",")
            if len(ids) > MOST_IDS:
                return self.error(400, f"At most {MOST_IDS} ids.")
            return self._song_document(request, shop, self._sold(self.catalogue.songs(ids), shop))
        if "filter[isrc]" in query:
            return self._by_isrc(request, shop, query["filter[isrc]"].split(","))
        if "filter[equivalents]" in query:
            known = self.catalogue.songs(query["filter[equivalents]"].split(","))
            isrcs = [song["isrc"] for song in known if song["isrc"]]
            found = self._sold(self.catalogue.songs_by_isrc(isrcs), shop)
            return self._song_document(request, shop, found)
        return self.error(400, "No ids supplied on the request")

    def _by_isrc(self, request: Request, shop: str, isrcs: list[str]) -> Reply:
        if len(isrcs) > MOST_ISRCS:
            return self.error(400, f"At most {MOST_ISRCS} values of filter[isrc].")
        found = self._sold(self.catalogue.songs_by_isrc(isrcs), shop)
        named: dict[str, list[dict[str, str]]] = {}
        for song in found:
            named.setdefault(song["isrc"], []).append(reference(song, storefront=shop))
        return self._song_document(request, shop, found, meta={"filters": {"isrc": named}})

    def _albums(self, request: Request, shop: str, rest: list[str]) -> Reply:
        query = request.query
        if rest:
            found = self.catalogue.albums(rest)
        elif "ids" in query:
            found = self.catalogue.albums(query["ids"].split(","))
        elif "filter[upc]" in query:
            found = self.catalogue.albums_by_upc(query["filter[upc]"].split(","))
        else:
            return self.error(400, "No ids supplied on the request")
        sold = [
            album for album in found if self._sold(self.catalogue.songs_of_album(album["id"]), shop)
        ]
        if rest and not sold:
            return self.error(404, MISSING)
        base = _base(request)
        data = [album_resource(album, storefront=shop, base=base) for album in sold]
        return json_reply(200, {"data": data})

    def _search(self, request: Request, shop: str, rest: list[str]) -> Reply:
        query = request.query
        limit, offset = query.get("limit", "5"), query.get("offset", "0")
        if not query.get("term", "").strip() or query.get("types") != "songs":
            return self.error(400, "term and types=songs are needed.")
        if not (limit.isdecimal() and 0 < int(limit) <= MOST_A_PAGE and offset.isdecimal()):
            return self.error(400, f"limit is from 1 to {MOST_A_PAGE}, offset from 0.")
        first, size = int(offset), int(limit)
        found = self._sold(self.catalogue.search(query["term"]), shop)
        page = found[first : first + size]
        if not page:
            return json_reply(200, {"results": {}, "meta": {"results": {"order": []}}})
        base = _base(request)
        songs: dict[str, Any] = {
            "href": f"{request.path}?{request.query_string}",
            "data": [song_resource(song, storefront=shop, base=base) for song in page],
        }
        if first + size < len(found):
            onward = {"offset": first + size, "term": query["term"], "types": "songs"}
            songs["next"] = f"{request.path}?{urlencode(onward, quote_via=quote)}"
        order = {"order": ["songs"], "rawOrder": ["songs"]}
        return json_reply(200, {"results": {"songs": songs}, "meta": {"results": order}})

    def _sold(self, songs: list[dict[str, Any]], shop: str) -> list[dict[str, Any]]:
        """Return those that this country's shop has."""
        return [song for song in songs if shop in song["storefronts"]]

    def _song_document(
        self,
        request: Request,
        shop: str,
        songs: list[dict[str, Any]],
        *,
        relationships: bool = False,
        meta: dict[str, Any] | None = None,
    ) -> Reply:
        """Return songs, with their albums when ``include=albums`` asks for them."""
        included = "albums" in request.query.get("include", "").split(",")
        albums = {
            album["id"]: album
            for album in self.catalogue.albums({song["album_id"] for song in songs})
            if included
        }
        base = _base(request)
        data = [
            song_resource(song, storefront=shop, base=base, album=albums.get(song["album_id"]))
            for song in songs
        ]
        if relationships and not included:  # one resource by its id names its album, no more
            for song, resource in zip(songs, data, strict=True):
                href = f"/v1/catalog/{shop}/albums/{song['album_id']}"
                album = {"id": song["album_id"], "type": "albums", "href": href}
                resource["relationships"] = {"albums": {"data": [album]}}
        document: dict[str, Any] = {"data": data}
        if meta is not None:
            document["meta"] = meta
        return json_reply(200, document)


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


def _base(request: Request) -> str:
    """Return the address under which the caller reached this stand-in."""
    return f"http://{request.headers.get('host', 'localhost')}"


def _file(path: str) -> Reply | None:
    """Return a cover or a preview, which Apple serves from hosts of their own."""
    if drawn := COVER.fullmatch(path):
        number, width, height = drawn.group(1), int(drawn.group(2)), int(drawn.group(3))
        if not (0 < width <= LARGEST_PX and 0 < height <= LARGEST_PX):
            return Reply(404)
        return Reply(200, cover(number, width, height), {"Content-Type": "image/png"})
    if played := PREVIEW.fullmatch(path):
        return Reply(200, preview(played.group(1)), {"Content-Type": "audio/wav"})
    return None

"""Apple Music's catalogue: questions in batches, answers remembered for a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

from rights.catalogue import refusals
from rights.catalogue.transport import DOWN_S
from rights.catalogue.types import CatalogueNotFoundError, Page
from rights.catalogue.wire import read_album, read_data, read_song, read_storefront
from rights.domain.identifiers import find_isrc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rights.catalogue.ports import Memory
    from rights.catalogue.transport import Transport
    from rights.catalogue.types import Album, Song, Storefront

ISRCS_A_CALL = 25
IDS_A_CALL = 100
LONGEST_PAGE = 25
# The service refuses to go on beyond a few hundred answers, and nobody reads so far.
LAST_OFFSET = 500
LONGEST_TERM = 200
# What is not there today may be there in an hour.
ABSENT_TTL_S = 3600.0
SHOP = re.compile(r"[a-z]{2}")
NUMBER = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class AppleMusicClient:
    """Implements :class:`rights.catalogue.types.AppleMusic`.

    ``scope`` keeps the answers of one service apart from another's in the shared memory; ``ttl_s``
    is how long an answer is good.
    """

    transport: Transport
    memory: Memory
    scope: str
    ttl_s: float

    def songs_by_isrc(self, isrcs: Sequence[str], storefront: str) -> dict[str, list[Song]]:
        """Return every asked ISRC with its songs and their releases; unknown ones with none."""
        shop = _shop(storefront)
        codes = {text: find_isrc(text) for text in isrcs}
        wanted = list(dict.fromkeys(code for code in codes.values() if code))

        def ask(missing: list[str]) -> dict[str, list[Any]]:
            answers: dict[str, list[Any]] = {code: [] for code in missing}
            document = self._listed(
                shop, "songs", {"filter[isrc]": ",".join(missing), "include": "albums"}
            )
            for code, resource in _by_isrc(document):
                if code in answers:
                    answers[code].append(resource)
            return answers

        found = self._remembered(f"isrc:{shop}", wanted, ISRCS_A_CALL, ask)
        return {text: _songs(found.get(code, [])) for text, code in codes.items()}

    def song(self, song_id: str, storefront: str) -> Song:
        """Return one song with its release, or raise :class:`CatalogueNotFoundError`."""
        found = self.songs([song_id], storefront)
        if not found:
            raise refusals.not_found(storefront)
        return found[0]

    def songs(self, song_ids: Sequence[str], storefront: str) -> list[Song]:
        """Return the songs that exist there, with their releases, in the order asked."""
        shop = _shop(storefront)
        wanted = [one for one in dict.fromkeys(song_ids) if NUMBER.fullmatch(one)]

        def ask(missing: list[str]) -> dict[str, list[Any]]:
            return self._by_id(shop, "songs", missing, {"include": "albums"})

        found = self._remembered(f"song:{shop}", wanted, IDS_A_CALL, ask)
        return _songs([resource for one in wanted for resource in found.get(one, [])])

    def equivalents(self, song_id: str, storefront: str) -> list[Song]:
        """Return what stands in this storefront for a song known by its id in another."""
        shop = _shop(storefront)
        if not NUMBER.fullmatch(song_id):
            return []

        def ask(missing: list[str]) -> dict[str, list[Any]]:
            params = {"filter[equivalents]": missing[0], "include": "albums"}
            return {missing[0]: read_data(self._listed(shop, "songs", params))}

        return _songs(self._remembered(f"equivalents:{shop}", [song_id], 1, ask)[song_id])

    def search(
        self, term: str, storefront: str, limit: int = LONGEST_PAGE, offset: int = 0
    ) -> Page[Song]:
        """Return songs for words, best first; no words, no songs."""
        shop = _shop(storefront)
        words = " ".join(term.replace("\0", " ").split())[:LONGEST_TERM]
        size, first = min(max(limit, 1), LONGEST_PAGE), max(offset, 0)
        if not words or first > LAST_OFFSET:
            return Page((), first)

        def ask(missing: list[str]) -> dict[str, list[Any]]:
            params = {"term": words, "types": "songs", "limit": str(size), "offset": str(first)}
            results = self._catalog(shop, "search", params).get("results")
            if not isinstance(results, dict):
                raise refusals.garbled(DOWN_S)
            songs = results.get("songs")
            return {missing[0]: [songs] if isinstance(songs, dict) else []}

        key = f"{size}:{first}:{words.casefold()}"
        (answer, *_) = [*self._remembered(f"search:{shop}", [key], 1, ask)[key], {}]
        return Page(tuple(_songs(read_data(answer))), first, _next_offset(answer, first))

    def album(self, album_id: str, storefront: str) -> Album:
        """Return one album, or raise :class:`CatalogueNotFoundError`."""
        shop = _shop(storefront)
        wanted = [album_id] if NUMBER.fullmatch(album_id) else []

        def ask(missing: list[str]) -> dict[str, list[Any]]:
            return self._by_id(shop, "albums", missing, {})

        found = self._remembered(f"album:{shop}", wanted, IDS_A_CALL, ask).get(album_id, [])
        albums = _albums(found)
        if not albums:
            raise refusals.not_found(storefront)
        return albums[0]

    def albums_by_upc(self, upc: str, storefront: str) -> list[Album]:
        """Return the albums with this barcode."""
        shop = _shop(storefront)
        if not NUMBER.fullmatch(upc):
            return []

        def ask(missing: list[str]) -> dict[str, list[Any]]:
            document = self._listed(shop, "albums", {"filter[upc]": missing[0]})
            return {missing[0]: read_data(document)}

        return _albums(self._remembered(f"upc:{shop}", [upc], 1, ask)[upc])

    def storefronts(self) -> list[Storefront]:
        """Return every country's shop, by name."""

        def ask(missing: list[str]) -> dict[str, list[Any]]:
            return {missing[0]: read_data(_list(self.transport.get("/v1/storefronts", {})))}

        return _storefronts(self._remembered("storefronts", ["all"], 1, ask)["all"])

    def storefronts_known(self) -> list[Storefront]:
        """Return every country's shop as far as it is remembered; nobody is asked."""
        key = f"{self.scope}:storefronts:all"
        return _storefronts(self.memory.recall([key]).get(key, []))

    def _catalog(self, shop: str, kind: str, params: dict[str, str]) -> dict[str, Any]:
        path = f"/v1/catalog/{quote(shop)}/{kind}"
        return self.transport.get(path, params, storefront=shop)

    def _listed(self, shop: str, kind: str, params: dict[str, str]) -> dict[str, Any]:
        return _list(self._catalog(shop, kind, params))

    def _by_id(
        self, shop: str, kind: str, ids: list[str], params: dict[str, str]
    ) -> dict[str, list[Any]]:
        """Return each id with its resource, or with nothing."""
        answers: dict[str, list[Any]] = {one: [] for one in ids}
        try:
            document = self._listed(shop, kind, {"ids": ",".join(ids), **params})
        except CatalogueNotFoundError as error:  # some say so when none of the ids exists
            if error.code != "catalogue.not_found":
                raise
            return answers
        for resource in read_data(document):
            number = resource.get("id") if isinstance(resource, dict) else None
            if number in answers:
                answers[number].append(resource)
        return answers

    def _remembered(
        self,
        kind: str,
        wanted: list[str],
        a_call: int,
        ask: Callable[[list[str]], dict[str, list[Any]]],
    ) -> dict[str, list[Any]]:
        """Return an answer for each of ``wanted``: from memory, the rest in as few calls as can be.

        What is absent is remembered too, for a shorter time.
        """
        keys = {one: f"{self.scope}:{kind}:{one}" for one in wanted}
        known = self.memory.recall(list(keys.values())) if keys else {}
        answers = {one: known[key] for one, key in keys.items() if key in known}
        missing = [one for one in wanted if one not in answers]
        for start in range(0, len(missing), a_call):
            fresh = ask(missing[start : start + a_call])
            present = {keys[one]: answer for one, answer in fresh.items() if answer}
            absent = {keys[one]: answer for one, answer in fresh.items() if not answer}
            if present:
                self.memory.remember(present, ttl_s=self.ttl_s)
            if absent:
                self.memory.remember(absent, ttl_s=min(self.ttl_s, ABSENT_TTL_S))
            answers |= fresh
        return answers


def _list(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document that lists resources, if only none: what says nothing is not "not there"."""
    if not isinstance(document.get("data"), list):
        raise refusals.garbled(DOWN_S)
    return document


def _shop(storefront: str) -> str:
    """Return the storefront's id, for it becomes part of an address."""
    shop = storefront.strip().lower()
    if not SHOP.fullmatch(shop):
        raise refusals.no_storefront(storefront[:20])
    return shop


def _by_isrc(document: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return each resource with the ISRC it was asked for.

    The attribute says it; where it is missing, ``meta.filters.isrc`` does.
    """
    meta = document.get("meta")
    filters = meta.get("filters") if isinstance(meta, dict) else None
    named = filters.get("isrc") if isinstance(filters, dict) else None
    isrc_of: dict[str, str] = {}
    for code, references in (named if isinstance(named, dict) else {}).items():
        for one in references if isinstance(references, list) else []:
            if isinstance(one, dict) and isinstance(one.get("id"), str):
                isrc_of[one["id"]] = code
    pairs: list[tuple[str, Any]] = []
    for resource in read_data(document):
        song = read_song(resource)
        if song is not None and (code := song.isrc or isrc_of.get(song.id, "")):
            pairs.append((code, resource))
    return pairs


def _songs(resources: list[Any]) -> list[Song]:
    return [song for song in map(read_song, resources) if song is not None]


def _storefronts(resources: list[Any]) -> list[Storefront]:
    read = (read_storefront(resource) for resource in resources)
    # Every other question takes an id of two letters only.
    shops = [one for one in read if one is not None and SHOP.fullmatch(one.id)]
    return sorted(shops, key=lambda one: one.name)


def _albums(resources: list[Any]) -> list[Album]:
    return [album for album in map(read_album, resources) if album is not None]


def _next_offset(answer: dict[str, Any], first: int) -> int | None:
    """Return where the service says to go on, when that is further on."""
    address = answer.get("next")
    if not isinstance(address, str):
        return None
    offset = parse_qs(urlsplit(address).query).get("offset", [""])[-1]
    further = offset.isascii() and offset.isdecimal() and first < int(offset) <= LAST_OFFSET
    return int(offset) if further else None

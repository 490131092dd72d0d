"""What the catalogue answers, and how it fails. Everything that Apple may leave out has a default.

Beside this: ``client`` speaks to Apple Music, ``matching.pick_song`` chooses between the ids of one
ISRC, ``links.parse_link`` reads what people paste. A ready client comes from
``rights.services.apple_music.apple_music()``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

from config.lib.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

ItemT_co = TypeVar("ItemT_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Album:
    """A release on Apple Music. ``p_line`` is Apple's ``copyright`` as it stands: free text."""

    id: str
    title: str = ""
    artist: str = ""
    label: str = ""
    p_line: str = ""
    upc: str = ""
    release_date: date | None = None
    release_text: str = ""
    is_compilation: bool = False
    is_single: bool = False
    track_count: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Song:
    """A song on Apple Music under one of its ids. Empty text, or None, where Apple says nothing.

    ``release_text`` is the date as precise as Apple knows it (``2022``, ``2022-05``,
    ``2022-05-13``); ``release_date`` only stands when the day is known. ``artwork_url`` holds
    ``{w}`` and ``{h}`` where the size in pixels goes; ``artwork_colour`` is six hexadecimal digits.
    ``playable`` is false when the song does not stream in that storefront. ``release`` is the album,
    when it was asked for along with the song.
    """

    id: str
    isrc: str = ""
    title: str = ""
    artist: str = ""
    album: str = ""
    album_id: str = ""
    duration_ms: int | None = None
    release_date: date | None = None
    release_text: str = ""
    artwork_url: str = ""
    artwork_colour: str = ""
    preview_url: str = ""
    url: str = ""
    playable: bool = False
    explicit: bool = False
    track_number: int | None = None
    genres: tuple[str, ...] = ()
    composer: str = ""
    release: Album | None = None


@dataclass(frozen=True, slots=True)
class Storefront:
    """A country's shop: its two-letter id, its name, the language it answers in by default."""

    id: str
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT_co]):
    """Some of the answers; ``next_offset`` is where to go on, or None on the last page."""

    items: tuple[ItemT_co, ...]
    offset: int = 0
    next_offset: int | None = None


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """What a pasted Apple Music link points at; ``storefront`` is empty when the link names none.

    Of a link to a song on an album's page, ``kind`` is ``song`` and ``album_id`` the page's album.
    """

    kind: Literal["song", "album"]
    id: str
    storefront: str = ""
    album_id: str = ""


class CatalogueError(DomainError):
    """Apple Music could not be asked, or did not answer as hoped; nothing was changed."""


class CatalogueUnavailableError(CatalogueError):
    """Apple Music is limited, down, slow or off. ``retry_after_s``: ask again then, if known."""

    def __init__(self, code: str, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(code, message)
        self.retry_after_s = retry_after_s


class CatalogueRefusedError(CatalogueError):
    """Apple Music does not accept our key, or not for this; asking again will not help."""


class CatalogueNotFoundError(CatalogueError):
    """There is no such song, album or storefront."""


class AppleMusic(Protocol):
    """Questions to Apple Music. Each may raise any :class:`CatalogueError`.

    None is asked inside a database transaction. ``storefront`` is a two-letter country id.
    """

    def songs_by_isrc(self, isrcs: Sequence[str], storefront: str) -> dict[str, list[Song]]:
        """Return every asked ISRC with its songs; an unknown one with an empty list."""

    def song(self, song_id: str, storefront: str) -> Song:
        """Return one song with its release, or raise :class:`CatalogueNotFoundError`."""

    def songs(self, song_ids: Sequence[str], storefront: str) -> list[Song]:
        """Return the songs that exist there, in the order asked."""

    def equivalents(self, song_id: str, storefront: str) -> list[Song]:
        """Return what stands in this storefront for a song known by its id in another."""

    def search(self, term: str, storefront: str, limit: int = 25, offset: int = 0) -> Page[Song]:
        """Return songs for words, best first; at most 25 a page."""

    def album(self, album_id: str, storefront: str) -> Album:
        """Return one album, or raise :class:`CatalogueNotFoundError`."""

    def albums_by_upc(self, upc: str, storefront: str) -> list[Album]:
        """Return the albums with this barcode."""

    def storefronts(self) -> list[Storefront]:
        """Return every country's shop."""

    def storefronts_known(self) -> list[Storefront]:
        """Return those that are remembered, without asking."""

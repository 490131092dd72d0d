"""What a search of Apple Music found, in words and beside the song that is looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from library.selectors.track_list import clock
from rights.catalogue.links import parse_link
from rights.domain.matching import duration_fits
from rights.selectors.catalogue_files import preview_path
from rights.selectors.recording_card import ARTWORK_PX, artwork_at, difference_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from library.models import Track
    from rights.catalogue.types import Song


@dataclass(frozen=True)
class ResultCard:
    """A song of Apple Music. ``warning`` says what to look at before it is confirmed.

    One without an ISRC has no ``can_take``: its owner could not be found.
    """

    id: str
    storefront: str
    isrc: str
    title: str
    artist: str
    album: str
    label: str
    year: str
    duration: str
    duration_difference: str
    artwork_url: str
    preview_url: str
    url: str
    is_explicit: bool
    can_take: bool
    warning: str


def result_cards(songs: Iterable[Song], track: Track) -> tuple[ResultCard, ...]:
    """Put songs into words, each compared with the length of ``track``."""
    return tuple(_card(song, track) for song in songs)


def _card(song: Song, track: Track) -> ResultCard:
    target = parse_link(song.url)  # a link may lead to another country's shop
    return ResultCard(
        id=song.id,
        storefront=target.storefront if target is not None else "",
        isrc=song.isrc,
        title=song.title,
        artist=song.artist,
        album=song.album,
        label=song.release.label if song.release is not None else "",
        year=song.release_text[:4],
        duration=clock(song.duration_ms),
        duration_difference=difference_text(track.duration_ms, song.duration_ms),
        artwork_url=artwork_at(song.artwork_url, ARTWORK_PX),
        preview_url=preview_path(song.preview_url),
        url=song.url,
        is_explicit=song.explicit,
        can_take=bool(song.isrc),
        warning=_warning(song, track),
    )


def _warning(song: Song, track: Track) -> str:
    if not song.isrc:
        return _("Apple Music lists it without an ISRC, so its owner cannot be found.")
    if track.duration_ms is None or song.duration_ms is None:
        return ""
    if not duration_fits(track.duration_ms, song.duration_ms):
        return _("Its length differs from your file. Listen before you confirm it.")
    return ""

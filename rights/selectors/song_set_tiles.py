"""The list of song sets, a page at a time: each as ten tiles, with how far it is in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rights.constants import SONGS
from rights.models import Match, SongSet, SongSetEntry
from rights.selectors.gate import match_of
from rights.selectors.recording_card import artwork_at

if TYPE_CHECKING:
    from uuid import UUID

    from django.core.paginator import Page

    from accounts.models import Organisation

PER_PAGE = 24
TILE_PX = 96


@dataclass(frozen=True)
class Tile:
    """One of the ten places of a set; ``track`` is None while it is empty."""

    number: int
    track: UUID | None = None
    artwork_url: str = ""
    is_matched: bool = False


@dataclass(frozen=True)
class SongSetTiles:
    """One set in words and tiles; ``kind`` is that of its badge."""

    id: UUID
    name: str
    songs: int
    matched: int
    standing: str
    kind: str
    made: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class SongSetTilesPage:
    """Everything the list shows."""

    rows: tuple[SongSetTiles, ...]
    page: Page[Any]
    total: int


def song_set_tiles(*, organisation: Organisation, number: int) -> SongSetTilesPage:
    """Return one page of the organisation's living sets, in three queries for any size."""
    entries = SongSetEntry.objects.select_related("track__match__recording").order_by("position")
    sets = SongSet.objects.filter(organisation=organisation, deleted_at=None)
    found = sets.prefetch_related(Prefetch("entries", queryset=entries, to_attr="listed"))
    page = Paginator(found, PER_PAGE).get_page(number)
    rows = tuple(_tiles(song_set) for song_set in page.object_list)
    return SongSetTilesPage(rows=rows, page=page, total=page.paginator.count)


def _tiles(song_set: SongSet) -> SongSetTiles:
    entries: list[SongSetEntry] = song_set.listed  # type: ignore[attr-defined]
    tiles = [_tile(entry) for entry in entries]
    matched = sum(tile.is_matched for tile in tiles)
    standing, kind = _standing(song_set, len(tiles), matched)
    empty = [Tile(number) for number in range(len(tiles) + 1, SONGS + 1)]
    return SongSetTiles(
        id=song_set.pk,
        name=song_set.name,
        songs=len(entries),
        matched=matched,
        standing=standing,
        kind=kind,
        made=date_format(song_set.created_at, "DATE_FORMAT"),
        tiles=(*tiles, *empty),
    )


def _tile(entry: SongSetEntry) -> Tile:
    match = match_of(entry.track)
    recording = match.recording if match is not None else None
    artwork = artwork_at(recording.artwork_url, TILE_PX) if recording is not None else ""
    is_matched = match is not None and match.state == Match.State.MATCHED
    return Tile(entry.position, entry.track_id, artwork, is_matched)


def _standing(song_set: SongSet, songs: int, matched: int) -> tuple[str, str]:
    """Return what there is to say, and the kind of its badge."""
    if song_set.frozen_at is not None:
        return _("A song was made from it"), "success"
    if songs < SONGS:
        missing = SONGS - songs
        text = ngettext("%(count)s place is empty", "%(count)s places are empty", missing)
        return text % {"count": missing}, "neutral"
    if matched < SONGS:
        return _("%(matched)s of %(songs)s matched") % {"matched": matched, "songs": SONGS}, "info"
    return _("All ten are matched"), "success"

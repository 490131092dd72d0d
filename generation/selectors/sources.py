"""The ten songs and the base catalogue of a version: names, numbers, shares, and where to hear them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from generation.models import VersionSource
from generation.selectors.words import apart_text, percent_text
from library.models import Asset
from library.selectors.playback import PLAYED, play_url
from rights.models import SongSetEntry

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User
    from generation.models import Version
    from library.models import Track

BASE = "base"
"""The key of the base catalogue in every object of shares, and the end of its classes."""


@dataclass(frozen=True)
class SourceView:
    """One source. ``tone`` ends the names of its class and its pattern: "3", or "base".

    ``weight`` was asked for, ``share`` came out, in percent; ``apart`` is the distance of the two
    in points. A song that left the library has no ``play_url`` and no ``track_url``.
    """

    key: str
    tone: str
    number: int
    name: str
    artist: str
    weight_ppm: int
    share_ppm: int
    weight: str
    share: str
    apart: str
    play_url: str = ""
    track_id: UUID | None = None
    track_url: str = ""

    @property
    def is_base(self) -> bool:
        """Whether it is the base catalogue."""
        return self.key == BASE


def sources_of(version: Version, *, user: User | None = None) -> tuple[SourceView, ...]:
    """Return the sources of ``version`` in the order of the set, the base catalogue last.

    With ``user`` the songs can be heard, by links of that person's: two queries more.
    """
    rows = sorted(version.sources.all(), key=lambda row: (row.pool == BASE_POOL, row.position))
    tracks = _tracks(version, user) if user is not None else {}
    numbers = {row.pk: number for number, row in enumerate(rows, start=1)}
    return tuple(_view(row, numbers[row.pk], tracks.get(row.recording_id), user) for row in rows)


BASE_POOL = VersionSource.Pool.CATALOGUE


def _tracks(version: Version, user: User) -> dict[UUID | None, Track]:
    played = Asset.objects.filter(kind__in=PLAYED)
    entries = (
        SongSetEntry.objects.filter(song_set=version.song.song_set_id, track__deleted_at=None)
        .select_related("track")
        .prefetch_related(Prefetch("track__assets", queryset=played, to_attr="listed"))
    )
    return {entry.recording_id: entry.track for entry in entries}


def _view(row: VersionSource, number: int, track: Track | None, user: User | None) -> SourceView:
    is_base = row.pool == BASE_POOL
    share = row.share_ppm if row.share_ppm is not None else row.weight_ppm
    return SourceView(
        key=row.key,
        tone=BASE if is_base else str(number),
        number=0 if is_base else number,
        name=_("Base catalogue") if is_base else row.title,
        artist="" if is_base else row.artist,
        weight_ppm=row.weight_ppm,
        share_ppm=share,
        weight=percent_text(row.weight_ppm, places=2),
        share=percent_text(share, places=2),
        apart=apart_text(share - row.weight_ppm),
        play_url=play_url(track, track.listed, user) if track and user else "",  # type: ignore[attr-defined]
        track_id=track.pk if track is not None else None,
        track_url=reverse("library:track-detail", args=[track.pk]) if track is not None else "",
    )

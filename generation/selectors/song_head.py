"""What stands above every page of a song: its name, its facts, its versions, its tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.media import signed_url
from generation.models import Version, VersionAsset
from generation.selectors.edit_words import version_label
from generation.selectors.playback import PLAYED, played
from generation.selectors.words import facts_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.utils.functional import _StrPromise

    from accounts.models import User
    from generation.models import Song

TABS: dict[str, _StrPromise] = {
    "song-detail": gettext_lazy("Song"),
    "song-mix": gettext_lazy("Mixer"),
    "song-edit": gettext_lazy("Edit"),
    "song-versions": gettext_lazy("Versions"),
    "song-files": gettext_lazy("Files"),
}
BADGES = {"pending": "info", "failed": "error", "cancelled": "neutral"}


@dataclass(frozen=True)
class Tab:
    """One page of a song."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class VersionChip:
    """A version to choose, wherever one is shown."""

    number: int
    label: str
    url: str
    is_shown: bool
    is_current: bool


@dataclass(frozen=True)
class SongHead:
    """The frame of a song's pages. ``number`` is the version that the page is about.

    ``track`` is how the player knows what it plays, whatever the signed link.
    """

    id: UUID
    title: str
    by: str
    set_name: str
    set_url: str
    made: str
    facts: str
    number: int
    label: str
    state: str
    state_label: str
    badge: str
    is_current: bool
    tabs: tuple[Tab, ...]
    chips: tuple[VersionChip, ...]
    play_url: str
    peaks_url: str
    seconds: float
    track: str


def song_head(
    *, song: Song, version: Version, versions: Sequence[Version], user: User, page: str
) -> SongHead:
    """Return the frame for ``page`` (a name of ``TABS``) about one version: one query, for its files."""
    overview = VersionAsset.Kind.PEAKS_OVERVIEW
    files = list(version.assets.filter(kind__in=(*PLAYED, overview)))
    peaks = next((file for file in files if file.kind == overview), None)
    return SongHead(
        id=song.pk,
        title=song.title,
        by=_("Version %(number)s") % {"number": version.number},
        set_name=song.song_set.name,
        set_url=reverse("rights:set-detail", args=[song.song_set_id]),
        made=date_format(song.created_at, "DATE_FORMAT"),
        facts=facts_text(version),
        number=version.number,
        label=version_label(version),
        state=version.shown_state,
        state_label=str(Version.State(version.shown_state).label),
        badge=BADGES.get(version.shown_state, "success"),
        is_current=version.pk == song.current_id,
        tabs=tuple(
            Tab(str(label), address(name, song, version), name == page)
            for name, label in TABS.items()
        ),
        chips=tuple(
            VersionChip(
                number=other.number,
                label=version_label(other),
                url=address(page, song, other),
                is_shown=other.pk == version.pk,
                is_current=other.pk == song.current_id,
            )
            for other in versions
        ),
        play_url=asset_url(played(files), song, user, inline=True),
        peaks_url=asset_url(peaks, song, user, inline=True),
        seconds=(version.duration_ms or 0) / 1000,
        track=track_of(version),
    )


def address(page: str, song: Song, version: Version) -> str:
    """Return the address of a page of the song; the present version needs no name."""
    url = reverse(f"generation:{page}", args=[song.pk])
    return url if version.pk == song.current_id else f"{url}?v={version.number}"


def track_of(version: Version) -> str:
    """Return how the player knows a version."""
    return f"version-{version.pk}"


def asset_url(
    asset: VersionAsset | None, song: Song, user: User, *, inline: bool = False, name: str = ""
) -> str:
    """Return a link to a file for one person, named after the song; "" where there is none."""
    if asset is None:
        return ""
    suffix = asset.key.rpartition(".")[2]
    return signed_url(
        asset.key,
        user_id=user.pk,
        filename=f"{name or song.title}.{suffix}",
        content_type=asset.content_type,
        inline=inline,
    )

"""The versions of a song as a tree, and as two that are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.selectors.job_words import when_text
from generation.models import Version
from generation.selectors.edit_words import version_label
from generation.selectors.playback import played_assets, played_by_version
from generation.selectors.song_head import BADGES, address, asset_url, track_of
from generation.selectors.words import facts_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from accounts.models import User
    from generation.models import Song, VersionAsset

DEPTH_MAX = 6
"""Deeper branches are drawn at this depth: a phone is narrow."""


@dataclass(frozen=True)
class VersionRow:
    """One version in the tree. ``depth`` counts its ancestors; ``url`` is its page."""

    number: int
    depth: int
    label: str
    made_from: int | None
    facts: str
    made: str
    state: str
    state_label: str
    badge: str
    is_ready: bool
    is_current: bool
    rating: int
    url: str
    change_url: str
    retry_url: str
    compare_url: str
    play_url: str
    track: str


@dataclass(frozen=True)
class VersionTree:
    """Every version, parents before children; where undo and redo lead."""

    rows: tuple[VersionRow, ...]
    undo: VersionRow | None
    redo: VersionRow | None
    ready_count: int


def version_tree(song: Song, versions: Sequence[Version], *, user: User) -> VersionTree:
    """Return the tree of all versions: one query, for what can be played."""
    files = played_by_version(played_assets().filter(version__song=song))
    rows = {
        version.pk: _row(song, version, depth, files, user)
        for version, depth in _walk(versions, None, 0)
    }
    present = next((version for version in versions if version.pk == song.current_id), None)
    undo = rows.get(present.parent_id) if present is not None and present.parent_id else None
    after = [v for v in versions if present and v.parent_id == present.pk and _is_ready(v)]
    return VersionTree(
        rows=tuple(rows.values()),
        undo=undo,
        redo=rows[after[-1].pk] if after else None,
        ready_count=sum(_is_ready(version) for version in versions),
    )


def _is_ready(version: Version) -> bool:
    return version.state == Version.State.READY


def _walk(
    versions: Sequence[Version], parent: UUID | None, depth: int
) -> Iterator[tuple[Version, int]]:
    for version in versions:
        if version.parent_id == parent:
            yield version, min(depth, DEPTH_MAX)
            yield from _walk(versions, version.pk, depth + 1)


def _row(
    song: Song,
    version: Version,
    depth: int,
    files: Mapping[UUID, VersionAsset],
    user: User,
) -> VersionRow:
    place = [song.pk, version.number]
    other = version.parent.number if version.parent is not None else None
    compared = other or (2 if version.number == 1 else 1)
    compare = reverse("generation:version-compare", args=[song.pk])
    return VersionRow(
        number=version.number,
        depth=depth,
        label=version_label(version),
        made_from=other,
        facts=facts_text(version),
        made=when_text(version.ready_at or version.created_at),
        state=version.shown_state,
        state_label=str(Version.State(version.shown_state).label),
        badge=BADGES.get(version.shown_state, "success"),
        is_ready=_is_ready(version),
        is_current=version.pk == song.current_id,
        rating=version.rating or 0,
        url=address("song-detail", song, version),
        change_url=reverse("generation:version-change", args=place),
        retry_url=reverse("generation:version-retry", args=place)
        if version.shown_state in {"failed", "cancelled"}
        else "",
        compare_url=f"{compare}?a={compared}&b={version.number}" if _is_ready(version) else "",
        play_url=asset_url(files.get(version.pk), song, user, inline=True),
        track=track_of(version),
    )

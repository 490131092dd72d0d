"""What the views of songs ask of a request: whose song, which version, a part or a whole page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from generation.models import Song, Version
from generation.policies import can_change_song
from generation.selectors.making import making_tag, song_making
from generation.selectors.song_head import SongHead, song_head

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.http import AuthenticatedHttpRequest

NUMBER_DIGITS = 6


@dataclass(frozen=True)
class Asked:
    """A song, all of its versions in order, and the one that the address is about."""

    song: Song
    versions: tuple[Version, ...]
    version: Version

    def head(self, request: AuthenticatedHttpRequest, page: str) -> SongHead:
        """Return the frame of one of the song's pages."""
        return song_head(
            song=self.song,
            version=self.version,
            versions=self.versions,
            user=request.user,
            page=page,
        )


def wants_part(request: AuthenticatedHttpRequest) -> bool:
    """Say whether htmx asks for the part that changes; "full" takes #main out of a whole page."""
    return bool(request.htmx) and request.htmx.request_type == "partial"


def song_or_404(request: AuthenticatedHttpRequest, song_id: UUID) -> Song:
    """Return a song that the member's organisation made and has not deleted."""
    mine = Song.objects.of(request.membership.organisation)
    return get_object_or_404(mine.select_related("song_set", "organisation"), pk=song_id)


def song_to_change(request: AuthenticatedHttpRequest, song_id: UUID) -> Song:
    """Return the song, unless the member's role forbids changing it."""
    song = song_or_404(request, song_id)
    if not can_change_song(request.membership, song):
        raise PermissionDenied
    return song


def asked_or_404(
    request: AuthenticatedHttpRequest, song_id: UUID, *, to_change: bool = False
) -> Asked:
    """Return the song and the version that ``?v=`` names: else the present one, else the newest."""
    song = (song_to_change if to_change else song_or_404)(request, song_id)
    versions = tuple(song.versions.select_related("job", "parent").order_by("number"))
    for version in versions:
        version.song = song
    if not versions:
        raise Http404
    named = number_in(request.GET.get("v", ""))
    if named is None:
        shown = next((v for v in versions if v.pk == song.current_id), versions[-1])
        return Asked(song, versions, shown)
    return Asked(song, versions, version_among(versions, named))


def number_in(text: str) -> int | None:
    """Return the number that an address or a form names, or None."""
    is_number = text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS
    return int(text) if is_number else None


def version_among(versions: tuple[Version, ...], number: int | None) -> Version:
    """Return the version of that number, or raise 404."""
    found = next((version for version in versions if version.number == number), None)
    if found is None:
        raise Http404
    return found


def version_or_404(song: Song, number: int) -> Version:
    """Return one version of a song."""
    version = get_object_or_404(song.versions.select_related("job", "parent"), number=number)
    version.song = song
    return version


def song_frame(request: AuthenticatedHttpRequest, asked: Asked, page: str) -> dict[str, object]:
    """Return what every page of a song shows: its head, and what is being made of it."""
    tag = making_tag(asked.versions)
    song = asked.song
    return {
        "song": asked.head(request, page),
        "making": song_making(
            song, asked.versions, membership=request.membership, tag=tag, shown=asked.version
        ),
        "can_change": can_change_song(request.membership, song),
    }

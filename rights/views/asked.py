"""What the views of the rights ask of a request: whose set, which songs, a part or a whole page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from library.models import Track
from rights.models import SongSet, SongSetEntry
from rights.policies import can_add_song_set

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from accounts.http import AuthenticatedHttpRequest

DELETED = "song_set_deleted"
"""Where the session keeps the set that was just deleted, until its undo was offered once."""


def wants_part(request: AuthenticatedHttpRequest) -> bool:
    """Say whether htmx asks for the part that changes; "full" takes #main out of a whole page."""
    return bool(request.htmx) and request.htmx.request_type == "partial"


def page_number(request: AuthenticatedHttpRequest) -> int:
    """Return the page that the address names, or the first."""
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def song_set_or_404(request: AuthenticatedHttpRequest, set_id: UUID) -> SongSet:
    """Return a living set of the member's organisation."""
    mine = SongSet.objects.filter(organisation=request.membership.organisation, deleted_at=None)
    return get_object_or_404(mine.select_related("organisation"), pk=set_id)


def song_set_to_change(request: AuthenticatedHttpRequest, set_id: UUID) -> SongSet:
    """Return the set, unless the member's role forbids it. That it is frozen, the service says."""
    song_set = song_set_or_404(request, set_id)
    if not can_add_song_set(request.membership):
        raise PermissionDenied
    return song_set


def entry_or_404(song_set: SongSet, track_id: UUID | str) -> SongSetEntry:
    """Return the place of a song in the set, read along with its match."""
    entries = song_set.entries.select_related("track__match__recording", "track__organisation")
    return get_object_or_404(entries, track_id=track_id)


def my_tracks(request: AuthenticatedHttpRequest, ids: Iterable[UUID]) -> list[Track]:
    """Return the organisation's songs among ``ids``, in their order; others do not exist here."""
    wanted = list(ids)
    mine = Track.objects.of(request.membership.organisation)
    found = {track.pk: track for track in mine.filter(pk__in=wanted)}
    return [found[pk] for pk in wanted if pk in found]

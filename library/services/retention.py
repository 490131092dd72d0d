"""What is removed for good: the audio of deleted tracks after thirty days, uploads that stopped.

The row of a deleted track stays, for other rows may speak of it; its files go. A file is removed
only when nothing else names its key, for the same bytes are stored once, whoever brought them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from library.constants import DELETED_KEPT
from library.models import Track
from library.services import pieces
from library.services.leaving import files_go, files_leave, leaving_files_purge
from library.services.leftovers import artefacts_purge, pieces_purge, tracks_at_work
from library.services.uploads import uploads_expire

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

# One look takes at most this many tracks; the next look, an hour later, takes the rest.
AT_ONCE = 500
STORING = ("track.ingest", "track.playback")
"""Jobs that store files of tracks, each before the row that names it."""


@dataclass(frozen=True)
class Swept:
    """What one look removed."""

    uploads_ended: int
    tracks_purged: int
    pieces_removed: int
    artefacts_removed: int
    files_removed: int


def library_sweep(*, now: datetime) -> Swept:
    """Look once for everything that the library may forget. Safe to run again."""
    return Swept(
        uploads_ended=uploads_expire(now=now),
        tracks_purged=tracks_purge(now=now),
        pieces_removed=pieces_purge(),
        artefacts_removed=artefacts_purge(now=now),
        files_removed=leaving_files_purge(),
    )


def tracks_purge(*, now: datetime) -> int:
    """Remove the files of tracks that were deleted more than thirty days ago; return how many.

    While a file is being read or made nothing is removed: it may be the same one, stored under the
    key of the old, with no row yet that says so. The next look finds the same tracks again.
    """
    over = Track.objects.filter(deleted_at__lt=now - DELETED_KEPT).filter(assets__isnull=False)
    ids = list(over.order_by("deleted_at").values_list("pk", flat=True).distinct()[:AT_ONCE])
    purged = 0
    for track_id in ids:
        if tracks_at_work(STORING):
            break
        purged += _purge(track_id, now)
    return purged


def _purge(track_id: UUID, now: datetime) -> bool:
    """Forget the files of one track, then remove those that nobody names any more."""
    with transaction.atomic():
        # Under the lock of the row, so that bringing it back comes either before or too late.
        track = (
            Track.objects.select_for_update()
            .filter(pk=track_id, deleted_at__lt=now - DELETED_KEPT)
            .first()
        )
        if track is None:
            return False
        keys = set(track.assets.values_list("key", flat=True))
        track.assets.all().delete()
        files_leave(keys=keys)
        upload_id = track.upload_id
    files_go(keys=keys)
    if upload_id is not None:
        pieces.delete(upload_id)
    return True

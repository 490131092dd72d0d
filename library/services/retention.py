"""What is removed for good: the audio of deleted tracks after thirty days, uploads that stopped.

The row of a deleted track stays, for other rows may speak of it; its files go. A file is removed
only when nothing else names its key, for the same bytes are stored once, whoever brought them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from config.jobs.models import Job
from config.lib import blobs
from library.constants import DELETED_KEPT
from library.models import Asset, Track, TrackAnalysis
from library.services import pieces
from library.services.uploads import uploads_expire

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

# One look takes at most this many tracks; the next look, an hour later, takes the rest.
AT_ONCE = 500


def library_sweep(*, now: datetime) -> tuple[int, int]:
    """End stale uploads and purge deleted tracks; return how many of each. Safe to run again."""
    return uploads_expire(now=now), tracks_purge(now=now)


def tracks_purge(*, now: datetime) -> int:
    """Remove the files of tracks that were deleted more than thirty days ago; return how many.

    While a file is being read nothing is removed: it may be the same one, stored under the key of
    the old, with no row yet that says so. The next look finds the same tracks again.
    """
    over = Track.objects.filter(deleted_at__lt=now - DELETED_KEPT).filter(assets__isnull=False)
    ids = list(over.order_by("deleted_at").values_list("pk", flat=True).distinct()[:AT_ONCE])
    purged = 0
    for track_id in ids:
        if _is_reading():
            break
        purged += _purge(track_id, now)
    return purged


def _is_reading() -> bool:
    """Say whether a worker has begun to read a file; one that only waits has stored nothing."""
    begun = Q(state=Job.State.RUNNING) | Q(state=Job.State.QUEUED, attempt__gte=1)
    return Job.objects.filter(begun, kind="track.ingest").exists()


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
        upload_id = track.upload_id
    # After the commit: a file too many can be found again, one too few cannot.
    for key in sorted(keys):
        if not _is_named(key):
            blobs.delete(key)
    if upload_id is not None:
        pieces.delete(upload_id)
    return True


def _is_named(key: str) -> bool:
    return (
        Asset.objects.filter(key=key).exists()
        or TrackAnalysis.objects.filter(fingerprint_key=key).exists()
    )

"""The small file that browsers play: asked for by whoever listens first, made by a job, kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from config.jobs.services import enqueue
from library.models import Asset, Track

if TYPE_CHECKING:
    from library.services.tracks import StoredFile

WANTED = "track.playback"
"""The kind of the jobs that make it; one for each track, however often it is played."""


@transaction.atomic
def track_listen(*, track: Track) -> Asset | None:
    """Return the master, for whoever listens now, and have the small file made for the next time.

    None if the track has no master: it is still being read, or its files are gone.
    """
    files = {asset.kind: asset for asset in track.assets.all()}
    master = files.get(Asset.Kind.MASTER)
    if master is not None and Asset.Kind.PLAYBACK not in files:
        enqueue(
            WANTED,
            {"track": str(track.pk)},
            idem=f"{WANTED}:{track.pk}",
            tenant=track.organisation_id,
            title=track.title,
        )
    return master


@transaction.atomic
def playback_made(*, track: Track, file: StoredFile) -> dict[str, str]:
    """Keep the file that was made, unless those of the track were removed for good meanwhile."""
    # The lock that removing files takes, too: either this comes first, or there is no master.
    mine = Track.objects.select_for_update().get(pk=track.pk)
    if mine.assets.filter(kind=Asset.Kind.MASTER).exists():
        Asset.objects.get_or_create(
            track=mine,
            kind=file.kind,
            name="",
            defaults={
                "key": file.key,
                "content_type": file.content_type,
                "size_bytes": file.size_bytes,
            },
        )
    return {"track": str(mine.pk)}

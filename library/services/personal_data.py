"""What the library knows of a person, and how it forgets: see accounts.services.personal_data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models.functions import Now

from accounts.models import Organisation
from config.jobs.models import Job
from library.models import Track, Upload

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

FORGOTTEN = "Deleted song"


def personal_data_collect(*, user_id: int) -> Mapping[str, object]:
    """Return the songs and uploads that the person brought; the audio is downloaded song by song."""
    tracks = Track.objects.filter(added_by=user_id).select_related("organisation")
    uploads = Upload.objects.filter(added_by=user_id).select_related("organisation")
    return {
        "songs": [
            {
                "title": track.title,
                "artist": track.artist,
                "album": track.album,
                "file": track.filename,
                "tags": track.tags,
                "organisation": track.organisation.name,
                "added_at": track.created_at.isoformat(),
            }
            for track in tracks.order_by("created_at", "pk")
        ],
        "uploads": [
            {
                "file": upload.filename,
                "size_bytes": upload.size_bytes,
                "organisation": upload.organisation.name,
                "begun_at": upload.created_at.isoformat(),
            }
            for upload in uploads.order_by("created_at", "pk")
        ],
    }


def personal_data_erase(*, user_id: int) -> None:
    """Empty the workspaces that close with the person; leave the songs of those that go on.

    A song of a workspace with other people is theirs too: it only forgets who brought it. The
    files of deleted songs are removed with the others that are past their time.
    """
    closed = list(
        Organisation.objects.filter(
            memberships__user_id=user_id, closed_at__isnull=False
        ).values_list("pk", flat=True)
    )
    for organisation_id in closed:
        organisation_data_close(organisation_id=organisation_id)
    Track.objects.filter(added_by=user_id).update(added_by=None)
    Upload.objects.filter(added_by=user_id).update(added_by=None)


def organisation_data_close(*, organisation_id: UUID) -> None:
    """Delete the songs and uploads of an organisation that is closed, with their names."""
    Track.objects.filter(organisation=organisation_id).update(
        title=FORGOTTEN, artist="", album="", filename="", tags={}, deleted_at=Now()
    )
    Upload.objects.filter(organisation=organisation_id).update(filename="", expires_at=Now())
    # The library's jobs are called after their songs.
    Job.objects.filter(tenant=organisation_id, kind__startswith="track.").update(title=FORGOTTEN)

"""What the generation knows of a person, and how it forgets: see accounts.services.personal_data.

Versions, shares and receipts stay: they say whose recordings were used and how much, and name nobody
who made the song.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models.functions import Now

from accounts.models import Organisation
from config.jobs.models import Job
from generation.models import SavedMix, Song, Version
from generation.services.requests import KIND

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

FORGOTTEN = "Deleted song"


def personal_data_collect(*, user_id: int) -> Mapping[str, object]:
    """Return the songs, versions and mixes that the person asked for."""
    songs = Song.objects.filter(created_by=user_id).select_related("organisation")
    versions = Version.objects.filter(created_by=user_id).select_related("song")
    mixes = SavedMix.objects.filter(created_by=user_id).select_related("version__song")
    return {
        "songs": [
            {
                "title": song.title,
                "organisation": song.organisation.name,
                "made_at": song.created_at.isoformat(),
            }
            for song in songs.order_by("created_at", "pk")
        ],
        "versions": [
            {
                "song": version.song.title,
                "number": version.number,
                "options": version.options,
                "edit": version.edit,
                "rating": version.rating,
                "asked_at": version.created_at.isoformat(),
            }
            for version in versions.order_by("created_at", "pk")
        ],
        "mixes": [
            {"song": mix.version.song.title, "name": mix.name, "gains": mix.gains}
            for mix in mixes.order_by("created_at", "pk")
        ],
    }


def personal_data_erase(*, user_id: int) -> None:
    """Empty the workspaces that close with the person; elsewhere only forget who it was."""
    closed = list(
        Organisation.objects.filter(
            memberships__user_id=user_id, closed_at__isnull=False
        ).values_list("pk", flat=True)
    )
    for organisation_id in closed:
        organisation_data_close(organisation_id=organisation_id)
    for model in (Song, Version, SavedMix):
        model.objects.filter(created_by=user_id).update(created_by=None)


def organisation_data_close(*, organisation_id: UUID) -> None:
    """Put the songs of a closed organisation away with their names; their files go with the sweep."""
    SavedMix.objects.filter(version__song__organisation=organisation_id).delete()
    songs = Song.objects.filter(organisation=organisation_id)
    songs.filter(deleted_at=None).update(deleted_at=Now())
    songs.update(title=FORGOTTEN)
    Job.objects.filter(tenant=organisation_id, kind=KIND).update(title=FORGOTTEN)

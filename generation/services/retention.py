"""What is removed for good: the files of deleted songs, files that were made on demand a week ago, and
what jobs that are over left behind.

Rows of songs, versions, shares and receipts stay: royalties speak of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef

from config.jobs.models import Stage
from config.jobs.selectors import jobs_at_work
from config.lib import blobs
from generation.constants import ARTEFACTS_KEPT, DELETED_KEPT, WANTED_KEPT
from generation.models import BaseModel, SavedMix, Song, VersionAsset
from generation.selectors.wanted import ON_DEMAND, WANTED
from generation.services.requests import KIND
from library.services.leaving import files_go, files_leave

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

KINDS = (KIND, WANTED)
AT_ONCE = 200
"""One look takes at most this many; the next look, an hour later, takes the rest."""


@dataclass(frozen=True)
class Swept:
    """What one look removed."""

    songs_purged: int
    stages_removed: int
    files_removed: int


def generation_sweep(*, now: datetime) -> Swept:
    """Look once for everything that may be forgotten. Safe to run again.

    While a song or a file is being made nothing is removed: it may just have stored the same bytes, with no
    row yet that says so.
    """
    if jobs_at_work(KINDS):
        return Swept(0, 0, 0)
    return Swept(songs_purge(now=now), artefacts_purge(now=now), wanted_purge(now=now))


def key_named(*, key: str) -> bool:
    """Say whether a row of this app names the stored file; the library asks."""
    return (
        VersionAsset.objects.filter(key=key).exists()
        or BaseModel.objects.filter(artefact_key=key).exists()
    )


def songs_purge(*, now: datetime) -> int:
    """Remove the files of songs that were deleted more than thirty days ago; return how many."""
    over = Song.objects.filter(
        deleted_at__lt=now - DELETED_KEPT, versions__assets__isnull=False
    ).order_by("deleted_at")
    ids = list(over.values_list("pk", flat=True).distinct()[:AT_ONCE])
    return sum(_purge(song_id, now) for song_id in ids)


def artefacts_purge(*, now: datetime) -> int:
    """Forget the stages of jobs that ended a week ago, and files that nobody came to own."""
    over = Stage.objects.filter(job__kind__in=KINDS, job__finished_at__lt=now - ARTEFACTS_KEPT)
    found = list(over.order_by("pk").values_list("pk", "name", "artefact")[:AT_ONCE])
    keys = {key for _pk, _name, key in found if key.startswith("sha256/")}
    for _pk, name, key in found:
        if name == "encode":
            keys |= _listed(key)
    with transaction.atomic():
        Stage.objects.filter(pk__in=[pk for pk, *_rest in found]).delete()
        files_leave(keys=keys)
    files_go(keys=keys)
    return len(found)


def wanted_purge(*, now: datetime) -> int:
    """Remove files that were made on demand more than a week ago; return how many.

    They can be made again as long as there is the FLAC that they were made of. What is played stays: the
    AAC, or the MP3 of a version that has none.
    """
    over = VersionAsset.objects.filter(kind__in=ON_DEMAND, created_at__lt=now - WANTED_KEPT)
    small = VersionAsset.objects.filter(version=OuterRef("version"), kind=VersionAsset.Kind.AAC)
    over = over.exclude(kind=VersionAsset.Kind.AAC)
    over = over.exclude(~Exists(small), kind=VersionAsset.Kind.MP3)
    again = over.filter(version__assets__kind=VersionAsset.Kind.FLAC).order_by("pk")
    found = dict(again.values_list("pk", "key")[:AT_ONCE])
    with transaction.atomic():
        VersionAsset.objects.filter(pk__in=found).delete()
        files_leave(keys=found.values())
    files_go(keys=found.values())
    return len(found)


def _purge(song_id: UUID, now: datetime) -> bool:
    with transaction.atomic():
        # Under the lock of the row, so that bringing it back comes either before or too late.
        song = (
            Song.objects.select_for_update()
            .filter(pk=song_id, deleted_at__lt=now - DELETED_KEPT)
            .first()
        )
        if song is None:
            return False
        assets = VersionAsset.objects.filter(version__song=song)
        keys = set(assets.values_list("key", flat=True))
        assets.delete()
        SavedMix.objects.filter(version__song=song).delete()
        files_leave(keys=keys)
    files_go(keys=keys)
    return True


def _listed(key: str) -> set[str]:
    """Return the files that a list of written files names."""
    try:
        with blobs.open_blob(key) as stream:
            return {file["key"] for file in json.load(stream)["files"]}
    except FileNotFoundError:
        return set()

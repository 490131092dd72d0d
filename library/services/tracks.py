"""What happens to a track: read, refused, analysed, edited, deleted, brought back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from config.jobs.services import enqueue
from library.constants import DELETED_KEPT
from library.exceptions import TrackStateError
from library.models import Asset, Track, TrackAnalysis
from library.services.corrections import measured_columns
from library.services.readiness import track_ready

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from config.jobs.models import Job
    from config.lib.errors import DomainError

TEXT_MAX = 255


@dataclass(frozen=True)
class FileFacts:
    """What reading a file tells about it."""

    file_sha256: str
    audio_sha256: str
    format: str
    duration_ms: int
    sample_rate_hz: int
    channels: int
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredFile:
    """A file in storage and what it is for, one of ``Asset.Kind``."""

    kind: str
    key: str
    content_type: str
    size_bytes: int


def track_reading(*, track: Track) -> None:
    """Mark that a worker has begun."""
    Track.objects.filter(pk=track.pk, state=Track.State.QUEUED).update(state=Track.State.READING)


def track_twin(*, track: Track, file_sha256: str = "", audio_sha256: str = "") -> Track | None:
    """Return another living track of the workspace with the same file or the same audio."""
    same = Q(pk__in=[])
    if file_sha256:
        same |= Q(file_sha256=file_sha256)
    if audio_sha256:
        same |= Q(audio_sha256=audio_sha256)
    others = Track.objects.of(track.organisation).exclude(pk=track.pk)
    return others.exclude(state=Track.State.REFUSED).filter(same).order_by("created_at").first()


def track_refused(*, track: Track, refusal: DomainError) -> None:
    """Keep the track in the list with the reason why it cannot be used."""
    Track.objects.filter(pk=track.pk).update(
        state=Track.State.REFUSED, refusal_code=refusal.code[:40], refusal=refusal.message
    )


@transaction.atomic
def track_ingested(*, track: Track, facts: FileFacts, files: Iterable[StoredFile]) -> None:
    """Fill the row with what reading told, add the files, ask for the analysis.

    Raises
    ------
    IntegrityError
        If a twin was finished at the same moment; the job is then tried again and refused.
    """
    mine = Track.objects.select_for_update().get(pk=track.pk)
    mine.state = Track.State.ANALYSING
    for name in ("file_sha256", "audio_sha256", "format", "duration_ms", "sample_rate_hz"):
        setattr(mine, name, getattr(facts, name))
    mine.channels, mine.tags = facts.channels, facts.tags
    mine.title = (facts.tags.get("title") or mine.title).strip()[:TEXT_MAX]
    mine.artist = (facts.tags.get("artist") or "").strip()[:TEXT_MAX]
    mine.album = (facts.tags.get("album") or "").strip()[:TEXT_MAX]
    mine.save()
    Asset.objects.bulk_create(
        [
            Asset(
                track=mine,
                kind=file.kind,
                key=file.key,
                content_type=file.content_type,
                size_bytes=file.size_bytes,
            )
            for file in files
        ],
        ignore_conflicts=True,
    )
    # From here on the track waits for this job: what people see, and try again, is its state.
    job = enqueue(
        "track.analyse",
        {"track": str(mine.pk)},
        idem=f"track.analyse:{mine.pk}",
        tenant=mine.organisation_id,
        title=mine.title,
    )
    Track.objects.filter(pk=mine.pk).update(job=job)


@transaction.atomic
def track_edit(*, track: Track, title: str, artist: str, album: str) -> Track:
    """Change the names by hand; the tags in the file stay as they were read."""
    mine = Track.objects.select_for_update().get(pk=track.pk)
    mine.title, mine.artist, mine.album = title.strip(), artist.strip(), album.strip()
    mine.save(update_fields=["title", "artist", "album"])
    return mine


def tracks_delete(*, tracks: Iterable[Track], now: datetime) -> int:
    """Put tracks away for thirty days, in which they can be brought back; return how many."""
    ids = [track.pk for track in tracks]
    return Track.objects.filter(pk__in=ids, deleted_at=None).update(deleted_at=now)


@transaction.atomic
def tracks_restore(*, tracks: Iterable[Track], now: datetime) -> list[Track]:
    """Bring deleted tracks back.

    Raises
    ------
    TrackStateError
        If one is past its thirty days, or the same recording was uploaded again meanwhile.
    """
    ids = [track.pk for track in tracks]
    found = list(Track.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    for track in found:
        if track.deleted_at is None:
            continue
        if track.deleted_at + DELETED_KEPT < now:
            text = _("“%(title)s” was deleted more than 30 days ago and its audio is gone.")
            raise TrackStateError("library.track.purged", text % {"title": track.title})
        hashes = {"file_sha256": track.file_sha256, "audio_sha256": track.audio_sha256}
        if track_twin(track=track, **hashes) is not None:
            text = _("“%(title)s” is in your library again already. Nothing was changed.")
            raise TrackStateError("library.track.twin", text % {"title": track.title})
        track.deleted_at = None
        track.save(update_fields=["deleted_at"])
    return found


def track_analysed(*, track: Track, analysis: TrackAnalysis) -> dict[str, str]:
    """Attach the analysis, under what was corrected by hand; return the job's result."""
    Track.objects.filter(pk=track.pk).update(
        state=Track.State.READY, analysis=analysis, **measured_columns(track, analysis.data)
    )
    track_ready(track=Track.objects.get(pk=track.pk))
    return {"track": str(track.pk)}


def track_follow_retry(*, old: Job, new: Job) -> None:
    """Point the track at the job that tries again; called in the transaction of the retry."""
    Track.objects.filter(job=old).update(job=new)

"""Ten tracks with analyses from formulas, matched and allowed: what a song can be made from."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from config.jobs.models import Job
from config.jobs.stages import Run
from config.lib import blobs
from generation.models import Version
from library.models import Asset
from rights.models import SongSet, SongSetEntry
from tests.generation.songs import analysis
from tests.library.factories import make_analysis
from tests.rights.factories import make_song_set

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from generation.models import Song

SHORT = {"seconds": 60.0}
"""Options of the shortest song there is."""


def make_ten(organisation: Organisation) -> SongSet:
    """Save a set of ten whose gate is open; two of the tracks have a master that can be measured."""
    song_set = make_song_set(organisation, 10, matched=True)
    entries = SongSetEntry.objects.filter(song_set=song_set).select_related("track")
    for number, entry in enumerate(entries.order_by("position"), start=1):
        measured = make_analysis(entry.track)
        measured.data = analysis(number)
        measured.save(update_fields=["data"])
        if number <= 2:
            _master(entry.track, number)
    return song_set


def _master(track: Any, number: int) -> None:
    rate = 8_000
    noise = np.random.default_rng(number).standard_normal((rate, 2)) * 0.1
    tape = io.BytesIO()
    soundfile.write(tape, noise, rate, format="FLAC")
    Asset.objects.create(
        track=track,
        kind=Asset.Kind.MASTER,
        key=blobs.put(io.BytesIO(tape.getvalue()), suffix=".flac"),
        content_type="audio/flac",
        size_bytes=len(tape.getvalue()),
    )


def asked(song: Song, number: int = 1) -> Version:
    """Return a version of the song with its job."""
    return song.versions.select_related("job").get(number=number)


def begin(version: Version) -> Run:
    """Claim the job of a version as a worker does, and return the attempt."""
    job = Job.objects.get(song_version=version)
    from django.utils import timezone

    job.attempt += 1
    Job.objects.filter(pk=job.pk).update(
        state="running",
        attempt=job.attempt,
        max_attempts=99,
        started_at=timezone.now(),
        lease_until=timezone.now() + timezone.timedelta(hours=1),
    )
    job.refresh_from_db()
    return Run(job, job.attempt)


def someone(user: User) -> dict[str, Any]:
    """Return the arguments that say who asks."""
    return {"actor": user}

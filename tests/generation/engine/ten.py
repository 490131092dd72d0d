"""Ten tracks with analyses from formulas, matched and allowed: what a song can be made from."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
from django.utils import timezone

from config.jobs.models import Job
from config.lib import blobs
from generation.composition.plan import LEAST_S, MOST_BPM
from library.models import Asset
from rights.models import SongSet, SongSetEntry
from tests.generation.songs import analysis
from tests.library.factories import make_analysis
from tests.rights.factories import make_song_set

if TYPE_CHECKING:
    from accounts.models import Organisation
    from generation.models import Song, Version

SHORT = {"seconds": LEAST_S, "bpm": MOST_BPM, "without": "pad"}
"""Options of the song that is made soonest: the shortest form, quickly, by a small band."""


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
    """Store a second of pink noise as the master of a track."""
    rate = 44_100
    white = np.random.default_rng(number).standard_normal((rate, 2))
    shape = np.fft.rfft(white, axis=0) / np.sqrt(np.arange(rate // 2 + 1) + 20)[:, None]
    pink = np.fft.irfft(shape, axis=0)
    tape = io.BytesIO()
    soundfile.write(tape, 0.2 * pink / np.abs(pink).max(), rate, format="FLAC")
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


def claimed(version: Version) -> Job:
    """Claim the job of a version for another attempt, as a worker does, and return it."""
    return taken(Job.objects.get(song_version=version))


def taken(job: Job) -> Job:
    """Claim a job for another attempt, as a worker does, and return it."""
    Job.objects.filter(pk=job.pk).update(
        state="running",
        attempt=job.attempt + 1,
        max_attempts=99,
        started_at=timezone.now(),
        finished_at=None,
        lease_until=timezone.now() + timedelta(hours=1),
    )
    job.refresh_from_db()
    return job

"""What is removed for good, when, and what must never be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.module_loading import import_string
from django_q.models import Schedule

from config.lib import blobs
from library.constants import DELETED_KEPT
from library.models import Asset, Track
from library.services import pieces
from library.services.retention import library_sweep, tracks_purge
from library.services.tracks import tracks_delete
from library.services.uploads import used_bytes
from tests.jobs.factories import make_job
from tests.library.conftest import NOW
from tests.library.factories import make_analysis, make_asset, make_track

pytestmark = pytest.mark.django_db
LATER = NOW + DELETED_KEPT + timedelta(seconds=1)


@pytest.fixture
def deleted(cast):
    """A song with two files that was deleted at ``NOW``."""
    track = make_track(cast.studio, "Gone")
    make_asset(track, Asset.Kind.ORIGINAL, b"original")
    make_asset(track, Asset.Kind.MASTER, b"master", suffix=".flac")
    tracks_delete(tracks=[track], now=NOW)
    return track


def keys(track) -> list[str]:
    return sorted(track.assets.values_list("key", flat=True))


def test_after_thirty_days_the_files_go_and_the_row_stays(deleted):
    files = keys(deleted)
    assert tracks_purge(now=LATER) == 1
    assert not any(blobs.exists(key) for key in files)
    assert not deleted.assets.exists()
    assert Track.objects.get(pk=deleted.pk).title == "Gone"
    assert tracks_purge(now=LATER) == 0


def test_within_thirty_days_nothing_goes(deleted):
    assert tracks_purge(now=NOW + DELETED_KEPT) == 0
    assert len(keys(deleted)) == 2
    assert all(blobs.exists(key) for key in keys(deleted))


def test_a_living_song_keeps_its_files_however_old(cast):
    track = make_track(cast.studio, created_at=NOW - timedelta(days=999))
    asset = make_asset(track, Asset.Kind.ORIGINAL, b"alive")
    assert tracks_purge(now=LATER) == 0
    assert blobs.exists(asset.key)


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_file_that_another_song_names_stays(deleted, cast, is_deleted):
    other = make_track(cast.charlies)
    shared = make_asset(other, Asset.Kind.ORIGINAL, b"original")
    if is_deleted:  # later, so that its own thirty days are not over
        tracks_delete(tracks=[other], now=NOW + timedelta(days=1))
    assert tracks_purge(now=LATER) == 1
    assert blobs.exists(shared.key)
    assert not deleted.assets.exists()


def test_two_deleted_songs_with_one_file_remove_it_together(deleted, cast):
    other = make_track(cast.charlies)
    shared = make_asset(other, Asset.Kind.ORIGINAL, b"original")
    tracks_delete(tracks=[other], now=NOW)
    assert tracks_purge(now=LATER) == 2
    assert not blobs.exists(shared.key)


def test_a_file_that_an_analysis_names_stays(deleted, cast):
    analysis = make_analysis(make_track(cast.studio))
    analysis.fingerprint_key = keys(deleted)[0]
    analysis.save()
    assert tracks_purge(now=LATER) == 1
    assert blobs.exists(analysis.fingerprint_key)


@pytest.mark.parametrize(
    ("state", "attempt", "purged"),
    [("running", 1, 0), ("queued", 1, 0), ("queued", 0, 1), ("succeeded", 1, 1), ("failed", 3, 1)],
)
def test_while_a_file_is_being_read_nothing_is_removed(deleted, cast, state, attempt, purged):
    make_job(state, kind="track.ingest", tenant=cast.charlies.pk, attempt=attempt)
    assert tracks_purge(now=LATER) == purged
    assert deleted.assets.count() == (0 if purged else 2)


def test_a_file_that_is_missing_already_is_no_reason_to_stop(deleted):
    blobs.delete(keys(deleted)[0])
    assert tracks_purge(now=LATER) == 1
    assert not deleted.assets.exists()


def test_the_sweep_also_ends_uploads_that_stopped(cast, deleted, bring):
    from library.services.uploads import upload_create

    stopped = upload_create(
        organisation=cast.studio, user=cast.alice, filename="x.wav", size_bytes=9, now=NOW
    )
    swept = library_sweep(now=LATER)
    assert (swept.uploads_ended, swept.tracks_purged) == (1, 1)
    stopped.refresh_from_db()
    assert stopped.state == "ended"
    assert not pieces.path(stopped.pk).exists()
    assert used_bytes(cast.studio) == 0


def test_the_schedule_calls_it_every_hour_in_the_cluster_that_is_always_there(deleted):
    schedule = Schedule.objects.get(func__startswith="library.")
    assert (schedule.minutes, schedule.repeats, schedule.cluster) == (60, -1, "mail")
    Track.objects.filter(pk=deleted.pk).update(deleted_at=NOW - timedelta(days=9999))
    import_string(schedule.func)()
    assert not deleted.assets.exists()

"""A file that nobody names any more goes, even if whoever was to remove it is killed before."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import transaction

from config.jobs.models import Stage
from config.lib import blobs
from config.lib.faultpoints import fault_arm, fault_disarm
from generation.models import Song, VersionAsset
from generation.services.retention import generation_sweep
from library.constants import ARTEFACTS_KEPT, DELETED_KEPT
from library.models import Asset, LeavingFile
from library.services.leaving import files_go, files_leave, leaving_files_purge
from library.services.retention import library_sweep, tracks_purge
from library.services.tracks import tracks_delete
from tests.generation.finished import make_finished_song
from tests.jobs.factories import make_job
from tests.library.conftest import NOW
from tests.library.factories import make_asset, make_track

pytestmark = pytest.mark.django_db
LATER = NOW + DELETED_KEPT + timedelta(seconds=1)


class KilledError(Exception):
    """What ends us where a process would be killed."""


@pytest.fixture
def killed_after_the_commit():
    """Let whoever is about to remove files end there."""

    def die():
        raise KilledError

    fault_arm("files.noted", die)
    yield
    fault_disarm()


def put(content: bytes) -> str:
    return blobs.put(io.BytesIO(content), suffix=".wav")


def noted() -> set[str]:
    return set(LeavingFile.objects.values_list("key", flat=True))


# ---------------------------------------------------------------- one file


def test_what_leaves_is_noted_first_and_stays_until_it_is_told_to_go():
    key = put(b"leaving")
    files_leave(keys=[key, key])
    assert (noted(), blobs.exists(key)) == ({key}, True)
    files_go(keys=[key])
    assert (noted(), blobs.exists(key)) == (set(), False)


def test_noted_or_gone_twice_is_once():
    key = put(b"leaving")
    files_leave(keys=[key])
    files_leave(keys=[key])
    assert noted() == {key}
    files_go(keys=[key])
    files_go(keys=[key])
    assert noted() == set()


def test_what_is_rolled_back_leaves_nothing():
    def failing():
        with transaction.atomic():
            files_leave(keys=[key])
            raise KilledError

    key = put(b"staying")
    with pytest.raises(KilledError):
        failing()
    assert noted() == set()
    assert leaving_files_purge() == 0
    assert blobs.exists(key)


def test_a_file_that_a_track_names_by_then_stays_and_is_noted_no_longer(cast):
    asset = make_asset(make_track(cast.studio), Asset.Kind.ORIGINAL, b"named again")
    files_leave(keys=[asset.key])
    assert leaving_files_purge() == 1
    assert (noted(), blobs.exists(asset.key)) == (set(), True)


def test_a_file_that_a_stage_of_a_job_names_stays():
    key = put(b"an artefact")
    Stage.objects.create(job=make_job("failed", tenant=None), name="mix", artefact=key, attempt=1)
    files_leave(keys=[key])
    files_go(keys=[key])
    assert (noted(), blobs.exists(key)) == (set(), True)


def test_of_two_files_the_second_is_still_noted_when_the_first_has_gone():
    first, second = sorted([put(b"one"), put(b"two")])
    files_leave(keys=[first, second])
    files_go(keys=[first])
    assert noted() == {second}
    assert [blobs.exists(key) for key in (first, second)] == [False, True]
    assert leaving_files_purge() == 1
    assert not blobs.exists(second)


@pytest.mark.parametrize(("state", "attempt"), [("running", 1), ("queued", 1)])
def test_while_a_job_is_at_work_the_look_removes_nothing(state, attempt):
    key = put(b"leaving")
    files_leave(keys=[key])
    make_job(state, tenant=None, attempt=attempt)
    assert leaving_files_purge() == 0
    assert (noted(), blobs.exists(key)) == ({key}, True)


@pytest.mark.parametrize(("state", "attempt"), [("queued", 0), ("succeeded", 1), ("failed", 1)])
def test_a_job_that_only_waits_or_is_over_is_no_reason_to_wait(state, attempt):
    key = put(b"leaving")
    files_leave(keys=[key])
    make_job(state, tenant=None, attempt=attempt)
    assert leaving_files_purge() == 1
    assert not blobs.exists(key)


# ---------------------------------------------------------------- killed between commit and removal


def test_the_files_of_a_deleted_track_go_with_the_next_look(cast, killed_after_the_commit):
    track = make_track(cast.studio, "Gone")
    keys = {
        make_asset(track, Asset.Kind.ORIGINAL, b"original").key,
        make_asset(track, Asset.Kind.MASTER, b"master", suffix=".flac").key,
    }
    tracks_delete(tracks=[track], now=NOW)
    with pytest.raises(KilledError):
        tracks_purge(now=LATER)
    assert not track.assets.exists()
    assert noted() == keys
    assert all(blobs.exists(key) for key in keys)

    fault_disarm()
    assert library_sweep(now=LATER).files_removed == 2
    assert noted() == set()
    assert not any(blobs.exists(key) for key in keys)


def test_notes_of_a_job_go_with_the_next_look(killed_after_the_commit):
    key = blobs.put(io.BytesIO(b"{}"), suffix=".json")
    job = make_job("succeeded", kind="track.ingest", tenant=None, finished_at=NOW)
    Stage.objects.create(job=job, name="store", artefact=key, attempt=1)
    with pytest.raises(KilledError):
        library_sweep(now=NOW + ARTEFACTS_KEPT + timedelta(seconds=1))
    assert (Stage.objects.exists(), noted(), blobs.exists(key)) == (False, {key}, True)

    fault_disarm()
    assert leaving_files_purge() == 1
    assert not blobs.exists(key)


def test_the_files_of_a_deleted_song_go_with_the_next_look(cast, killed_after_the_commit):
    song = make_finished_song(cast.studio, "Tide", files={"midi": b"notes", "stem:Lead": b"lead"})
    assets = VersionAsset.objects.filter(version__song=song)
    keys = set(assets.values_list("key", flat=True))
    Song.objects.filter(pk=song.pk).update(deleted_at=NOW)
    with pytest.raises(KilledError):
        generation_sweep(now=LATER)
    assert not assets.exists()
    assert noted() == keys

    fault_disarm()
    assert leaving_files_purge() == len(keys)
    assert not any(blobs.exists(key) for key in keys)

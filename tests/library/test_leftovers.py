"""What jobs leave behind goes a week after they ended, and never while it may be needed."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from config.jobs.models import Job, Stage
from config.lib import blobs
from library.constants import ARTEFACTS_KEPT
from library.models import Track
from library.services import pieces
from library.services.leftovers import artefacts_purge, pieces_purge
from tests.jobs.factories import make_job
from tests.library.conftest import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + ARTEFACTS_KEPT + timedelta(seconds=1)


def stage(content: bytes, *, state="succeeded", kind="track.ingest", ended=NOW) -> Stage:
    job = make_job(state, kind=kind, tenant=None)
    Job.objects.filter(pk=job.pk, finished_at__isnull=False).update(finished_at=ended)
    key = blobs.put(io.BytesIO(content), suffix=".json")
    return Stage.objects.create(job=job, name="store", artefact=key, attempt=1)


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_notes_of_a_job_that_ended_a_week_ago_are_removed(state):
    old = stage(b"{}", state=state)
    assert artefacts_purge(now=LATER) == 1
    assert not Stage.objects.exists()
    assert not blobs.exists(old.artefact)
    assert Job.objects.count() == 1
    assert artefacts_purge(now=LATER) == 0


def test_within_the_week_they_stay():
    kept = stage(b"{}")
    assert artefacts_purge(now=NOW + ARTEFACTS_KEPT) == 0
    assert blobs.exists(kept.artefact)


def test_notes_that_a_younger_job_shares_stay_for_it():
    old = stage(b"{}")
    young = stage(b"{}", ended=LATER)
    assert old.artefact == young.artefact
    assert artefacts_purge(now=LATER) == 1
    assert blobs.exists(young.artefact)
    assert list(Stage.objects.all()) == [young]


def test_while_a_song_is_in_work_nothing_is_removed():
    old = stage(b"{}")
    make_job("running", kind="track.analyse", tenant=None, attempt=1)
    assert artefacts_purge(now=LATER) == 0
    assert blobs.exists(old.artefact)


def test_jobs_of_other_apps_are_none_of_our_business():
    other = stage(b"{}", kind="song.generate")
    assert artefacts_purge(now=LATER) == 0
    assert blobs.exists(other.artefact)


@pytest.mark.parametrize(
    ("state", "removed"),
    [("queued", 0), ("reading", 0), ("failed", 0), ("analysing", 1), ("ready", 1)],
)
def test_pieces_of_a_file_go_when_it_is_stored_and_not_before(bring, short_song, state, removed):
    upload = bring(short_song)
    Track.objects.update(state=state)
    assert pieces_purge() == removed
    assert pieces.path(upload.pk).exists() is not bool(removed)


def test_pieces_of_an_upload_that_goes_on_and_strange_files_stay(cast, settings):
    from library.services.uploads import upload_create

    upload = upload_create(
        organisation=cast.studio, user=cast.alice, filename="x.wav", size_bytes=9, now=NOW
    )
    strange = pieces.path(upload.pk).with_name("notes.txt")
    strange.touch()
    assert pieces_purge() == 0
    assert strange.exists()
    assert pieces.path(upload.pk).exists()


def test_a_first_start_has_no_folder_yet():
    assert pieces_purge() == 0

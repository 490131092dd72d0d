"""What is forgotten of songs, by time, by people and by organisations; and what stays."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from config.jobs.models import Job, Stage
from config.lib import blobs
from generation.models import SavedMix, Song, Version, VersionAsset
from generation.services.mixes import mix_delete, mix_save
from generation.services.personal_data import (
    organisation_data_close,
    personal_data_collect,
    personal_data_erase,
)
from generation.services.retention import generation_sweep
from generation.tasks.sweep import sweep
from library.models import Asset
from library.services.naming import key_is_named
from tests.generation.finished import make_finished_song
from tests.jobs.factories import make_job
from tests.library.factories import make_track

NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=31)


@pytest.fixture
def song(cast):
    files = {"master_wav": b"waves", "midi": b"notes", "stem:Lead": b"lead"}
    made = make_finished_song(cast.studio, "Tide", created_by=cast.alice, files=files)
    Song.objects.filter(pk=made.pk).update(created_by=None)
    return made


def keys_of(song):
    """Return the files that are really there; the others of the factory only have rows."""
    found = VersionAsset.objects.filter(version__song=song).exclude(key__startswith="sha256/00/00")
    return set(found.values_list("key", flat=True))


def test_files_of_a_song_go_thirty_days_after_it_and_its_rows_stay(song):
    keys = keys_of(song)
    bars = song.current.bars.count()
    Song.objects.filter(pk=song.pk).update(deleted_at=NOW - timedelta(days=29))
    assert generation_sweep(now=NOW).songs_purged == 0
    assert all(blobs.exists(key) for key in keys)
    Song.objects.filter(pk=song.pk).update(deleted_at=LONG_AGO)
    assert generation_sweep(now=NOW).songs_purged == 1
    assert not any(blobs.exists(key) for key in keys)
    assert not keys_of(song)
    assert song.current.bars.count() == bars
    assert generation_sweep(now=NOW).songs_purged == 0


def test_a_file_that_a_track_has_too_stays(song, cast):
    key = song.current.assets.get(kind="master_wav").key
    Asset.objects.create(
        track=make_track(cast.studio),
        kind="original",
        key=key,
        content_type="audio/wav",
        size_bytes=9,
    )
    Song.objects.filter(pk=song.pk).update(deleted_at=LONG_AGO)
    generation_sweep(now=NOW)
    assert blobs.exists(key)


def test_the_library_asks_before_it_removes_a_file_of_a_song(song):
    assert key_is_named(key=song.current.assets.first().key)
    assert key_is_named(key=song.current.base_model.artefact_key)
    assert not key_is_named(key="sha256/00/00/x")


def test_while_a_song_is_being_made_nothing_is_removed(song, cast):
    Song.objects.filter(pk=song.pk).update(deleted_at=LONG_AGO)
    make_job("running", tenant=cast.studio.pk, kind="song.generate")
    assert generation_sweep(now=NOW).songs_purged == 0
    assert all(blobs.exists(key) for key in keys_of(song))


def test_what_a_job_left_goes_after_a_week_but_not_what_a_version_names(song, cast):
    owned = song.current.assets.get(kind="midi").key
    orphan = blobs.put(io.BytesIO(b"nobody's"), suffix=".wav")
    listed = {"files": [{"key": owned}, {"key": orphan}]}
    manifest = blobs.put(io.BytesIO(json.dumps(listed).encode()), suffix=".json")
    job = make_job("failed", tenant=cast.studio.pk, kind="song.generate", finished_at=NOW)
    Stage.objects.create(job=job, name="encode", artefact=manifest, attempt=1)
    Stage.objects.create(job=job, name="receipt", artefact="10", attempt=1)
    assert generation_sweep(now=NOW).stages_removed == 0
    Job.objects.filter(pk=job.pk).update(finished_at=NOW - timedelta(days=8))
    assert generation_sweep(now=NOW).stages_removed == 2
    assert [blobs.exists(key) for key in (owned, orphan, manifest)] == [True, False, False]
    sweep()


def test_a_person_is_told_what_she_made_and_then_forgotten(cast, song):
    Song.objects.filter(pk=song.pk).update(title="Tide")
    mine = make_finished_song(cast.studio, "Ebb")
    mix = SavedMix.objects.create(
        version=mine.current, name="Loud drums", gains={}, created_by=cast.alice
    )
    told = personal_data_collect(user_id=cast.alice.pk)
    assert [one["name"] for one in told["mixes"]] == ["Loud drums"]
    assert [one["song"] for one in told["versions"]] == ["Tide"]
    json.dumps(told)
    personal_data_erase(user_id=cast.alice.pk)
    mix.refresh_from_db()
    assert mix.created_by is None
    assert not Version.objects.filter(created_by=cast.alice).exists()
    assert personal_data_collect(user_id=cast.alice.pk)["mixes"] == []


def test_a_closed_organisation_keeps_what_it_owes_and_loses_its_words(cast, song):
    SavedMix.objects.create(version=song.current, name="Mine", gains={})
    job = make_job("succeeded", tenant=cast.studio.pk, kind="song.generate", title="Tide")
    organisation_data_close(organisation_id=cast.studio.pk)
    song.refresh_from_db()
    job.refresh_from_db()
    assert (song.title, job.title) == ("Deleted song", "Deleted song")
    assert song.deleted_at is not None
    assert not SavedMix.objects.exists()
    assert song.current.bars.exists()


# ------------------------------------------------------------ mixes


def test_a_mix_is_saved_under_its_name_and_replaced_by_it(song, cast):
    gains = {"Lead": {"gain_db": -3.456, "solo": True}, "Kick": {"muted": True}}
    first = mix_save(version=song.current, name=" My  mix ", gains=gains, actor=cast.alice)
    assert (first.name, first.gains["Lead"]) == (
        "My mix",
        {"gain_db": -3.46, "muted": False, "solo": True},
    )
    again = mix_save(version=song.current, name="My mix", gains={}, actor=cast.bob)
    assert (again.pk, again.gains, again.created_by) == (first.pk, {}, cast.bob)
    mix_delete(mix=again, actor=cast.alice)
    mix_delete(mix=again, actor=cast.alice)
    assert not SavedMix.objects.exists()


@pytest.mark.parametrize(
    ("name", "gains"),
    [
        (" ", {}),
        ("x", {"Tuba": {"gain_db": 0}}),
        ("x", {"Lead": {"gain_db": 12.1}}),
        ("x", {"Lead": {"gain_db": float("nan")}}),
        ("x", {"Lead": {"gain_db": "loud"}}),
        ("x", {"Lead": {"gain_db": True}}),
    ],
)
def test_a_mix_that_cannot_be_is_not_saved(song, cast, name, gains):
    from generation.exceptions import MixRefusedError

    with pytest.raises(MixRefusedError):
        mix_save(version=song.current, name=name, gains=gains, actor=cast.alice)
    assert not SavedMix.objects.exists()


def test_a_version_has_a_limited_number_of_mixes(song, cast, monkeypatch):
    from generation.exceptions import MixRefusedError
    from generation.services import mixes

    monkeypatch.setattr(mixes, "MIXES_MAX", 1)
    mix_save(version=song.current, name="one", gains={}, actor=cast.alice)
    with pytest.raises(MixRefusedError, match="1 mixes already"):
        mix_save(version=song.current, name="two", gains={}, actor=cast.alice)
    mix_save(version=song.current, name="one", gains={}, actor=cast.alice)
    assert SavedMix.objects.count() == 1

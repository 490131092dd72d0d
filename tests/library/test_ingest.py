"""From an uploaded file to a track with its assets, or to a refusal with its reason."""

from __future__ import annotations

import json

import pytest

from config.jobs.models import Job
from config.jobs.services import job_cancel
from config.lib import blobs
from library.jail.errors import REASONS
from library.models import Asset, Track
from library.services import pieces
from library.services.tracks import track_twin
from library.tasks import ingest as ingest_module
from tests.library.sounds import encoded, tone

pytestmark = pytest.mark.django_db


def kinds(track) -> dict[str, Asset]:
    return {asset.kind: asset for asset in track.assets.all()}


def test_a_wav_becomes_original_master_and_waveform(bring, do_next_job, short_song):
    bring(short_song, "01_tone.wav")
    assert do_next_job() == "done"
    track = Track.objects.get()
    assert (track.state, track.format, track.title) == ("analysing", "WAV", "01 tone")
    assert (track.duration_ms, track.sample_rate_hz, track.channels) == (12_000, 44_100, 2)
    assets = kinds(track)
    assert sorted(assets) == ["master", "original", "peaks_overview", "peaks_zoom"]
    with blobs.open_blob(assets["original"].key) as stored:
        assert stored.read() == short_song
    assert assets["master"].content_type == "audio/flac"
    for asset in assets.values():
        assert asset.size_bytes == blobs.size(asset.key)
    with blobs.open_blob(assets["peaks_overview"].key) as stored:
        peaks = json.load(stored)
    assert (peaks["version"], peaks["bits"], peaks["length"] <= 2000) == (2, 8, True)
    assert max(peaks["data"]) == pytest.approx(64, abs=1)


def test_an_mp3_is_played_as_it_came_and_its_tags_name_it(bring, do_next_job):
    song = encoded(tone(12), "mp3", title="Ten", artist="Alice", album="Folds")
    bring(song, "x.mp3")
    do_next_job()
    track = Track.objects.get()
    assert (track.title, track.artist, track.album) == ("Ten", "Alice", "Folds")
    assets = kinds(track)
    assert assets["playback"].key == assets["original"].key
    assert assets["playback"].content_type == "audio/mpeg"


def test_the_pieces_are_gone_once_the_original_is_stored(bring, do_next_job, short_song):
    upload = bring(short_song)
    do_next_job()
    assert not pieces.path(upload.pk).exists()


def test_the_analysis_is_asked_for_once(bring, do_next_job, short_song):
    bring(short_song)
    do_next_job()
    analyse = Job.objects.get(kind="track.analyse")
    assert analyse.params == {"track": str(Track.objects.get().pk)}
    assert analyse.state == "queued"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Dear diary, " * 500, "not_audio"),
        (b"#EXTM3U\nhttp://example.com/a.ts\n", "playlist"),
        (encoded(tone(3), "wav"), "too_short"),
        (encoded(tone(30), "flac")[:200_000], "truncated"),
        (encoded(tone(12, peak=0.0), "wav"), "silent"),
    ],
)
def test_a_file_that_cannot_be_used_stays_with_its_reason(bring, do_next_job, content, code):
    upload = bring(content, "bad.wav")
    assert do_next_job() == "refused"
    track = Track.objects.get()
    assert (track.state, track.refusal_code) == ("refused", code)
    assert track.refusal == REASONS[code]
    assert track.job.state == "failed"
    assert track.job.error == REASONS[code]
    assert track.job.attempt == 1
    assert not Asset.objects.exists()
    assert not pieces.path(upload.pk).exists()
    assert not Job.objects.filter(kind="track.analyse").exists()


def test_the_same_file_again_is_named_and_not_stored_twice(bring, do_next_job, short_song):
    bring(short_song, "first.wav")
    do_next_job()
    bring(short_song, "again.wav")
    job_cancel(job=Job.objects.get(kind="track.analyse"))
    assert do_next_job() == "refused"
    first, again = Track.objects.order_by("created_at")
    assert (again.state, again.refusal_code, again.duplicate_of) == ("refused", "duplicate", first)
    assert "“first”" in again.refusal
    assert not again.assets.exists()
    assert first.assets.count() == 4


def test_the_same_audio_in_another_wrapping_is_found_too(bring, do_next_job):
    bring(encoded(tone(12), "wav"), "one.wav")
    do_next_job()
    job_cancel(job=Job.objects.get(kind="track.analyse"))
    bring(encoded(tone(12), "flac", title="Same"), "two.flac")
    assert do_next_job() == "refused"
    assert Track.objects.get(filename="two.flac").refusal_code == "duplicate"


def test_another_workspace_may_have_the_same_song(bring, do_next_job, short_song, cast):
    bring(short_song)
    bring(short_song, organisation=cast.charlies)
    do_next_job()
    job_cancel(job=Job.objects.get(kind="track.analyse"))
    assert do_next_job() == "done"
    assert {t.state for t in Track.objects.all()} == {"analysing"}


def test_a_refused_twin_is_no_twin(bring, do_next_job, cast):
    bring(b"not audio" * 100)
    do_next_job()
    refused = Track.objects.get()
    fresh = Track(organisation=cast.studio)
    assert track_twin(track=fresh, file_sha256=refused.file_sha256) is None


def test_work_that_was_done_before_a_crash_is_not_done_again(
    bring, do_next_job, short_song, monkeypatch
):
    upload = bring(short_song)
    with monkeypatch.context() as patch:
        patch.setattr(ingest_module, "decode", lambda _stream: 1 / 0)
        assert do_next_job() == "failed"
    Job.objects.update(not_before=None)
    pieces.delete(upload.pk)  # the stored original is all that the second attempt may need
    assert do_next_job() == "done"
    assert Asset.objects.filter(kind="original").count() == 1

"""The job that measures a track: once for each audio and revision, into row, vectors and file."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from django.db.models.functions import Now

from config.jobs.models import Job
from config.lib import blobs
from library.analysis.long_term import describe_long_term
from library.analysis.revision import ANALYSIS_REVISION, LONG_TERM_REVISION
from library.models import Track, TrackAnalysis
from library.selectors.track_list import state_of
from library.tasks.analyse import _json_value
from library.transcode.files import read_sound
from tests.library.sounds import RATE, encoded

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def beating() -> bytes:
    """Return sixteen seconds at 120 beats a minute over an A minor chord."""
    t = np.arange(16 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hz * t) for hz in (110, 220, 261.63, 329.63)) / 12
    since_beat = t % 0.5
    click = np.exp(-40 * since_beat) * np.sin(2 * np.pi * 90 * since_beat)
    mono = (chord + 0.5 * click).astype(np.float32)
    return encoded(np.stack([mono, mono], axis=1), "flac", title="Beating")


def test_a_track_is_ready_with_what_lists_sort_by(bring, do_next_job, beating):
    bring(beating, "beating.flac")
    assert [do_next_job(), do_next_job()] == ["done", "done"]
    track = Track.objects.get()
    assert track.state == "ready"
    assert track.analysis.revision == ANALYSIS_REVISION
    assert track.tempo_bpm == track.analysis.data["tempo"]["bpm"] > 0
    assert (track.key_pitch_class, track.key_mode) == (9, "minor")
    assert -30 < track.loudness_lufs < -5
    job = Job.objects.get(kind="track.analyse")
    assert job.result == {"track": str(track.pk)}


def test_vectors_and_fingerprint_are_kept_beside_the_data(bring, do_next_job, beating):
    bring(beating)
    do_next_job()
    do_next_job()
    analysis = TrackAnalysis.objects.get()
    assert {"tempo", "beats", "key", "chords", "sections", "drums", "bass"} <= set(analysis.data)
    assert not {"peaks", "fingerprint", "embedding"} & set(analysis.data)
    for vector in (analysis.overall, analysis.rhythm, analysis.harmony, analysis.timbre):
        assert math.hypot(*vector) == pytest.approx(1, abs=1e-3)
    with blobs.open_blob(analysis.fingerprint_key) as stream:
        stored = np.load(stream, allow_pickle=False)
        assert len(stored["hashes"]) == len(stored["frames"])
        assert len(stored["hashes"]) > 0
        assert len(stored["landmark_frames"]) == len(stored["landmark_bins"]) > 0
        assert stored["landmark_frames"].dtype == stored["landmark_bins"].dtype == np.float64


def test_the_long_term_spectrum_is_kept_to_the_last_digit(bring, do_next_job, beating):
    bring(beating)
    do_next_job()
    do_next_job()
    track = Track.objects.get()
    with blobs.open_blob(track.assets.get(kind="master").key) as stream:
        measured = describe_long_term(*read_sound(stream))
    assert track.analysis.data["long_term"] == {
        "revision": LONG_TERM_REVISION,
        "levels_db": list(measured.levels_db),
    }


def test_the_same_audio_elsewhere_is_not_measured_again(
    bring, do_next_job, beating, cast, monkeypatch
):
    bring(beating)
    do_next_job()
    do_next_job()
    bring(beating, organisation=cast.charlies)
    do_next_job()
    monkeypatch.setattr("library.tasks.analyse.analyse_pcm", lambda *_, **__: 1 / 0)
    assert do_next_job() == "done"
    assert TrackAnalysis.objects.count() == 1
    assert [t.state for t in Track.objects.all()] == ["ready", "ready"]


def test_a_new_revision_measures_anew_and_keeps_the_old(bring, do_next_job, beating, monkeypatch):
    bring(beating)
    do_next_job()
    do_next_job()
    monkeypatch.setattr("library.tasks.analyse.ANALYSIS_REVISION", "next")
    Job.objects.filter(kind="track.analyse").delete()
    track = Track.objects.get()
    from config.jobs.services import enqueue

    enqueue("track.analyse", {"track": str(track.pk)}, idem="again", tenant=track.organisation_id)
    assert do_next_job() == "done"
    assert {a.revision for a in TrackAnalysis.objects.all()} == {ANALYSIS_REVISION, "next"}
    track.refresh_from_db()
    assert track.analysis.revision == "next"


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_no_number_is_becomes_null(value):
    assert (
        json.dumps(_json_value({"a": (value, 1.0, np.float32(0.5))})) == '{"a": [null, 1.0, 0.5]}'
    )


def test_a_song_whose_analysis_gave_up_is_shown_as_failed_and_follows_the_retry(
    bring, do_next_job, beating, cast
):
    from config.jobs.services import job_retry

    bring(beating)
    do_next_job()
    Job.objects.filter(kind="track.analyse").update(state="failed", finished_at=Now(), attempt=3)
    track = Track.objects.select_related("job").get()
    assert (track.job.kind, state_of(track)[0]) == ("track.analyse", "failed")
    again = job_retry(job=track.job, idem="again")
    assert Track.objects.get().job == again
    assert do_next_job() == "done"
    assert Track.objects.get().state == "ready"

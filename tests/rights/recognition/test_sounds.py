"""The sound of a track: read from storage once, however many want to hear it, and by nobody too early."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
import soxr

from config.lib import blobs
from library.analysis.pipeline import analyse_pcm
from library.models import Asset, TrackAnalysis
from library.tasks.analyse import _store_fingerprint
from library.transcode.files import read_sound
from rights.recognition.local_index import landmarks_of
from rights.tasks import sounds
from rights.tasks.sounds import sound_of_track
from tests.library.factories import make_asset, make_track
from tests.rights.recognition.sounds import fingerprint_of, song

if TYPE_CHECKING:
    from library.analysis.types import Fingerprint
    from library.models import Track

pytestmark = pytest.mark.django_db
RATE = 48_000


def flac(seconds: float) -> bytes:
    drawn = np.random.default_rng(3).uniform(-0.9, 0.9, (round(seconds * RATE), 2))
    tape = io.BytesIO()
    soundfile.write(tape, drawn, RATE, format="FLAC", subtype="PCM_16")
    return tape.getvalue()


def make_analysis(track: Track, fingerprint: Fingerprint) -> TrackAnalysis:
    """Return what an analysis leaves behind as far as a sound is concerned."""
    return TrackAnalysis.objects.create(
        audio_sha256=track.audio_sha256,
        revision="test",
        data={},
        fingerprint_key=_store_fingerprint(fingerprint),
    )


@pytest.fixture
def track(cast):
    made = make_track(cast.studio, tags={"isrc": "GB-ABC-20-00001"})
    make_asset(made, Asset.Kind.MASTER, flac(2.5), suffix=".flac")
    return made


@pytest.fixture
def opened(monkeypatch):
    """The keys of the files that were opened."""
    keys, real = [], blobs.open_blob
    monkeypatch.setattr(sounds.blobs, "open_blob", lambda key: keys.append(key) or real(key))
    return keys


def test_a_sound_that_nobody_hears_is_not_read(track, opened):
    with sound_of_track(track) as sound:
        assert (sound.isrc_tag, sound.audio_sha256) == ("GBABC2000001", track.audio_sha256)
    assert opened == []


def test_three_who_hear_it_open_it_once_and_hear_the_same(track, opened):
    with sound_of_track(track) as sound:
        heard = [sound.pcm() for _recogniser in range(3)]
        part, _rate = sound.pcm(0.5, 1.25)
    assert len(opened) == 1
    expected, rate = soundfile.read(io.BytesIO(flac(2.5)), dtype="float32")
    for samples, rate_hz in heard:
        assert rate_hz == rate == RATE
        assert np.array_equal(samples, expected.mean(axis=1))
    assert np.array_equal(part, heard[0][0][RATE // 2 : 5 * RATE // 4])


def test_what_was_opened_is_closed_when_nobody_listens_any_more(track, monkeypatch):
    streams, real = [], blobs.open_blob
    monkeypatch.setattr(
        sounds.blobs, "open_blob", lambda key: streams.append(real(key)) or streams[-1]
    )
    with sound_of_track(track) as sound:
        sound.pcm(0.0, 1.0)
        assert [stream.closed for stream in streams] == [False]
    assert [stream.closed for stream in streams] == [True]


@pytest.mark.parametrize("rate_hz", [RATE, 44_100, 22_050])
def test_the_analysis_kept_exactly_the_landmarks_that_the_sound_has(track, rate_hz):
    mono, own_rate = song(5)
    mono = soxr.resample(mono, own_rate, rate_hz)
    shifted = np.roll(mono, rate_hz // 3)  # the channels differ, so that mixing them counts
    tape = io.BytesIO()
    soundfile.write(tape, np.stack([mono, shifted], axis=1) / 2, rate_hz, format="FLAC")
    track.assets.all().delete()
    make_asset(track, Asset.Kind.MASTER, tape.getvalue(), suffix=".flac")
    tape.seek(0)
    measured = analyse_pcm(*read_sound(tape))
    track.analysis = make_analysis(track, measured.fingerprint)

    with sound_of_track(track) as sound:
        kept, heard = sound.fingerprint.landmarks, landmarks_of(*sound.pcm())

    assert np.array_equal(kept.frames, heard.frames)
    assert np.array_equal(kept.bins, heard.bins)
    assert len(kept.frames) > 500


def test_silence_has_landmarks_too_none_of_them(track):
    silent = analyse_pcm(np.zeros((2 * RATE, 2), np.float32), RATE)
    track.analysis = make_analysis(track, silent.fingerprint)
    with sound_of_track(track) as sound:
        landmarks = sound.fingerprint.landmarks
    assert (len(landmarks.frames), len(landmarks.bins)) == (0, 0)


def test_a_file_of_before_they_were_kept_has_hashes_only(track):
    before = replace(fingerprint_of(5), landmarks=None)
    track.analysis = make_analysis(track, before)
    with sound_of_track(track) as sound:
        loaded = sound.fingerprint
    assert loaded.landmarks is None
    assert np.array_equal(loaded.hashes, before.hashes)
    assert np.array_equal(loaded.frames, before.frames)


def test_two_sounds_share_nothing(track, opened):
    with sound_of_track(track) as one, sound_of_track(track) as other:
        assert one.pcm()[0] is not other.pcm()[0]
    assert len(opened) == 2


def test_a_file_that_is_missing_is_missed_again_the_next_time(track):
    key = track.assets.get().key
    blobs.delete(key)
    with sound_of_track(track) as sound:
        for _time in range(2):
            with pytest.raises(FileNotFoundError):
                sound.pcm()
        blobs.put(io.BytesIO(flac(2.5)), suffix=".flac")
        assert len(sound.pcm()[0]) == round(2.5 * RATE)

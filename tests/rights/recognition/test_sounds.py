"""The sound of a track: read from storage once, however many want to hear it, and by nobody too early."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from config.lib import blobs
from library.models import Asset
from rights.tasks import sounds
from rights.tasks.sounds import sound_of_track
from tests.library.factories import make_asset, make_track

pytestmark = pytest.mark.django_db
RATE = 48_000


def flac(seconds: float) -> bytes:
    drawn = np.random.default_rng(3).uniform(-0.9, 0.9, (round(seconds * RATE), 2))
    tape = io.BytesIO()
    soundfile.write(tape, drawn, RATE, format="FLAC", subtype="PCM_16")
    return tape.getvalue()


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
    sound = sound_of_track(track)
    assert (sound.isrc_tag, sound.audio_sha256) == ("GBABC2000001", track.audio_sha256)
    assert opened == []


def test_three_who_hear_it_read_it_once_and_hear_the_same(track, opened):
    sound = sound_of_track(track)
    heard = [sound.pcm() for _recogniser in range(3)]
    assert len(opened) == 1
    expected, rate = soundfile.read(io.BytesIO(flac(2.5)), dtype="float32")
    for samples, rate_hz in heard:
        assert rate_hz == rate == RATE
        assert np.array_equal(samples, expected.mean(axis=1))


def test_two_sounds_share_nothing(track, opened):
    one, other = sound_of_track(track), sound_of_track(track)
    assert one.pcm()[0] is not other.pcm()[0]
    assert len(opened) == 2


def test_a_file_that_is_missing_is_missed_again_the_next_time(track):
    sound = sound_of_track(track)
    key = track.assets.get().key
    blobs.delete(key)
    for _time in range(2):
        with pytest.raises(FileNotFoundError):
            sound.pcm()
    blobs.put(io.BytesIO(flac(2.5)), suffix=".flac")
    assert len(sound.pcm()[0]) == round(2.5 * RATE)

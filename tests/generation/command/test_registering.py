"""Songs become known to the stand-ins by a copy of the command, from what the library has kept."""

from __future__ import annotations

import io
import json
import os
import signal

import pytest
import soundfile

from config.lib import blobs
from config.processes import ProcessGroup
from generation.management.song.errors import SongFailedError
from generation.management.song.registering import NAME, Registration
from generation.management.song.registrar import serve
from tests.jobs.field import wait_until
from tests.library.factories import make_asset, make_track
from tests.rights.recognition.sounds import song

pytestmark = pytest.mark.django_db


@pytest.fixture
def track(cast):
    """A track that was read: its master is kept."""
    flac = io.BytesIO()
    soundfile.write(flac, *song(3), format="FLAC")
    made = make_track(cast.studio, tags={"artist": "Dora"}, duration_ms=40_000)
    make_asset(made, "master", flac.getvalue(), suffix=".flac")
    return made


def songs_of(stand_in, what):
    return stand_in.http.get(f"{stand_in.url}/sandbox/{what}").json()["songs"]


def order_of(name, track):
    """Return what the copy is told of a song."""
    told = {"file": name, "tags": track.tags, "audio_sha256": track.audio_sha256}
    key = track.assets.get(kind="master").key
    return json.dumps({**told, "duration_ms": track.duration_ms, "key": key}).encode() + b"\n"


def served(*orders):
    """Return the answers to some orders. By the function that the copy does, not in a copy: a process of
    tests has threads, such as Shazam's, and those are not copied."""
    reading, writing = os.pipe()
    answers, answering = os.pipe()
    os.write(writing, b"".join(orders))
    os.close(writing)
    serve(reading, answering)
    os.close(answering)
    with os.fdopen(answers, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def refused(registration, name, track):
    """Ask until the answer comes, which is an error."""
    wait_until(lambda: registration.has(name, track), f"{name} to be answered")


def test_a_song_is_registered_from_what_the_library_kept(stand_ins, track):
    assert served(order_of("ocean-drive.mp3", track)) == [{"file": "ocean-drive.mp3", "error": ""}]

    (apple,) = songs_of(stand_ins["apple_music"], "songs")
    (shazam,) = songs_of(stand_ins["shazam"], "signatures")
    assert (apple["title"], apple["artist"]) == ("Ocean Drive", "Dora")
    assert apple["duration_ms"] == 40_000
    assert apple["isrc"] == shazam["isrc"]
    assert apple["isrc"].startswith("QZZZZ")


def test_one_is_registered_after_the_other_and_an_error_keeps_none_from_the_next(
    stand_ins, track, cast
):
    gone = make_track(cast.studio, duration_ms=40_000)
    make_asset(gone, "master", b"no sound", suffix=".flac")
    orders = order_of("gone.mp3", gone), order_of("one.mp3", track)
    blobs.delete(gone.assets.get().key)

    first, second = served(*orders)

    assert first["file"] == "gone.mp3"
    assert "No such file" in first["error"]
    assert second == {"file": "one.mp3", "error": ""}
    assert [one["title"] for one in songs_of(stand_ins["shazam"], "signatures")] == ["One"]


def test_what_is_known_is_not_told(stand_ins, track):
    with Registration(ProcessGroup(), is_wanted=True) as registration:
        registration.knows(["one.mp3"])
        assert registration.has("one.mp3", track)

    assert songs_of(stand_ins["shazam"], "signatures") == []


def test_where_nothing_is_to_be_registered_everything_counts_as_known(stand_ins, track):
    with Registration(ProcessGroup(), is_wanted=False) as registration:
        assert registration.has("any.wav", track)
        assert registration._started.running == {}

    assert songs_of(stand_ins["shazam"], "signatures") == []


def test_a_stand_in_that_refuses_stops_the_command_with_its_words(stand_ins, track):
    stand_ins["apple_music"].fail("500", times=1, path="/sandbox/songs")
    with (
        Registration(ProcessGroup(), is_wanted=True) as registration,
        pytest.raises(SongFailedError, match=r"one\.mp3 was not registered\. The stand-in refused"),
    ):
        refused(registration, "one.mp3", track)
    assert songs_of(stand_ins["shazam"], "signatures") == []


def test_a_master_that_is_gone_stops_the_command(stand_ins, track):
    blobs.delete(track.assets.get().key)
    with (
        Registration(ProcessGroup(), is_wanted=True) as registration,
        pytest.raises(SongFailedError, match=r"one\.mp3 was not registered"),
    ):
        refused(registration, "one.mp3", track)


def test_a_copy_that_was_killed_is_noticed(stand_ins, track):
    with Registration(ProcessGroup(), is_wanted=True) as registration:
        os.kill(registration._started.running[NAME].pid, signal.SIGKILL)
        with pytest.raises(SongFailedError, match=r"one\.mp3 could not be registered"):
            refused(registration, "one.mp3", track)


def test_the_copy_ends_with_the_block_and_leaves_the_database_to_us(stand_ins, track):
    with Registration(ProcessGroup(), is_wanted=True) as registration:
        process = registration._started.running[NAME]
        assert not registration._started.has_ended(NAME)

    assert process.poll() == -signal.SIGKILL
    track.refresh_from_db()
    assert track.tags == {"artist": "Dora"}


def test_letting_it_go_twice_closes_nothing_of_others():
    with Registration(ProcessGroup(), is_wanted=True) as registration:
        registration.end()
        reading, writing = os.pipe()  # may get the numbers that were closed just now

    os.write(writing, b"still open")
    assert os.read(reading, 20) == b"still open"
    os.close(reading)
    os.close(writing)

"""The small file that browsers play: what is played until it is there, who rings for it, what it is."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape

import numpy as np
import pytest
import soundfile

from config.jobs.models import Job
from config.lib import blobs
from config.media import signed_url
from library.analysis.decode import decode_file
from library.constants import DELETED_KEPT
from library.models import Asset, Track
from library.selectors.playback import play_url
from library.services.playback import WANTED, playback_made, track_listen
from library.services.retention import tracks_purge
from library.services.tracks import StoredFile, tracks_delete
from library.services.uploads import used_bytes
from library.tasks import playback as task
from tests.jobs.factories import make_job
from tests.library.conftest import NOW
from tests.library.factories import make_asset, make_track

pytestmark = pytest.mark.django_db
Kind = Asset.Kind
RATE, SECONDS = 44_100, 3


@pytest.fixture
def as_alice(client, cast):
    client.force_login(cast.alice)
    return client


def flac() -> bytes:
    """Return three seconds of two different tones as FLAC."""
    at = np.arange(SECONDS * RATE) / RATE
    tones = np.stack([np.sin(2_000 * at), np.sin(3_000 * at)], axis=1) * 0.5
    tape = io.BytesIO()
    soundfile.write(tape, tones, RATE, format="FLAC", subtype="PCM_16")
    return tape.getvalue()


@pytest.fixture
def track(cast) -> Track:
    """A song of alice's studio with a master and nothing smaller."""
    made = make_track(cast.studio, "Tide")
    stored = make_asset(made, Kind.MASTER, flac(), suffix=".flac")
    Asset.objects.filter(pk=stored.pk).update(content_type="audio/flac")
    return made


def listen(track: Track) -> str:
    return f"/library/{track.pk}/listen/"


def small_files(track: Track) -> list[Asset]:
    return list(track.assets.filter(kind=Kind.PLAYBACK))


# ---------------------------------------------------------------- what is played


def test_without_a_small_file_the_list_plays_the_master(as_alice, track):
    page = as_alice.get("/library/").content.decode()
    assert f'data-play="{listen(track)}"' in page
    led = as_alice.get(listen(track))
    assert led.status_code == 302
    assert "no-store" in led["Cache-Control"], "the next visitor may ring again, or find more"
    heard = as_alice.get(led["Location"], headers={"Range": "bytes=0-3"})
    assert (heard.status_code, heard["Content-Type"]) == (206, "audio/flac")
    assert b"".join(heard.streaming_content) == b"fLaC"


def test_the_small_file_is_played_directly_once_it_is_there(as_alice, track):
    make_asset(track, Kind.PLAYBACK, b"small", suffix=".m4a")
    page = as_alice.get("/library/").content.decode()
    assert listen(track) not in page
    play = re.search(r'data-play="(/media/[^"]+)"', page)
    assert play
    assert b"".join(as_alice.get(unescape(play[1])).streaming_content) == b"small"


def test_of_two_files_the_small_one_is_played_whatever_their_order(cast, track):
    make_asset(track, Kind.PLAYBACK, b"small", suffix=".m4a")
    files = list(track.assets.all())
    both = {play_url(track, files, cast.alice), play_url(track, files[::-1], cast.alice)}
    assert len(both) == 1
    assert both.pop().startswith("/media/")


def test_a_song_without_any_sound_has_no_address(cast):
    silent = make_track(cast.studio)
    make_asset(silent, Kind.COVER, b"picture")
    assert play_url(silent, silent.assets.all(), cast.alice) == ""


def test_an_address_keeps_its_file_when_the_small_one_arrives_meanwhile(as_alice, track):
    before = as_alice.get(listen(track))["Location"]
    make_asset(track, Kind.PLAYBACK, b"small", suffix=".m4a")
    after = as_alice.get(listen(track))["Location"]
    heard = [b"".join(as_alice.get(url).streaming_content) for url in (before, after)]
    # A player that asks for the rest of the song must not get the middle of another file.
    assert heard == [flac(), flac()]


# ---------------------------------------------------------------- who rings


def test_looking_at_songs_rings_for_nothing(as_alice, track):
    for page in ("/library/", f"/library/{track.pk}/"):
        assert as_alice.get(page).status_code == 200
    assert not Job.objects.filter(kind=WANTED).exists()


def test_listening_rings_once_however_often(as_alice, cast, track):
    for _time in range(3):
        as_alice.get(listen(track))
    job = Job.objects.get(kind=WANTED)
    assert (job.params, job.tenant, job.title) == (
        {"track": str(track.pk)},
        cast.studio.pk,
        "Tide",
    )
    assert job.state == Job.State.QUEUED


def test_nobody_rings_for_a_file_that_is_there(track):
    make_asset(track, Kind.PLAYBACK, b"small", suffix=".m4a")
    assert track_listen(track=track).kind == Kind.MASTER
    assert not Job.objects.exists()


def test_a_stranger_hears_nothing_and_rings_for_nothing(client, cast, track):
    client.force_login(cast.charlie)
    assert client.get(listen(track)).status_code == 404
    client.logout()
    assert client.get(listen(track))["Location"].startswith("/account/login/")
    assert not Job.objects.exists()


def test_a_deleted_song_is_not_heard_and_rings_for_nothing(as_alice, track):
    tracks_delete(tracks=[track], now=NOW)
    assert as_alice.get(listen(track)).status_code == 404
    assert not Job.objects.exists()


def test_a_song_that_is_still_read_is_not_heard_and_rings_for_nothing(as_alice, cast):
    waiting = make_track(
        cast.studio, state="reading", job=make_job("running", tenant=cast.studio.pk)
    )
    assert as_alice.get(listen(waiting)).status_code == 404
    assert not Job.objects.filter(kind=WANTED).exists()


def test_only_listening_is_a_reason_to_ring(as_alice, track):
    assert as_alice.post(listen(track)).status_code == 405
    assert as_alice.head(listen(track)).status_code == 405
    assert not Job.objects.exists()


def test_the_link_to_the_master_is_for_whoever_listened(as_alice, cast, client, track):
    link = as_alice.get(listen(track))["Location"]
    client.force_login(cast.bob)
    assert client.get(link).status_code == 404


# ---------------------------------------------------------------- what is made


def test_the_job_makes_a_file_with_the_same_sound(track, do_next_job, tmp_path):
    before = used_bytes(track.organisation)
    track_listen(track=track)
    assert do_next_job() == "done"
    (small,) = small_files(track)
    assert small.content_type == "audio/mp4"
    assert small.size_bytes == blobs.size(small.key)
    assert used_bytes(track.organisation) == before + small.size_bytes
    path = tmp_path / "small.m4a"
    with blobs.open_blob(small.key) as stream:
        path.write_bytes(stream.read())
    pcm = decode_file(path)
    assert pcm.sample_rate == RATE
    assert len(pcm.samples) / RATE == pytest.approx(SECONDS, abs=0.05)
    for channel, hz in ((0, 2_000 / 2 / np.pi), (1, 3_000 / 2 / np.pi)):
        spectrum = np.abs(np.fft.rfft(pcm.samples[: 2 * RATE, channel]))
        assert spectrum.argmax() / 2 == pytest.approx(hz, abs=1), "left stays left"


def test_done_again_the_job_changes_nothing(track, do_next_job):
    track_listen(track=track)
    do_next_job()
    (small,) = small_files(track)
    make_job(kind=WANTED, params={"track": str(track.pk)}, tenant=track.organisation_id)
    assert do_next_job() == "done"
    assert small_files(track) == [small]
    assert blobs.exists(small.key)


def test_a_song_whose_files_are_gone_for_good_gets_none(track, do_next_job):
    track_listen(track=track)
    track.assets.all().delete()
    assert do_next_job() == "done"
    assert not track.assets.exists()


def test_a_file_made_while_the_song_went_is_removed_again(track, do_next_job, monkeypatch):
    made, small = [], task._small

    def while_the_song_goes(master: Asset) -> StoredFile:
        made.append(small(master))
        track.assets.all().delete()
        return made[0]

    monkeypatch.setattr(task, "_small", while_the_song_goes)
    track_listen(track=track)
    assert do_next_job() == "done"
    assert not track.assets.exists()
    assert not blobs.exists(made[0].key)


def test_a_file_that_another_song_has_as_well_stays_when_this_one_went(
    track, cast, do_next_job, monkeypatch
):
    made, small = [], task._small

    def while_the_song_goes(master: Asset) -> StoredFile:
        made.append(small(master))
        track.assets.all().delete()
        playback_made(track=other, file=made[0])
        return made[0]

    other = make_track(cast.charlies)
    make_asset(other, Kind.MASTER, b"theirs", suffix=".flac")
    monkeypatch.setattr(task, "_small", while_the_song_goes)
    track_listen(track=track)
    assert do_next_job() == "done"
    assert blobs.exists(made[0].key)
    assert small_files(other)[0].key == made[0].key


def test_a_master_that_cannot_be_read_is_tried_again_and_still_played(as_alice, cast, do_next_job):
    broken = make_track(cast.studio)
    make_asset(broken, Kind.MASTER, b"no FLAC at all", suffix=".flac")
    track_listen(track=broken)
    assert do_next_job() == "failed"
    assert Job.objects.get(kind=WANTED).state == Job.State.QUEUED
    assert not small_files(broken)
    assert as_alice.get(listen(broken)).status_code == 302


@pytest.mark.parametrize(("state", "attempt", "purged"), [("running", 1, 0), ("queued", 0, 1)])
def test_nothing_is_removed_while_a_small_file_is_being_made(track, cast, state, attempt, purged):
    tracks_delete(tracks=[track], now=NOW)
    make_job(state, kind=WANTED, tenant=cast.charlies.pk, attempt=attempt)
    assert tracks_purge(now=NOW + DELETED_KEPT + timedelta(seconds=1)) == purged
    assert track.assets.exists() is not bool(purged)


def test_a_song_that_comes_back_has_its_small_file(track, do_next_job, as_alice, cast):
    track_listen(track=track)
    tracks_delete(tracks=[track], now=NOW)
    assert do_next_job() == "done"
    Track.objects.filter(pk=track.pk).update(deleted_at=None)
    (small,) = small_files(track)
    link = signed_url(
        small.key, user_id=cast.alice.pk, filename="Tide.m4a", content_type="audio/mp4", inline=True
    )
    heard = as_alice.get(link, headers={"Range": "bytes=4-7"})
    assert b"".join(heard.streaming_content) == b"ftyp"

"""The ten through the services of the portal: what is there is used, what stands in the way is named."""

from __future__ import annotations

import hashlib
import io
from datetime import date

import pytest
from django.utils import timezone

from accounts.models import Membership
from generation.management.song.errors import SongFailedError, SongStoppedError
from generation.management.song.hearing import gate_open
from generation.management.song.journey import (
    Brought,
    _refresh,
    all_known,
    cancelled_on_the_way_out,
    known_files,
    song_ask,
    song_wait,
    songs_bring,
)
from generation.management.song.request import SongFile, SongFolder, SongRequest, SongWish
from generation.management.song.telling import Teller
from generation.models import Song
from library.models import StorageQuota, Track
from rights.models import MatchEvidence, RecognitionAnswer, SongSet
from rights.services.consents import Said, consent_record
from rights.services.identification import Answered, answer_keep, answers_forget_misses
from rights.services.outside import SharedMemory
from tests.generation.command.test_request import wav
from tests.generation.finished import make_song, make_version
from tests.jobs.factories import make_job
from tests.library.factories import make_analysis, make_track
from tests.rights.factories import make_match, make_song_set

pytestmark = pytest.mark.django_db
NAMES = [f"{n}.wav" for n in range(10)]


@pytest.fixture
def who(cast):
    return Membership.objects.get(user=cast.alice, organisation=cast.studio)


@pytest.fixture
def teller():
    return Teller(io.StringIO())


def song_file(tmp_path, number):
    path = tmp_path / f"{number}.wav"
    path.write_bytes(wav(number))
    return SongFile(path, hashlib.sha256(path.read_bytes()).hexdigest())


def asked(files, tmp_path):
    return SongRequest(SongFolder(tuple(files), "Ten"), SongWish(out=tmp_path / "out", seed=4))


def brought_of(organisation, tmp_path, **fields):
    track = make_track(organisation, **fields)
    return Brought(song_file(tmp_path, len(NAMES)), track, is_new=True)


def test_a_file_that_the_library_holds_is_not_uploaded_again(who, tmp_path):
    files = [song_file(tmp_path, n) for n in range(3)]
    held = make_track(who.organisation, file_sha256=files[1].sha256)
    brought: list[Brought] = []
    songs_bring(asked(files, tmp_path), who, brought)

    assert [one.is_new for one in brought] == [True, False, True]
    assert brought[1].track == held
    assert [one.track.filename for one in brought if one.is_new] == ["0.wav", "2.wav"]
    assert all(one.track.job.kind == "track.ingest" for one in brought if one.is_new)
    assert Track.objects.count() == 3


def test_a_deleted_song_is_brought_again(who, tmp_path):
    file = song_file(tmp_path, 1)
    make_track(who.organisation, file_sha256=file.sha256, deleted_at=timezone.now())
    brought: list[Brought] = []
    songs_bring(asked([file], tmp_path), who, brought)

    assert brought[0].is_new


def test_a_full_library_is_said_with_the_name_of_the_file(who, tmp_path):
    StorageQuota.objects.create(organisation=who.organisation, limit_bytes=1)
    with pytest.raises(SongStoppedError, match=r"^0\.wav: .*no room"):
        songs_bring(asked([song_file(tmp_path, 0)], tmp_path), who, [])
    assert Track.objects.count() == 0


def test_a_song_that_is_refused_is_named_and_leaves_the_library(who, tmp_path):
    one = brought_of(who.organisation, tmp_path)
    Track.objects.filter(pk=one.track.pk).update(
        state="refused", refusal_code="damaged", refusal="The file is damaged."
    )
    with pytest.raises(SongStoppedError, match=r"10\.wav: The file is damaged\."):
        _refresh([one])
    assert Track.objects.get().deleted_at is not None


def test_a_copy_in_another_format_stands_for_what_the_library_holds(who, tmp_path):
    held, one = make_track(who.organisation), brought_of(who.organisation, tmp_path)
    refused = {"state": "refused", "refusal_code": "duplicate", "duplicate_of": held}
    Track.objects.filter(pk=one.track.pk).update(**refused)
    _refresh([one])
    assert (one.track, one.is_new) == (held, False)

    again = brought_of(who.organisation, tmp_path)
    Track.objects.filter(pk=again.track.pk).update(**refused)
    with pytest.raises(SongStoppedError, match="are the same recording"):
        _refresh([one, again])


def test_a_job_that_gave_up_is_our_fault(who, tmp_path):
    job = make_job("failed", tenant=who.organisation_id, error="RuntimeError", attempt=3)
    one = brought_of(who.organisation, tmp_path, state="analysing", job=job)
    with pytest.raises(SongFailedError, match="Nothing you own was lost"):
        _refresh([one])


def test_what_was_begun_is_stopped_on_the_way_out_and_nothing_else(who, tmp_path):
    tenant = who.organisation_id
    begun = brought_of(
        who.organisation, tmp_path, state="analysing", job=make_job("queued", tenant=tenant)
    )
    read = brought_of(who.organisation, tmp_path, state="ready")
    heard = make_match(read.track, "matching", job=make_job("queued", tenant=tenant))
    older = brought_of(
        who.organisation, tmp_path, state="analysing", job=make_job("queued", tenant=tenant)
    )
    older.is_new = False
    version = make_version(make_song(who.organisation), state="pending")

    with (
        pytest.raises(KeyboardInterrupt),
        cancelled_on_the_way_out([begun, read, older], [version]),
    ):
        raise KeyboardInterrupt

    for job in (begun.track.job, heard.job, version.job):
        job.refresh_from_db()
        assert job.state == "cancelled"
    older.track.job.refresh_from_db()
    assert older.track.job.state == "queued"
    assert set(Track.objects.exclude(deleted_at=None)) == {begun.track}


def test_what_ends_well_is_left_alone(who, tmp_path):
    job = make_job("queued", tenant=who.organisation_id)
    one = brought_of(who.organisation, tmp_path, state="analysing", job=job)
    with cancelled_on_the_way_out([one], []):
        pass

    job.refresh_from_db()
    assert job.state == "queued"


def test_only_what_is_not_matched_is_made_known(who, tmp_path):
    ready = [
        Brought(song_file(tmp_path, number), make_track(who.organisation), is_new=True)
        for number in range(3)
    ]
    make_match(ready[0].track)
    make_match(ready[1].track, "none")

    assert known_files(ready) == {"0.wav"}


def test_a_folder_is_known_when_each_of_its_songs_is_there_and_matched(who, tmp_path):
    files = [song_file(tmp_path, n) for n in range(2)]
    folder = SongFolder(tuple(files), "Two")
    tracks = [make_track(who.organisation, file_sha256=file.sha256) for file in files]
    make_match(tracks[0])
    in_doubt = make_match(tracks[1], "none")
    assert not all_known(folder, who)

    in_doubt.delete()
    make_match(tracks[1])
    assert all_known(folder, who)
    assert not all_known(folder, Membership.objects.exclude(organisation=who.organisation)[0])

    Track.objects.filter(pk=tracks[0].pk).update(deleted_at=timezone.now())
    assert not all_known(folder, who)


def test_the_gate_opens_for_ten_that_are_matched(who, teller):
    gate_open(make_song_set(who.organisation, 10, matched=True), NAMES, who.user, teller)


def test_a_blocked_song_is_named_with_its_file(who, teller):
    song_set = make_song_set(who.organisation, 10, matched=True)
    recording = song_set.entries.get(position=4).track.match.recording
    said = Said("blocked", date(2020, 1, 1), "Rita", "contract")
    consent_record(subject=recording, said=said, actor=None)
    with pytest.raises(SongStoppedError, match=r"^3\.wav: .*does not allow its use"):
        gate_open(song_set, NAMES, who.user, teller)


def test_a_song_in_doubt_is_for_a_person_to_decide(who, teller):
    song_set = make_song_set(who.organisation, 10, matched=True)
    match = song_set.entries.get(position=2).track.match
    match.delete()
    make_match(song_set.entries.get(position=2).track, "choose", doubt="weak")
    with pytest.raises(
        SongStoppedError, match=r"^1\.wav: Choose the right recording for song 2\.$"
    ):
        gate_open(song_set, NAMES, who.user, teller)


def test_a_song_that_nobody_knows_says_how_to_make_it_known(who, teller):
    song_set = make_song_set(who.organisation, 10, matched=True)
    track = song_set.entries.get(position=10).track
    track.match.delete()
    given_up = make_job("failed", tenant=who.organisation_id)
    make_match(track, "matching", job=given_up)
    with pytest.raises(SongStoppedError, match=r"^9\.wav: Song 10 is still being identified\."):
        gate_open(song_set, NAMES, who.user, teller)


def test_where_no_song_can_be_asked_for_the_set_is_put_away(who, teller, tmp_path, monkeypatch):
    tracks = [make_track(who.organisation) for _ in range(10)]
    for number, track in enumerate(tracks):
        if number:
            make_match(track)
        else:
            make_match(track, "choose", doubt="weak")
    brought = [Brought(song_file(tmp_path, n), t, is_new=False) for n, t in enumerate(tracks)]
    request = asked([one.file for one in brought], tmp_path)

    with pytest.raises(SongStoppedError, match=r"0\.wav"):
        song_ask(request, brought, who, teller)
    assert SongSet.objects.get().deleted_at is not None
    assert Song.objects.count() == 0


def test_ten_that_are_matched_become_a_request_for_a_song(who, teller, tmp_path):
    tracks = [make_track(who.organisation) for _ in range(10)]
    for track in tracks:
        make_match(track)
        make_analysis(track)
    brought = [Brought(song_file(tmp_path, n), t, is_new=False) for n, t in enumerate(tracks)]
    version = song_ask(asked([one.file for one in brought], tmp_path), brought, who, teller)

    assert (version.seed, version.job.kind) == (4, "song.generate")
    assert version.song.organisation == who.organisation
    assert [e.track for e in version.song.song_set.entries.order_by("position")] == tracks
    assert version.song.song_set.frozen_at is not None


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_version_that_was_not_made_is_our_fault(who, teller, state):
    with pytest.raises(SongFailedError):
        song_wait(make_version(make_song(who.organisation), state=state), teller)


def test_misses_are_forgotten_and_hits_are_kept(who):
    track, other = make_track(who.organisation), make_track(who.organisation)
    for which, audio in ((track, "a" * 64), (other, "b" * 64)):
        MatchEvidence.objects.create(
            match=make_match(which, "none"),
            recogniser="shazam",
            outcome="miss",
            audio_sha256=audio,
            round=1,
        )
    for audio, name, outcome in (
        ("a" * 64, "shazam", "miss"),
        ("a" * 64, "acoustid", "hit"),
        ("b" * 64, "shazam", "miss"),
    ):
        answer_keep(answered=Answered(name, "1", audio, outcome))

    SharedMemory().remember({"miss": {"matches": []}, "hit": {"matches": [1]}}, ttl_s=60)

    assert answers_forget_misses(tracks=[track.pk]) == 1
    assert SharedMemory().recall(["miss", "hit"]) == {"hit": {"matches": [1]}}
    assert set(RecognitionAnswer.objects.values_list("audio_sha256", "outcome")) == {
        ("a" * 64, "hit"),
        ("b" * 64, "miss"),
    }

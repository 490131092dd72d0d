"""The demonstration in the database: asked for once, conducted to its end, gone on with after a stop."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import soundfile
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from config.jobs.models import Job
from config.jobs.services import job_cancel
from config.jobs.stages import Run
from config.lib.errors import DomainError
from generation.demo_catalogue.piece import load_catalogue
from generation.demo_catalogue.rendered import song_key, song_path
from generation.exceptions import DemoFailedError, DemoMissingError
from generation.models import Song
from generation.rendering.fonts import find_soundfont
from generation.services.demo import (
    QUEUE,
    SET_NAME,
    SONG_TITLE,
    demo_creator,
    demo_folder,
    demo_labels_seed,
    demo_set_make,
    demo_songs_ask,
)
from generation.tasks.demo import _analysed, _upload, seed
from library.models import Track
from rights.models import Party, SongSet
from tests.generation.engine.ten import make_ten
from tests.generation.exports.signals import chirp
from tests.jobs.factories import make_job
from tests.library.factories import make_track

LABELS = {piece.release.label for piece in load_catalogue()}


@pytest.fixture
def folder(settings, tmp_path):
    """Return a folder in which ten short files stand for the ten songs."""
    settings.VAR_DIR = tmp_path
    there, font = demo_folder(), find_soundfont()
    there.mkdir()
    for number, piece in enumerate(load_catalogue()):
        path = song_path(piece, there)
        soundfile.write(path, chirp(10.2 + number / 100, rate=16_000)[:, :1], 16_000)
        (there / f".{piece.name}.key").write_text(song_key(piece, font))
    return there


def in_library(cast, folder):
    """Put the ten into alice's library as if uploaded, analysed and matched."""
    song_set = make_ten(cast.studio)
    tracks = [entry.track for entry in song_set.entries.order_by("position")]
    for track, path in zip(tracks, sorted(folder.glob("*.flac")), strict=True):
        track.filename, track.size_bytes = path.name, path.stat().st_size
        track.save(update_fields=["filename", "size_bytes"])
    return tracks


def running(cast):
    job = make_job("running", tenant=cast.studio.pk, kind="demo.seed", queue=QUEUE)
    return Run(job, job.attempt)


def test_asking_makes_one_job_where_no_song_waits_for_it(cast):
    job = demo_songs_ask(revision="one")
    assert (job.kind, job.queue, job.tenant) == ("demo.seed", QUEUE, cast.studio.pk)
    assert job.title == "The ten songs of the demonstration"
    assert demo_songs_ask(revision="one") == job
    assert Job.objects.count() == 1


def test_other_pieces_are_other_work(cast):
    assert demo_songs_ask(revision="one") != demo_songs_ask(revision="two")


def test_what_was_stopped_goes_on_and_what_goes_on_is_left_alone(cast):
    first = demo_songs_ask(revision="one")
    job_cancel(job=first)
    second = demo_songs_ask(revision="one")
    assert (second.retry_of, second.state) == (first, Job.State.QUEUED)
    assert demo_songs_ask(revision="one") == second
    job_cancel(job=second)
    assert demo_songs_ask(revision="one").retry_of == second
    assert Job.objects.count() == 3


def test_without_the_demo_people_nothing_is_asked_for(db):
    with pytest.raises(DemoMissingError, match="seed_demo"):
        demo_songs_ask(revision="one")
    assert not Job.objects.exists()


def test_the_command_asks_only_when_told_to(db, settings):
    settings.DEBUG = True
    call_command("seed_demo", stdout=StringIO())
    assert not Job.objects.exists()
    out = StringIO()
    call_command("seed_demo", "--songs", stdout=out)
    call_command("seed_demo", "--songs", stdout=out)
    assert Job.objects.get().kind == "demo.seed"
    assert out.getvalue().count("on their way") == 2


def test_the_command_says_nothing_of_songs_that_are_there(db, settings):
    settings.DEBUG = True
    call_command("seed_demo", "--songs", stdout=StringIO())
    Job.objects.update(
        state="succeeded", progress_ppm=1_000_000, finished_at="2026-01-01T00:00:00Z"
    )
    out = StringIO()
    call_command("seed_demo", "--songs", stdout=out)
    assert "on their way" not in out.getvalue()
    assert Job.objects.count() == 1


def test_every_label_gets_an_organisation_that_rita_speaks_for(cast):
    parties = demo_labels_seed(names=LABELS)
    assert {party.name for party in parties} == LABELS
    for party in parties:
        assert party.kind == Party.Kind.LABEL
        assert party.organisation.kind == Organisation.Kind.RIGHTS_HOLDER
        membership = Membership.objects.get(organisation=party.organisation, user=cast.rita)
        assert membership.role == Membership.Role.OWNER
    ritas = next(party for party in parties if party.name == "Rita Records")
    assert ritas.organisation == cast.label


def test_labels_are_seeded_once_and_keep_a_strangers_namesake_apart(cast):
    namesake = Organisation.objects.create(kind="rights_holder", name="Nine Acre Music")
    first = demo_labels_seed(names=LABELS)
    count = Organisation.objects.count()
    assert demo_labels_seed(names=LABELS) == first
    assert Organisation.objects.count() == count
    assert namesake not in [party.organisation for party in first]
    assert not namesake.memberships.exists()


def test_a_party_that_belongs_to_somebody_is_not_moved(cast):
    other = Organisation.objects.create(kind="rights_holder", name="Elsewhere")
    party = Party.objects.create(
        name="Nine Acre Music",
        normalised_name="nine acre music",
        kind=Party.Kind.LABEL,
        organisation=other,
    )
    demo_labels_seed(names={"Nine Acre Music"})
    party.refresh_from_db()
    assert party.organisation == other


def test_the_set_is_made_once_for_the_same_tracks(cast):
    tracks = [make_track(cast.studio) for _ in range(3)]
    creator = demo_creator()
    song_set = demo_set_make(creator=creator, tracks=tracks)
    assert demo_set_make(creator=creator, tracks=tracks) == song_set
    assert demo_set_make(creator=creator, tracks=tracks[:2]) != song_set
    assert [entry.track for entry in song_set.entries.order_by("position")] == tracks
    assert (song_set.name, song_set.created_by) == (SET_NAME, cast.alice)


def test_the_conductor_brings_ten_songs_to_one_and_does_nothing_twice(cast, folder, stand_ins):
    tracks = in_library(cast, folder)
    people = User.objects.count()
    run = running(cast)
    seed(run)

    job = Job.objects.get(pk=run.job.pk)
    assert job.state == Job.State.SUCCEEDED
    song = Song.objects.get(pk=job.result["song"])
    assert (song.title, song.created_by) == (SONG_TITLE, cast.alice)
    assert song.song_set.frozen_at is not None
    assert [e.track for e in song.song_set.entries.order_by("position")] == tracks
    parties = Party.objects.filter(organisation__members=cast.rita)
    assert set(parties.values_list("name", flat=True)) == LABELS
    apple = stand_ins["apple_music"]
    known = apple.http.get(f"{apple.url}/sandbox/songs", params={"limit": 100}).json()
    assert len(known["songs"]) == 10

    # Killed after its last stage and before its end: the next attempt finds everything there.
    later = timezone.now() + timedelta(minutes=1)
    Job.objects.filter(pk=run.job.pk).update(
        state="running", finished_at=None, attempt=2, lease_until=later
    )
    calls = len(stand_ins["shazam"].journal())
    seed(Run(Job.objects.get(pk=run.job.pk), 2))
    assert len(stand_ins["shazam"].journal()) == calls
    assert Song.objects.get() == song
    assert SongSet.objects.get(name=SET_NAME) == song.song_set
    assert Track.objects.count() == 10
    assert Job.objects.filter(kind="song.generate").count() == 1
    assert User.objects.count() == people


def test_a_track_that_could_not_be_read_stops_it_in_words(cast, folder):
    tracks = in_library(cast, folder)
    lost = make_job("failed", tenant=cast.studio.pk, kind="track.ingest")
    Track.objects.filter(pk=tracks[3].pk).update(job=lost, state="analysing")
    with pytest.raises(DemoFailedError, match=f"“{tracks[3].title}” could not be read") as caught:
        _analysed(running(cast), demo_creator(), sorted(folder.glob("*.flac")))
    assert "seed_demo --songs" in caught.value.message


def test_a_track_that_was_deleted_stops_it_in_words(cast, folder):
    tracks = in_library(cast, folder)
    Track.objects.filter(pk=tracks[0].pk).update(deleted_at=timezone.now())
    with pytest.raises(DemoFailedError, match="refused or deleted"):
        _analysed(running(cast), demo_creator(), sorted(folder.glob("*.flac")))


def test_uploading_brings_what_is_missing_and_nothing_twice(cast, folder):
    paths, creator = sorted(folder.glob("*.flac")), demo_creator()
    _upload(creator, paths[:2])
    _upload(creator, paths[:3])
    assert sorted(Track.objects.values_list("filename", flat=True)) == [
        path.name for path in paths[:3]
    ]
    assert set(Track.objects.values_list("added_by", flat=True)) == {cast.alice.pk}
    assert Job.objects.filter(kind="track.ingest").count() == 3


def test_real_catalogues_are_told_nothing(cast, folder, stand_ins, settings):
    in_library(cast, folder)
    settings.APPLE_MUSIC_URL = "https://api.music.apple.com"
    with pytest.raises(DomainError, match="not a stand-in"):
        seed(running(cast))
    assert not Song.objects.exists()
    assert not stand_ins["apple_music"].journal("/sandbox/songs")


def test_the_command_renders_only_what_is_missing(db, folder, stand_ins):
    said = StringIO()
    call_command("demo_songs", stderr=said)
    assert f"10 songs in {folder}, 0 rendered" in said.getvalue()
    assert "voices" in said.getvalue()
    assert len(list(folder.glob("*.flac"))) == 10
    assert not stand_ins["apple_music"].journal("/sandbox/songs")

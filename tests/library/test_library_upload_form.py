"""The upload form without JavaScript: several files at once, each with its own fate."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from config.jobs.models import Job
from library.models import StorageQuota, Track, Upload

pytestmark = pytest.mark.django_db
URL = "/library/upload/"


def song(name: str = "song.wav", content: bytes = b"RIFF") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="audio/wav")


@pytest.fixture
def as_alice(client, cast):
    client.force_login(cast.alice)
    return client


def test_several_files_come_in_and_each_has_a_job(as_alice, cast):
    answer = as_alice.post(URL, {"songs": [song("one.wav"), song("two.flac")]})
    assert (answer.status_code, answer["Location"]) == (302, "/library/")
    assert {track.title for track in Track.objects.of(cast.studio)} == {"one", "two"}
    assert Job.objects.filter(kind="track.ingest", tenant=cast.studio.pk).count() == 2
    page = as_alice.get("/library/").content.decode()
    assert "2 songs came in." in page


def test_one_is_refused_by_name_and_the_others_come_in(as_alice, cast):
    files = [song("good.wav"), song("empty.wav", b""), song("fine.wav")]
    assert as_alice.post(URL, {"songs": files}).status_code == 302
    assert {track.filename for track in Track.objects.all()} == {"good.wav", "fine.wav"}
    page = as_alice.get("/library/").content.decode()
    assert "empty.wav is empty. Export it again." in page
    assert "2 songs came in." in page


def test_what_does_not_fit_the_quota_is_refused_and_the_first_stays(as_alice, cast):
    StorageQuota.objects.create(organisation=cast.studio, limit_bytes=6)
    as_alice.post(URL, {"songs": [song("a.wav"), song("b.wav")]})
    assert [track.filename for track in Track.objects.all()] == ["a.wav"]
    assert "There is no room for b.wav" in as_alice.get("/library/").content.decode()


@pytest.mark.parametrize("data", [{}, {"songs": "not a file"}])
def test_nothing_chosen_is_answered_by_the_form_and_the_reason(as_alice, data):
    answer = as_alice.post(URL, data)
    assert answer.status_code == 422
    assert "Choose one or more audio files." in answer.content.decode()
    assert not Upload.objects.exists()


def test_the_page_of_a_refused_form_has_links_that_work(as_alice, cast):
    from tests.library.factories import make_track

    make_track(cast.studio, state="queued")
    body = as_alice.post(URL, {}).content.decode()
    assert 'href="?' not in body, "relative links would lead to an address that only takes POST"
    assert 'hx-get="?' not in body


def test_more_than_fifty_files_at_once_are_too_many(as_alice):
    answer = as_alice.post(URL, {"songs": [song(f"{n}.wav") for n in range(51)]})
    assert answer.status_code == 422
    assert "at most 50" in answer.content.decode()
    assert not Upload.objects.exists()


@pytest.mark.parametrize("person", ["vera", "rita"])
def test_who_may_not_add_songs_adds_none(client, cast, person):
    client.force_login(getattr(cast, person))
    assert client.post(URL, {"songs": [song()]}).status_code == 403
    assert not Upload.objects.exists()
    assert not Track.objects.exists()


def test_nobody_is_sent_to_log_in(client, cast):
    answer = client.post(reverse("library:upload"), {"songs": [song()]})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
    assert not Upload.objects.exists()


def test_a_file_goes_to_the_organisation_of_who_sends_it(client, cast):
    client.force_login(cast.charlie)
    client.post(URL, {"songs": [song()]})
    assert Track.objects.get().organisation == cast.charlies

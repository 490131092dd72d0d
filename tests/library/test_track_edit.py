"""Changing what a song is called."""

from __future__ import annotations

import pytest

from tests.library.factories import make_track

pytestmark = pytest.mark.django_db
NEW = {"title": " New name ", "artist": "Bob", "album": ""}


@pytest.fixture
def song(cast):
    return make_track(cast.studio, "Old name", artist="Alice", album="X", tags={"title": "In file"})


def url(song) -> str:
    return f"/library/{song.pk}/edit/"


@pytest.mark.parametrize("person", ["alice", "bob"])
def test_names_are_saved_and_the_tags_of_the_file_stay(client, cast, song, person):
    client.force_login(getattr(cast, person))
    answer = client.post(url(song), NEW)
    assert (answer.status_code, answer["Location"]) == (302, f"/library/{song.pk}/")
    song.refresh_from_db()
    assert (song.title, song.artist, song.album) == ("New name", "Bob", "")
    assert song.tags == {"title": "In file"}
    assert "The names are saved." in client.get(answer["Location"]).content.decode()


def test_the_form_shows_the_present_names(client, cast, song):
    client.force_login(cast.alice)
    page = client.get(url(song)).content.decode()
    assert 'value="Old name"' in page
    assert 'value="Alice"' in page


@pytest.mark.parametrize(
    "data", [{}, {"title": "   "}, {"title": "x" * 256}, {"title": "ok", "artist": "x" * 256}]
)
def test_names_that_cannot_be_are_shown_again_with_the_reason(client, cast, song, data):
    client.force_login(cast.alice)
    answer = client.post(url(song), data)
    assert answer.status_code == 422
    assert "field-errors" in answer.content.decode()
    song.refresh_from_db()
    assert (song.title, song.artist) == ("Old name", "Alice")


@pytest.mark.parametrize(
    ("person", "status"), [("vera", 403), ("charlie", 404), ("rita", 404), (None, 302)]
)
def test_who_may_not_edit_changes_nothing(client, cast, song, person, status):
    if person:
        client.force_login(getattr(cast, person))
    assert client.get(url(song)).status_code == status
    assert client.post(url(song), NEW).status_code == status
    song.refresh_from_db()
    assert song.title == "Old name"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_allowed(client, cast, song, method):
    client.force_login(cast.alice)
    assert getattr(client, method)(url(song)).status_code == 405


def test_only_names_can_be_changed_through_the_form(client, cast, song):
    client.force_login(cast.alice)
    client.post(url(song), {**NEW, "state": "failed", "organisation": str(cast.charlies.pk)})
    song.refresh_from_db()
    assert (song.state, song.organisation) == ("ready", cast.studio)

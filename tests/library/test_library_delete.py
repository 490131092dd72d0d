"""Deleting songs, taking it back, and when it cannot be taken back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from library.constants import DELETED_KEPT
from library.models import Track
from library.services.tracks import tracks_delete
from tests.library.factories import make_track

pytestmark = pytest.mark.django_db
DELETE, RESTORE = "library:delete", "library:restore"


@pytest.fixture
def songs(cast):
    return [make_track(cast.studio, title) for title in ("One", "Two", "Three")]


def post(client, name, tracks, **data):
    return client.post(reverse(name), {"track": [str(track.pk) for track in tracks], **data})


def living() -> set[str]:
    return set(Track.objects.filter(deleted_at=None).values_list("title", flat=True))


@pytest.mark.parametrize("person", ["alice", "bob"])
def test_the_chosen_songs_go_and_undo_brings_them_back(client, cast, songs, person):
    client.force_login(getattr(cast, person))
    answer = post(client, DELETE, songs[:2], q="o", sort="title")
    assert answer.status_code == 302
    assert answer["Location"] == "/library/?q=o&sort=title"
    assert living() == {"Three"}
    page = client.get("/library/").content.decode()
    assert "2 songs were deleted." in page
    assert all(f'name="track" value="{song.pk}"' in page for song in songs[:2])
    assert "One" not in page
    back = post(client, RESTORE, songs[:2])
    assert back.status_code == 302
    assert living() == {"One", "Two", "Three"}
    assert "2 songs are back." in client.get("/library/").content.decode()


def test_undo_is_offered_once(client, cast, songs):
    client.force_login(cast.alice)
    post(client, DELETE, songs[:1])
    assert "1 song was deleted." in client.get("/library/").content.decode()
    assert "was deleted" not in client.get("/library/").content.decode()


def test_a_poll_does_not_use_the_offer_up(client, cast, songs):
    client.force_login(cast.alice)
    make_track(cast.studio, "Working", state="queued")
    post(client, DELETE, songs[:1])
    part = client.get("/library/", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "was deleted" not in part.content.decode()
    assert "1 song was deleted." in client.get("/library/").content.decode()


def test_deleting_again_keeps_the_first_date_and_offers_nothing(client, cast, songs):
    long_ago = timezone.now() - timedelta(days=29)
    tracks_delete(tracks=songs[:1], now=long_ago)
    client.force_login(cast.alice)
    post(client, DELETE, songs[:1])
    songs[0].refresh_from_db()
    assert songs[0].deleted_at == long_ago
    assert "deleted" not in client.session.get("library_deleted", [])
    assert "was deleted" not in client.get("/library/").content.decode()


@pytest.mark.parametrize("name", [DELETE, RESTORE])
def test_what_is_no_song_of_ours_is_left_alone(client, cast, songs, name):
    strange = make_track(cast.charlies, "Charlie's")
    client.force_login(cast.alice)
    answer = client.post(
        reverse(name), {"track": [str(strange.pk), str(uuid4()), "nonsense", "", "1 OR 1=1"]}
    )
    assert answer.status_code == 302
    assert living() == {"One", "Two", "Three", "Charlie's"}


@pytest.mark.parametrize("name", [DELETE, RESTORE])
@pytest.mark.parametrize(
    ("person", "status"), [("vera", 403), ("rita", 403), ("charlie", 302), (None, 302)]
)
def test_who_may_not_changes_nothing(client, cast, songs, name, person, status):
    tracks_delete(tracks=songs[2:], now=timezone.now())
    if person:
        client.force_login(getattr(cast, person))
    assert post(client, name, songs).status_code == status
    assert living() == {"One", "Two"}


@pytest.mark.parametrize("name", [DELETE, RESTORE, "library:upload"])
def test_only_post_changes_anything(client, cast, songs, name):
    client.force_login(cast.alice)
    for method in ("get", "head", "put", "delete", "patch"):
        assert getattr(client, method)(reverse(name)).status_code == 405
    assert living() == {"One", "Two", "Three"}


def test_a_song_that_came_again_meanwhile_cannot_be_brought_back(client, cast, songs):
    tracks_delete(tracks=songs[:2], now=timezone.now())
    make_track(cast.studio, "Again", file_sha256=songs[0].file_sha256)
    client.force_login(cast.alice)
    post(client, RESTORE, songs[:2])
    assert living() == {"Three", "Again"}, "all of them or none"
    page = client.get("/library/").content.decode()
    assert "“One” is in your library again already. Nothing was changed." in page


def test_the_same_song_elsewhere_does_not_stand_in_the_way(client, cast, songs):
    tracks_delete(tracks=songs[:1], now=timezone.now())
    make_track(cast.charlies, audio_sha256=songs[0].audio_sha256)
    client.force_login(cast.alice)
    post(client, RESTORE, songs[:1])
    assert "One" in living()


@pytest.mark.parametrize(("age", "is_back"), [(-timedelta(minutes=1), True), (timedelta(0), False)])
def test_thirty_days_are_the_end(client, cast, songs, age, is_back):
    tracks_delete(tracks=songs[:1], now=timezone.now() - DELETED_KEPT - age)
    client.force_login(cast.alice)
    post(client, RESTORE, songs[:1])
    assert ("One" in living()) is is_back
    said = "was deleted more than 30 days ago" in client.get("/library/").content.decode()
    assert said is not is_back


def test_a_deleted_song_has_no_page_any_more(client, cast, songs):
    tracks_delete(tracks=songs[:1], now=timezone.now())
    client.force_login(cast.alice)
    for name in ("library:track-detail", "library:track-edit", "library:cover"):
        assert client.get(reverse(name, args=[songs[0].pk])).status_code == 404

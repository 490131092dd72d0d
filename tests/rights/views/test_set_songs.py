"""Songs come into sets: a new set, picked from the library, uploaded, in another's place."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from library.models import Track
from library.services.uploads import upload_append, upload_create
from rights.models import Match, SongSet
from tests.library.factories import make_track
from tests.rights.factories import make_song_set
from tests.rights.views.conftest import PART, entries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _upload_folder(settings, tmp_path):
    settings.UPLOAD_DIR = str(tmp_path / "uploads")


def body(response) -> str:
    return unescape(response.content.decode())


def tracks(cast, count: int) -> list[Track]:
    return [make_track(cast.studio) for _number in range(count)]


# ---------------------------------------------------------------- the list, a new set


def test_the_first_visit_says_what_a_set_is(as_alice, as_vera):
    assert "No song set yet" in body(as_alice.get("/sets/"))
    assert "/sets/new/" in body(as_alice.get("/sets/"))
    seen = body(as_vera.get("/sets/"))
    assert "An owner or editor of your organisation can make one" in seen
    assert "/sets/new/" not in seen


def test_the_list_tells_how_far_each_set_is(as_alice, cast):
    make_song_set(cast.studio, 10, matched=True)
    make_song_set(cast.studio, 3)
    make_song_set(cast.charlies, 2)
    page = body(as_alice.get("/sets/"))
    assert "All ten are matched" in page
    assert "7 places are empty" in page
    assert page.count('class="set-card"') == 2
    assert page.count("tile-matched") == 10


def test_a_set_is_made_from_ticked_songs_which_are_identified(as_alice, cast):
    chosen = tracks(cast, 3)
    data = {"name": "Late summer", "track": [str(track.pk) for track in chosen]}
    answer = as_alice.post("/sets/new/", data)
    song_set = SongSet.objects.get()
    assert answer["Location"] == f"/sets/{song_set.pk}/"
    assert (song_set.name, song_set.created_by) == ("Late summer", cast.alice)
    assert [title for title, _weight in entries(song_set)] == [track.title for track in chosen]
    assert Match.objects.filter(track__in=chosen, state="matching").count() == 3


def test_a_set_can_be_made_to_upload_into(as_alice):
    answer = as_alice.post("/sets/new/", {"name": "Fresh", "then": "upload"})
    assert answer["Location"] == f"/sets/{SongSet.objects.get().pk}/add/"


def test_more_than_ten_are_refused_and_everything_typed_comes_back(as_alice, cast):
    chosen = tracks(cast, 11)
    data = {"name": "Too many", "track": [str(track.pk) for track in chosen]}
    answer = as_alice.post("/sets/new/", data)
    assert answer.status_code == 422
    page = body(answer)
    assert "A set holds 10 songs" in page
    assert 'value="Too many"' in page
    assert len(re.findall(r'name="track" value="[^"]+" checked>', page)) == 11
    assert not SongSet.objects.exists()


def test_a_set_needs_a_name(as_alice, cast):
    [track] = tracks(cast, 1)
    answer = as_alice.post("/sets/new/", {"name": " ", "track": str(track.pk)})
    assert answer.status_code == 422
    assert " checked>" in body(answer)
    assert not SongSet.objects.exists()


def test_without_scripts_a_search_keeps_name_and_ticks(as_alice, cast):
    kept, found = make_track(cast.studio, "Tide"), make_track(cast.studio, "Harbour")
    make_track(cast.studio, "Else")
    data = {"name": "Mine", "q": "harb", "track": str(kept.pk), "find": "1"}
    page = body(as_alice.post("/sets/new/", data, follow=True))
    assert 'value="Mine"' in page
    assert page.count('name="track"') == 2
    assert page.index(str(kept.pk)) < page.index(str(found.pk)), "what is ticked comes first"
    assert f'value="{kept.pk}" checked>' in page
    assert not SongSet.objects.exists()


def test_while_typing_only_the_list_is_sent(as_alice, cast):
    make_track(cast.studio, "Harbour")
    part = body(as_alice.get("/sets/new/", {"q": "harb"}, headers=PART))
    assert part.lstrip().startswith('<div id="picker-rows"')
    assert "Harbour" in part


def test_songs_that_cannot_be_used_are_not_offered(as_alice, cast):
    make_track(cast.studio, "Broken", state="refused", refusal_code="x", refusal="No audio.")
    make_track(cast.studio, "Gone", deleted_at=timezone.now())
    make_track(cast.charlies, "Theirs")
    page = body(as_alice.get("/sets/new/"))
    assert "There is no song in your library that can be added yet" in page


@pytest.mark.parametrize("path", ["/sets/new/", "/sets/restore/"])
def test_a_viewer_makes_and_restores_nothing(as_vera, path):
    assert as_vera.post(path, {"name": "Mine"}).status_code == 403
    assert not SongSet.objects.exists()


# ---------------------------------------------------------------- into a set that is there


def test_ticked_songs_are_added_and_those_inside_are_not_offered_again(as_alice, cast, three):
    fourth = make_track(cast.studio, "Fourth")
    page = body(as_alice.get(f"/sets/{three.pk}/add/"))
    assert "7 places of this set are free." in page
    assert page.count('name="track"') == 1
    answer = as_alice.post(f"/sets/{three.pk}/add/", {"track": str(fourth.pk)}, follow=True)
    assert "1 song is in the set and is being identified." in body(answer)
    assert entries(three)[-1][0] == "Fourth"


def test_adding_nothing_says_so(as_alice, three):
    answer = as_alice.post(f"/sets/{three.pk}/add/", {})
    assert answer.status_code == 422
    assert "Tick at least one song" in body(answer)
    assert three.entries.count() == 3


def test_a_full_set_refuses_and_stays(as_alice, cast):
    full = make_song_set(cast.studio, 10)
    before = entries(full)
    [more] = tracks(cast, 1)
    answer = as_alice.post(f"/sets/{full.pk}/add/", {"track": str(more.pk)})
    assert answer.status_code == 422
    assert "0 places are free" in body(answer)
    assert entries(full) == before


def test_a_file_from_a_plain_form_lands_in_library_and_set(as_alice, three):
    files = [SimpleUploadedFile("fresh.wav", b"RIFF" * 9), SimpleUploadedFile("empty.wav", b"")]
    page = body(as_alice.post(f"/sets/{three.pk}/upload/", {"songs": files}, follow=True))
    assert "empty.wav is empty." in page
    assert "1 song is in the set and is being identified." in page
    assert entries(three)[-1][0] == "fresh"


def test_what_arrived_in_pieces_is_told_and_joins(as_alice, cast, three):
    upload = upload_create(
        organisation=cast.studio, user=cast.alice, filename="tus.wav", size_bytes=4,
        now=timezone.now(),
    )  # fmt: skip
    upload_append(
        upload=upload, offset_bytes=0, stream=io.BytesIO(b"RIFF"), length_bytes=4,
        now=timezone.now(),
    )  # fmt: skip
    answer = as_alice.post(f"/sets/{three.pk}/upload/", {"upload": str(upload.pk)})
    assert answer.status_code == 204
    again = as_alice.post(f"/sets/{three.pk}/upload/", {"upload": str(upload.pk)})
    assert again.status_code == 204
    assert [title for title, _weight in entries(three)].count("tus") == 1


def test_an_upload_for_a_full_set_stays_in_the_library(as_alice, cast):
    full = make_song_set(cast.studio, 10)
    file = SimpleUploadedFile("eleventh.wav", b"RIFF" * 9)
    page = body(as_alice.post(f"/sets/{full.pk}/upload/", {"songs": [file]}, follow=True))
    assert "The songs are safe in your library." in page
    assert full.entries.count() == 10
    assert Track.objects.filter(title="eleventh").count() == 1


def test_another_song_takes_a_place_with_its_weight(as_alice, cast, three):
    new = make_track(cast.studio, "Better")
    old = three.entries.get(position=2).track
    before = entries(three)
    page = body(as_alice.get(f"/sets/{three.pk}/songs/{old.pk}/replace/"))
    assert 'type="radio" name="track"' in page
    answer = as_alice.post(f"/sets/{three.pk}/songs/{old.pk}/replace/", {"track": str(new.pk)})
    assert answer["Location"].endswith("#song-2")
    assert entries(three) == [before[0], ("Better", before[1][1]), before[2]]


def test_replacing_by_nothing_or_by_a_song_inside_is_refused(as_alice, three):
    before = entries(three)
    first, second = (three.entries.get(position=place).track for place in (1, 2))
    for chosen in ({}, {"track": str(second.pk)}):
        answer = as_alice.post(f"/sets/{three.pk}/songs/{first.pk}/replace/", chosen)
        assert answer.status_code == 422
    assert entries(three) == before


# ---------------------------------------------------------------- the set as a whole


def test_a_set_is_renamed(as_alice, three):
    as_alice.post(f"/sets/{three.pk}/edit/", {"name": "Other"})
    three.refresh_from_db()
    assert three.name == "Other"
    assert as_alice.post(f"/sets/{three.pk}/edit/", {"name": ""}).status_code == 422


def test_a_deleted_set_is_gone_and_can_be_brought_back(as_alice, three):
    page = body(as_alice.post(f"/sets/{three.pk}/delete/", follow=True))
    assert f"“{three.name}” was deleted." in page
    assert as_alice.get(f"/sets/{three.pk}/").status_code == 404
    as_alice.post("/sets/restore/", {"set": str(three.pk)})
    assert as_alice.get(f"/sets/{three.pk}/").status_code == 200


def test_nobody_brings_back_what_is_not_theirs(as_charlie, three):
    SongSet.objects.filter(pk=three.pk).update(deleted_at=timezone.now())
    assert as_charlie.post("/sets/restore/", {"set": str(three.pk)}).status_code == 404
    assert as_charlie.post("/sets/restore/", {"set": "no id"}).status_code == 404
    three.refresh_from_db()
    assert three.deleted_at is not None

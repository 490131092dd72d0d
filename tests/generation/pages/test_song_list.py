"""The list of songs: found, filtered, empty for three reasons; deleted and brought back."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.models import Song
from generation.selectors.song_list import PER_PAGE, SongListQuery
from tests.generation.finished import make_finished_song, make_frozen_set, make_song, make_version
from tests.generation.pages.conftest import PART, body, logged_in
from tests.rights.factories import make_song_set

pytestmark = pytest.mark.django_db


def titles(response) -> list[str]:
    return re.findall(r'song-row-title"><a href="[^"]+">([^<]+)</a>', body(response))


def test_it_shows_what_each_song_is(as_alice, song):
    page = body(as_alice.get("/songs/"))
    for words in ("Northern Glass", "1:04 · 120 BPM · A minor", "from Ten", "1 version", "Ready"):
        assert words in page
    assert page.count("data-play=") == 1


def test_states_are_told_apart_and_filtered_by(as_alice, cast, song, waiting):
    failed = make_song(cast.studio, "Came to nothing", song_set=song.song_set)
    make_version(failed, state="failed")
    every = titles(as_alice.get("/songs/"))
    assert sorted(every) == ["Came to nothing", "Northern Glass", "On its way"]
    for state, title in (
        ("ready", "Northern Glass"),
        ("making", "On its way"),
        ("stopped", "Came to nothing"),
    ):
        assert titles(as_alice.get(f"/songs/?state={state}")) == [title]


def test_a_song_is_found_by_its_title_and_by_its_set(as_alice, cast, song):
    make_finished_song(cast.studio, "Harbour", song_set=song.song_set)
    assert titles(as_alice.get("/songs/?q=glass")) == ["Northern Glass"]
    assert len(titles(as_alice.get("/songs/?q=ten"))) == 2
    page = body(as_alice.get("/songs/?q=nowhere"))
    assert "None of your songs fits" in page
    assert "Clear the search" in page


@pytest.mark.parametrize("state", ["", "nothing", "ready\x00"])
def test_what_an_address_cannot_mean_is_left_out(state):
    query = SongListQuery.parse({"state": state, "page": "x", "q": "a\x00" + "b" * 200})
    assert (query.state, query.page, len(query.text)) == ("", 1, 100)


def test_another_organisations_songs_are_not_listed(as_charlie, song):
    page = body(as_charlie.get("/songs/"))
    assert "Northern Glass" not in page
    assert "No song yet" in page


def test_an_empty_list_leads_to_a_set(as_charlie, cast):
    assert 'href="/sets/new/"' in body(as_charlie.get("/songs/"))
    begun = make_song_set(cast.charlies, 1)
    page = body(as_charlie.get("/songs/"))
    assert f'href="/sets/{begun.pk}/"' in page
    assert "Open “Ten”" in page


def test_a_viewer_is_told_who_can_make_one(as_vera, cast):
    page = body(as_vera.get("/songs/"))
    assert "An owner or editor of your organisation can make one." in page
    assert "/sets/new/" not in page


def tag_of(text: str) -> str:
    return next(iter(re.findall(r'hx-ptag="([^"]+)"', text)))


def test_while_a_song_is_made_the_list_asks_again_and_unchanged_it_costs_a_304(
    as_alice, song, waiting
):
    page = body(as_alice.get("/songs/?state=making"))
    assert 'hx-get="/songs/?state=making&page=1"' in page
    assert "No version yet" in page
    again = as_alice.get("/songs/?state=making&page=1", headers=PART | {"HX-PTag": tag_of(page)})
    assert (again.status_code, again.content) == (304, b"")


def test_a_song_that_is_made_leaves_the_list_of_those_in_the_making_and_ends_the_poll(
    as_alice, song, waiting
):
    tag = tag_of(body(as_alice.get("/songs/?state=making")))
    waiting.versions.update(state="failed", refusal_code="generation.quality", refusal="Tried.")
    part = body(as_alice.get("/songs/?state=making&page=1", headers=PART | {"HX-PTag": tag}))
    assert "None of your songs fits" in part
    assert "<html" not in part
    assert "hx-trigger" not in part


def test_where_nothing_is_made_nobody_asks_again(as_alice, song):
    assert "hx-trigger" not in body(as_alice.get("/songs/"))


def test_what_another_organisation_makes_is_no_reason_to_ask_again(as_charlie, waiting):
    assert "hx-trigger" not in body(as_charlie.get("/songs/"))


def test_a_poll_does_not_take_the_offer_to_undo_from_the_page_that_makes_it(
    as_alice, song, waiting
):
    as_alice.post(f"/songs/{song.pk}/delete/")
    part = body(as_alice.get("/songs/?page=1", headers=PART))
    assert "was deleted" not in part
    assert "“Northern Glass” was deleted." in body(as_alice.get("/songs/"))


def test_a_list_costs_the_same_for_one_song_and_for_twenty(as_alice, cast, song):
    as_alice.get("/songs/")  # the first request of a session says that it was seen
    as_alice.get("/songs/")  # the first request of a session says that it was seen
    with CaptureQueriesContext(connection) as one:
        as_alice.get("/songs/")
    song_set = make_frozen_set(cast.studio)
    for _number in range(19):
        make_finished_song(cast.studio, song_set=song_set)
    with CaptureQueriesContext(connection) as twenty:
        assert len(titles(as_alice.get("/songs/"))) == 20
    assert len(one) == len(twenty)


def test_pages_keep_the_filter(as_alice, cast, song):
    for _number in range(PER_PAGE):
        make_song(cast.studio, "More", song_set=song.song_set)
    page = body(as_alice.get("/songs/?q=m&state=stopped"))
    assert len(titles(as_alice.get("/songs/?state=stopped"))) == PER_PAGE
    assert "Page 1 of" not in page
    assert "page=2" in body(as_alice.get("/songs/"))


# ---------------------------------------------------------------- names, deletion


def test_a_song_gets_another_title(as_alice, song):
    answer = as_alice.post(f"/songs/{song.pk}/rename/", {"title": "  Southern   Glass "})
    assert answer.headers["Location"] == f"/songs/{song.pk}/"
    song.refresh_from_db()
    assert song.title == "Southern Glass"


@pytest.mark.parametrize("title", ["", "   ", "x" * 121])
def test_a_title_that_is_none_comes_back_with_what_was_typed(as_alice, song, title):
    answer = as_alice.post(f"/songs/{song.pk}/rename/", {"title": title})
    assert answer.status_code == 422
    song.refresh_from_db()
    assert song.title == "Northern Glass"


def test_a_deleted_song_is_gone_and_comes_back_by_undo(as_alice, song):
    page = body(as_alice.post(f"/songs/{song.pk}/delete/", follow=True))
    assert "“Northern Glass” was deleted." in page
    assert titles(as_alice.get("/songs/")) == []
    assert as_alice.get(f"/songs/{song.pk}/").status_code == 404
    answer = as_alice.post("/songs/restore/", {"song": song.pk})
    assert answer.headers["Location"] == f"/songs/{song.pk}/"
    assert Song.objects.get(pk=song.pk).deleted_at is None


@pytest.mark.parametrize("named", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_bringing_back_what_is_not_there_is_a_404(as_alice, song, named):
    assert as_alice.post("/songs/restore/", {"song": named}).status_code == 404


def test_a_viewer_changes_nothing(cast, song):
    vera = logged_in(cast.vera)
    for part, data in (("rename/", {"title": "Taken"}), ("delete/", {})):
        assert vera.post(f"/songs/{song.pk}/{part}", data).status_code == 403
    song.refresh_from_db()
    assert (song.title, song.deleted_at) == ("Northern Glass", None)

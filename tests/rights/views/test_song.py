"""One song and the recordings it may be: choose, search over real HTTP, confirm, take back."""

from __future__ import annotations

import re
from html import unescape

import pytest

from rights.models import Consent, Match
from tests.rights.views.conftest import PART

pytestmark = pytest.mark.django_db


def body(response) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def apple(sandbox, settings):
    """The stand-in of Apple Music, asked by the product over HTTP."""
    settings.APPLE_MUSIC_URL = sandbox["apple_music"].url
    settings.APPLE_MUSIC_CACHE_S = 0
    return sandbox["apple_music"]


@pytest.fixture
def choosing(undecided):
    """A song with two candidates; its address and its match."""
    song_set, track, match = undecided()
    return f"/sets/{song_set.pk}/songs/{track.pk}/", match


def test_candidates_stand_beside_the_file_fact_by_fact(as_alice, choosing):
    url, match = choosing
    page = body(as_alice.get(url))
    assert page.count('type="radio" name="recording"') == 3, "two candidates and none of these"
    assert "Shazam, 96 %" in page
    assert "None of these" in page
    for label in ("Title", "Artist", "Album", "Length", "ISRC"):
        assert f'<th scope="row">{label}</th>' in page
    assert "the same" in page
    assert "differs" in page
    first = match.candidates.get(rank=1).recording
    assert re.search(rf'value="{first.pk}" required checked>', page), (
        "the best strong one is ticked"
    )


def test_one_is_confirmed(as_alice, cast, choosing):
    url, match = choosing
    second = match.candidates.get(rank=2).recording
    answer = as_alice.post(f"{url}confirm/", {"recording": str(second.pk)})
    assert answer["Location"].endswith("#song-1")
    match.refresh_from_db()
    assert (match.state, match.recording, match.confirmed_by) == ("matched", second, cast.alice)
    page = body(as_alice.get(url))
    assert "confirmed by Alice" in page
    assert 'id="search"' not in page


def test_none_of_these_leads_to_the_search(as_alice, choosing):
    url, match = choosing
    answer = as_alice.post(f"{url}confirm/", {"recording": "none"})
    assert answer["Location"] == f"{url}?q=Tide+Alice#search"
    match.refresh_from_db()
    assert match.state == "choose"


@pytest.mark.parametrize("wrong", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_candidate_is_not_taken(as_alice, choosing, wrong):
    url, match = choosing
    assert as_alice.post(f"{url}confirm/", {"recording": wrong}).status_code in (404, 409)
    match.refresh_from_db()
    assert match.state == "choose"


def test_a_blocked_candidate_is_shown_with_the_reason_and_refused(as_alice, choosing):
    url, match = choosing
    recording = match.candidates.get(rank=1).recording
    Consent.objects.create(
        recording=recording, state="blocked", valid_from="2026-01-01", said_by="Rita Records",
        source="statement",
    )  # fmt: skip
    page = body(as_alice.get(url))
    assert "Rita Records does not allow" in page
    assert f'value="{recording.pk}" required disabled>' in page
    answer = as_alice.post(f"{url}confirm/", {"recording": str(recording.pk)})
    assert answer.status_code == 409
    assert "Rita Records does not allow" in body(answer)
    match.refresh_from_db()
    assert match.state == "choose"


def test_a_confirmation_is_taken_back(as_alice, choosing):
    url, match = choosing
    first = match.candidates.get(rank=1).recording
    as_alice.post(f"{url}confirm/", {"recording": str(first.pk)})
    page = body(as_alice.post(f"{url}reopen/", follow=True))
    assert "The match is open again." in page
    match.refresh_from_db()
    assert (match.state, match.recording) == ("choose", None)
    answer = as_alice.post(f"{url}reopen/")
    assert answer.status_code == 409
    assert "nothing to reopen" in body(answer)


def test_it_is_identified_again(as_alice, choosing):
    url, match = choosing
    as_alice.post(f"{url}retry/")
    match.refresh_from_db()
    assert (match.state, match.round) == ("matching", 2)
    page = body(as_alice.get(url))
    assert "Being identified" in page
    tag = re.search(r'hx-ptag="(\w+)"', page)[1]
    assert as_alice.get(url, headers=PART | {"HX-PTag": tag}).status_code == 304


def test_the_whole_evidence_is_there(as_alice, choosing):
    url, match = choosing
    match.evidence.create(
        round=1, recogniser="shazam", outcome="hit", answer={"hits": [{"isrc": "GBABC2600001"}]},
        took_ms=1320,
    )  # fmt: skip
    match.changes.create(to_state="choose", reason="Decided by the rules.")
    page = body(as_alice.get(url))
    for words in ("GBABC2600001", "1.3 s", "Decided by the rules."):
        assert words in page


# ---------------------------------------------------------------- the search


def test_words_find_songs_with_cover_preview_and_length(as_alice, choosing, apple):
    url, _match = choosing
    page = body(as_alice.get(url, {"q": "harbour lights"}))
    assert "Apple Music of your organisation\N{RIGHT SINGLE QUOTATION MARK}s country (GB)." in page
    assert "songs found" in page
    assert "Marlow Quay" in page
    assert 'data-play="/catalogue/files/' in page
    assert '<img src="/catalogue/files/' in page
    assert "Its length differs from your file." in page


def test_while_typing_only_the_search_is_sent(as_alice, choosing, apple):
    url, _match = choosing
    part = body(as_alice.get(url, {"q": "harbour"}, headers=PART))
    assert part.lstrip().startswith('<div id="results"')
    assert "<html" not in part


def test_a_result_is_taken_by_its_id(as_alice, choosing, apple):
    url, match = choosing
    page = body(as_alice.get(url, {"q": "harbour lights marlow"}))
    song = re.search(r'name="apple_music_id" value="(\d+)"', page)[1]
    answer = as_alice.post(f"{url}take/", {"apple_music_id": song})
    assert answer["Location"].endswith("#song-1")
    match.refresh_from_db()
    assert (match.state, match.method, match.recording.title) == (
        "matched", "search", "Harbour Lights",
    )  # fmt: skip


def test_a_pasted_link_and_an_isrc_find_one_song(as_alice, choosing, apple):
    url, match = choosing
    link = "https://music.apple.com/gb/song/harbour-lights/910000001"
    page = body(as_alice.get(url, {"q": link}))
    assert "1 song found" in page
    assert '<input type="hidden" name="by" value="link">' in page
    assert "ZZSAL2100001" in body(as_alice.get(url, {"q": "ZZ-SAL-21-00001"}))
    as_alice.post(f"{url}take/", {"apple_music_id": "910000001", "by": "link"})
    match.refresh_from_db()
    assert match.method == "link"


def test_nothing_found_says_what_to_try(as_alice, choosing, apple):
    url, _match = choosing
    page = body(as_alice.get(url, {"q": "qqqqzzzz"}))
    assert "Nothing found for “qqqqzzzz”." in page
    assert "paste the song\N{RIGHT SINGLE QUOTATION MARK}s link" in page


def test_a_service_that_is_down_gives_its_sentence_and_another_try(as_alice, choosing, apple):
    url, match = choosing
    apple.fail("503", times=20)
    page = body(as_alice.get(url, {"q": "harbour"}))
    alert = page[page.index('class="alert alert-error"') :][:800]
    assert "Apple Music" in alert
    assert f'href="{url}?q=harbour"' in alert
    answer = as_alice.post(f"{url}take/", {"apple_music_id": "910000001"})
    assert answer.status_code == 409
    match.refresh_from_db()
    assert match.state == "choose"


@pytest.mark.parametrize("act", ["confirm/", "take/", "reopen/", "retry/", "remove/", "replace/"])
def test_a_viewer_reads_and_a_stranger_finds_nothing(as_vera, as_charlie, choosing, act):
    url, match = choosing
    before = Match.objects.values().get(pk=match.pk)
    assert as_vera.post(url + act).status_code == 403
    assert as_charlie.post(url + act).status_code == 404
    page = body(as_vera.get(url))
    assert 'id="search"' not in page
    assert "This is it" not in page
    assert Match.objects.values().get(pk=match.pk) == before

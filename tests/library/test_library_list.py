"""The list of songs: rows, filters in the address, pages, polling, and what it costs."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from library.models import Asset, Track
from library.selectors.track_list import PER_PAGE, list_tag
from tests.jobs.factories import make_job
from tests.library.factories import make_asset, make_track

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def as_alice(client, cast):
    client.force_login(cast.alice)
    return client


def titles(response) -> list[str]:
    return re.findall(
        r'<th class="track-name".*?<a href="[^"]+">(.*?)</a>', response.content.decode()
    )


def test_a_row_says_what_was_measured(as_alice, cast):
    track = make_track(
        cast.studio, "Tide & <Time>", artist="Alice", tempo_bpm=119.6, key_pitch_class=6,
        key_mode="minor", loudness_lufs=-14.25, duration_ms=187_900,
    )  # fmt: skip
    make_asset(track, Asset.Kind.PLAYBACK, b"sound", suffix=".m4a")
    page = as_alice.get("/library/").content.decode()
    for words in (
        "Tide &amp; &lt;Time&gt;",
        "3:07",
        "120",
        "F♯ minor",
        "11A",
        "\N{MINUS SIGN}14.2",
        "Ready",
    ):
        assert words in page
    play = re.search(r'data-play="(/media/[^"]+)"', page)
    assert play, "the playback file is one click away"
    heard = as_alice.get(unescape(play[1]))
    assert b"".join(heard.streaming_content) == b"sound"


def test_a_song_in_work_shows_percent_and_has_no_play_button(as_alice, cast):
    job = make_job("running", tenant=cast.studio.pk, progress_ppm=421_000)
    make_track(cast.studio, state="reading", job=job)
    page = as_alice.get("/library/").content.decode()
    assert "Reading" in page
    assert "42 %" in page
    assert "1 in work" in page
    assert "data-play" not in page


def test_a_refused_song_says_why_in_words(as_alice, cast):
    make_track(cast.studio, state="refused", refusal_code="silent", refusal="It is <silent>.")
    page = as_alice.get("/library/").content.decode()
    assert "It is &lt;silent&gt;." in page
    assert "hx-trigger" not in page.split('id="tracks"')[1]


@pytest.mark.parametrize("job_state", ["failed", "cancelled"])
def test_a_song_whose_job_gave_up_has_failed_and_leads_to_the_job(as_alice, cast, job_state):
    job = make_job(job_state, tenant=cast.studio.pk)
    make_track(cast.studio, "Stuck", state="analysing", job=job)
    page = as_alice.get("/library/").content.decode()
    assert f"/jobs/{job.public_id}/" in page
    assert "in work" not in page
    assert titles(as_alice.get("/library/?state=failed")) == ["Stuck"]
    assert titles(as_alice.get("/library/?state=analysing")) == []


def test_other_organisations_songs_are_not_there(as_alice, cast):
    make_track(cast.charlies, "Charlie's secret")
    make_track(cast.studio, "Ours")
    assert titles(as_alice.get("/library/")) == ["Ours"]
    assert titles(as_alice.get("/library/?q=secret")) == []


def test_a_viewer_may_read_and_not_add_or_delete(client, cast):
    make_track(cast.studio, "Ours")
    client.force_login(cast.vera)
    page = client.get("/library/").content.decode()
    assert "Ours" in page
    for part in ("<track-uploader", 'type="checkbox" name="track"', "Delete the chosen"):
        assert part not in page


def test_nothing_yet_and_nothing_found_are_different_pages(as_alice, cast):
    assert "Ten slots, no songs yet" in as_alice.get("/library/").content.decode()
    assert "None of your songs fits" not in as_alice.get("/library/?q=x").content.decode()
    make_track(cast.studio, "One")
    page = as_alice.get("/library/?q=x&view=grid&sort=title").content.decode()
    assert "None of your songs fits" in page
    assert 'href="/library/?sort=title&amp;view=grid"' in page, "clearing keeps order and view"


def test_the_address_holds_the_state_and_every_link_keeps_it(as_alice, cast):
    for number in range(PER_PAGE + 1):
        make_track(cast.studio, f"Song {number:03}", tempo_bpm=100.0)
    page = as_alice.get("/library/?q=song&bpm_from=90&sort=title").content.decode()
    kept = "q=song&amp;bpm_from=90"
    assert f'href="/library/?{kept}&amp;sort=title&amp;page=2"' in page
    assert f'href="/library/?{kept}&amp;sort=title&amp;view=grid"' in page
    assert f'href="/library/?{kept}&amp;sort=-title"' in page, "the heading turns the order round"
    assert f'href="/library/?{kept}&amp;sort=bpm"' in page
    assert '<option value="title" selected>' in page
    assert 'aria-sort="ascending"' in page
    last = as_alice.get("/library/?q=song&bpm_from=90&sort=title&page=2")
    assert titles(last) == [f"Song {PER_PAGE:03}"]
    beyond = as_alice.get("/library/?sort=title&page=99")
    assert titles(beyond) == [f"Song {PER_PAGE:03}"], "beyond the end stands the last page"


def test_an_order_turned_round_by_a_heading_is_in_the_list_of_orders(as_alice, cast):
    make_track(cast.studio)
    page = as_alice.get("/library/?sort=-title").content.decode()
    assert '<option value="-title" selected>Title, reversed</option>' in page


def test_unknown_values_are_ignored(as_alice, cast):
    make_track(cast.studio, "Only")
    address = "/library/?bpm_from=x&key=99Z&state=odd&since=never&sort=up&view=3d&page=-4"
    assert titles(as_alice.get(address)) == ["Only"]


def test_the_grid_shows_the_same_songs(as_alice, cast):
    track = make_track(cast.studio, "Framed", artist="Alice")
    page = as_alice.get("/library/?view=grid").content.decode()
    assert 'class="track-grid"' in page
    assert f'id="track-{track.pk}"' in page
    assert "<table" not in page


@pytest.mark.parametrize("view", ["table", "grid"])
def test_a_thousand_songs_cost_as_many_queries_as_twenty(as_alice, cast, view):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert as_alice.get(f"/library/?view={view}").status_code == 200
        return len(seen)

    def fill(count: int, start: int) -> None:
        songs = Track.objects.bulk_create(
            Track(
                organisation=cast.studio, filename="x.wav", size_bytes=1, title=f"Song {n}",
                state="ready", file_sha256=f"{n:064x}", audio_sha256=f"{n:063x}b",
            )
            for n in range(start, start + count)
        )  # fmt: skip
        Asset.objects.bulk_create(
            Asset(
                track=song,
                kind=kind,
                key="sha256/aa/bb/" + "aabb" * 16,
                content_type="audio/mp4",
                size_bytes=1,
            )
            for song in songs
            for kind in (Asset.Kind.PLAYBACK, Asset.Kind.MASTER)
        )

    fill(20, 1)
    queries()  # the first request also fills caches
    few = queries()
    fill(980, 100)
    assert queries() == few
    assert few <= 12


# ---------------------------------------------------------------- polling


def test_a_poll_that_would_change_nothing_is_answered_by_304(as_alice, cast):
    track = make_track(cast.studio, state="queued", job=make_job(tenant=cast.studio.pk))
    page = as_alice.get("/library/", headers=PART)
    body = page.content.decode()
    tag = re.search(r'hx-ptag="([0-9a-f]{16})"', body)
    assert tag
    assert 'hx-get="/library/"' in body
    assert "<html" not in body, "a poll gets the part, not the page"
    assert "HX-Request-Type" in page["Vary"]
    again = as_alice.get("/library/", headers={**PART, "HX-PTag": tag[1]})
    assert (again.status_code, again.content) == (304, b"")
    track.job.progress_ppm = 20_000
    track.job.save()
    moved = as_alice.get("/library/", headers={**PART, "HX-PTag": tag[1]})
    assert moved.status_code == 200
    assert tag[1] not in moved.content.decode()


def test_the_last_fragment_carries_no_trigger(as_alice, cast):
    track = make_track(cast.studio, state="analysing")
    tag = list_tag(cast.alice.memberships.get(organisation=cast.studio))
    Track.objects.filter(pk=track.pk).update(state="ready")
    last = as_alice.get("/library/", headers={**PART, "HX-PTag": tag})
    assert last.status_code == 200
    assert "hx-trigger" not in last.content.decode()


def test_a_poll_keeps_the_filters_and_the_page(as_alice, cast):
    make_track(cast.studio, "A song", state="queued")
    body = as_alice.get("/library/?q=song&sort=title").content.decode()
    assert 'hx-get="/library/?q=song&amp;sort=title"' in body

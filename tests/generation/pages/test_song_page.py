"""The page of a song: every bar and whom it owes, in the drawing, in the tables, in the reading."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.models import Version, VersionBar
from generation.selectors.influence import influence_view
from generation.services.receipts import receipt_issue
from generation.services.requests import KIND
from rights.models import SongSetEntry
from tests.generation.finished import FORM, make_version, measure
from tests.generation.pages.conftest import PART, body, url
from tests.jobs.factories import make_job
from tests.library.factories import make_asset

pytestmark = pytest.mark.django_db

BARS = sum(count for _section, count in FORM)


def ready(song) -> Version:
    return Version.objects.select_related("song").get(pk=song.current_id)


def drawing(page: str) -> dict:
    found = re.search(
        r'<script id="influence-drawing" type="application/json">(.+?)</script>', page
    )
    assert found is not None
    return json.loads(found[1])


# ---------------------------------------------------------------- what is shown


def test_the_head_says_what_the_song_is(as_alice, song):
    page = body(as_alice.get(url(song)))
    for words in ("Northern Glass", "1:04 · 120 BPM · A minor", "Version 1: Composed from the ten"):
        assert words in page
    assert "Checked: melody, chords, rhythm, copying, loudness and shares" in page
    assert "\N{MINUS SIGN}14.0 LUFS" in page
    assert "base model base-test, attribution v1" in page


def test_every_bar_is_read_out_in_percents_that_add_up(as_alice, song):
    page = body(as_alice.get(url(song)))
    facts = drawing(page)
    assert len(facts["bars"]) == BARS
    assert {sum(percents) for _start, _end, percents in facts["bars"]} == {100}
    assert facts["bars"][16][:2] == [32.0, 34.0]
    assert [name for _f, _l, name in facts["sections"]] == [
        "Intro", "Verse", "Chorus 1", "Bridge", "Chorus 2", "Chorus 3",
    ]  # fmt: skip
    assert facts["sections"][2] == [13, 20, "Chorus 1"]
    assert facts["sources"][-1] == [0, "Base catalogue", "base"]
    assert facts["seconds"] == 64.0


def test_the_reading_is_what_the_rows_owe(as_alice, song):
    view = influence_view(ready(song), user=song.created_by or _owner(song))
    bar = VersionBar.objects.get(version=song.current, number=17)
    for source, percent in zip(view.sources, view.rows[16].percents, strict=True):
        assert abs(percent * 10_000 - bar.shares.get(source.key, 0)) < 10_000
    assert view.rows[16].name == "Chorus 1"


def _owner(song):
    return song.organisation.memberships.first().user


def test_the_outline_of_a_source_has_a_box_for_every_bar_that_owes_it(song):
    view = influence_view(ready(song), user=_owner(song))
    bars = VersionBar.objects.filter(version=song.current)
    for source, band in zip(view.sources, view.bands, strict=True):
        assert band.outline.count("M") == sum(source.key in bar.shares for bar in bars)
    base = view.bands[-1]
    assert base.outline.startswith("M0 .67h"), "the base stands at the foot, from 67 % down"
    assert re.fullmatch(r"(M[\d.]+ [\d.]+h[\d.]+v[\d.]+h-[\d.]+z)+", base.outline)


def test_all_that_is_drawn_stands_in_tables(as_alice, song):
    page = body(as_alice.get(url(song)))
    for caption in ("each layer", "each section", "each bar"):
        assert f"Shares of {caption} in percent" in page
    table = page[page.index("Shares of each bar") :]
    rows = re.findall(r'<tr><th scope="row">(\d+).*?</tr>', table, re.DOTALL)
    assert [int(number) for number in rows] == list(range(1, BARS + 1))
    for layer in ("Melody", "Harmony", "Drums", "Bass", "Accompaniment", "Form", "Sound"):
        assert layer in page


def test_totals_say_what_was_asked_for_and_what_came_out(as_alice, song):
    page = body(as_alice.get(url(song)))
    assert page.count("6.70 %") == 10
    assert page.count("33.00 %") == 2
    assert "±0.00" in page


def test_a_source_can_be_heard_while_it_is_in_the_library(as_alice, song):
    entry = SongSetEntry.objects.filter(song_set=song.song_set).order_by("position").first()
    make_asset(entry.track, "playback", b"sound of the first")
    page = body(as_alice.get(url(song)))
    assert page.count(f'data-track="{entry.track_id}"') == 1
    assert f'href="/library/{entry.track_id}/"' in page


def test_a_source_is_heard_from_its_master_until_there_is_a_small_file(as_alice, song):
    entry = SongSetEntry.objects.filter(song_set=song.song_set).order_by("position").first()
    make_asset(entry.track, "master", b"whole sound of the first", suffix=".flac")
    assert f'data-play="/library/{entry.track_id}/listen/"' in body(as_alice.get(url(song)))
    make_asset(entry.track, "playback", b"sound of the first", suffix=".m4a")
    assert f"/library/{entry.track_id}/listen/" not in body(as_alice.get(url(song)))


def test_two_choruses_in_a_row_are_two_sections_and_without_figures_one(song):
    version = ready(song)
    view = influence_view(version, user=_owner(song))
    assert [(s.code, s.first, s.last) for s in view.sections][-2:] == [
        ("C2", 25, 28),
        ("C3", 29, 32),
    ]
    version.figures = {}
    view = influence_view(version, user=_owner(song))
    assert [(s.code, s.first, s.last) for s in view.sections][-1:] == [("C2", 25, 32)]


def test_figures_that_do_not_fit_the_bars_are_not_believed(song):
    version = ready(song)
    version.figures = {"sections": [{"role": "verse", "bars": BARS - 1}]}
    assert len(influence_view(version, user=_owner(song)).sections) == 5


def test_the_receipt_is_one_link_away(as_alice, song):
    assert "Signed receipt" not in body(as_alice.get(url(song)))
    receipt = receipt_issue(version=song.current)
    assert f'href="/verify/{receipt.pk}"' in body(as_alice.get(url(song)))
    assert f'href="/verify/{receipt.pk}"' in body(as_alice.get(url(song, "files/")))


def test_a_page_costs_the_same_for_one_version_and_for_five(as_alice, song):
    as_alice.get(url(song))  # the first request of a session says that it was seen
    with CaptureQueriesContext(connection) as one:
        as_alice.get(url(song))
    for _number in range(4):
        make_version(song)
    with CaptureQueriesContext(connection) as five:
        as_alice.get(url(song))
    assert len(one) == len(five)


@pytest.mark.parametrize("number", ["2", "0", "x"])
def test_a_version_that_is_not_there_is_a_404_and_nonsense_is_the_present_one(
    as_alice, song, number
):
    assert as_alice.get(url(song, v=number)).status_code == (200 if number == "x" else 404)


def test_a_stranger_finds_nothing(as_charlie, song):
    for part in ("", "mixer/", "edit/", "versions/", "files/", "compare/", "making/", "cover.svg"):
        assert as_charlie.get(url(song, part)).status_code == 404


def test_a_viewer_hears_everything_and_is_offered_no_change(as_vera, edited):
    for part in ("", "mixer/", "versions/", "files/", "compare/"):
        page = body(as_vera.get(url(edited, part)))
        for act in ("/rename/", "/delete/", "Keep this one", "Save the mix", 'name="current"'):
            assert act not in page


def test_the_cover_is_drawn_from_the_number_of_the_song(as_alice, song):
    answer = as_alice.get(url(song, "cover.svg"))
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "private" in answer.headers["Cache-Control"]


# ---------------------------------------------------------------- in the making


def test_what_is_being_made_is_polled_until_nothing_moves(as_alice, waiting):
    page = body(as_alice.get(url(waiting)))
    poll, tag = re.search(r'hx-get="([^"]+)" .*?hx-ptag="(\w+)"', page, re.DOTALL).groups()
    assert poll == url(waiting, "making/") + "?watch=1&watch=2&v=2"
    again = as_alice.get(poll, headers=PART | {"HX-PTag": tag})
    assert again.status_code == 304
    assert body(as_alice.get(poll, headers=PART)).count('class="making-card ') == 2
    assert "Next in the queue" in page


def test_when_a_version_is_there_the_page_asks_for_itself(as_alice, song):
    made = make_version(song)
    part = body(as_alice.get(url(song, "making/", watch=2, v=2), headers=PART))
    assert f'hx-get="{url(song)}?v={made.number}" hx-trigger="load"' in part
    assert "every 2s" not in part, "the last fragment ends the poll"
    other = body(as_alice.get(url(song, "making/", watch=2, v=1), headers=PART))
    assert "Version 2 is ready" in other
    assert "hx-trigger" not in other


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_when_the_shown_version_gave_up_the_page_asks_for_itself_once(as_alice, song, state):
    make_version(song, state=state)
    again = f'hx-get="{url(song)}?v=2" hx-trigger="load"'
    assert again in body(as_alice.get(url(song, "making/", watch=2, v=2), headers=PART))
    assert "hx-trigger" not in body(as_alice.get(url(song, "making/", v=2), headers=PART))
    assert "hx-trigger" not in body(as_alice.get(url(song, v=2)))


def test_what_is_said_aloud_names_the_version(as_alice, waiting):
    job = make_job("running", tenant=waiting.organisation_id, kind=KIND, title=waiting.title)
    make_version(waiting, state="pending", job=job)
    said = re.findall(r'<p id="making-say-3">(.*?)</p>', body(as_alice.get(url(waiting))))
    assert said == ["Version 3: On its way: 0 % done."]


def test_a_poll_that_was_opened_as_a_page_leads_to_the_song(as_alice, waiting):
    assert as_alice.get(url(waiting, "making/")).headers["Location"] == url(waiting)


def test_a_version_that_failed_says_why_and_can_go_on(as_alice, song):
    make_version(song, state="failed")
    page = body(as_alice.get(url(song, v=2)))
    assert "Five tries did not pass the checks." in page
    assert f'action="{url(song, "versions/2/retry/")}"' in page
    assert "Five tries" not in body(as_alice.get(url(song))), "the ready one stands undisturbed"


def test_a_version_that_was_stopped_says_so_and_every_tab_is_there(as_alice, cast, waiting):
    answer = as_alice.post(url(waiting, "versions/1/cancel/"), follow=True)
    assert "You stopped it." in body(answer)
    for part in ("mixer/", "edit/", "versions/", "files/"):
        assert as_alice.get(url(waiting, part)).status_code == 200
    assert [v.shown_state for v in waiting.versions.order_by("number")] == ["cancelled", "pending"]


def test_going_on_makes_one_new_try(as_alice, song):
    make_version(song, state="cancelled")
    measure(song.song_set)
    as_alice.post(url(song, "versions/2/retry/"))
    assert song.versions.get(number=2).job.state == "queued"


def test_a_ready_version_cannot_be_tried_again(as_alice, song):
    answer = as_alice.post(url(song, "versions/1/retry/"), follow=True)
    assert "Only a version that failed or was stopped" in body(answer)
    assert song.versions.get().state == "ready"

"""The page of a set: ten places, the gate, polling; order, weights, songs taken out and put back."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rights.models import Consent, Match
from tests.library.factories import make_track
from tests.rights.factories import make_match, make_recording, make_song_set
from tests.rights.views.conftest import PART, entries

pytestmark = pytest.mark.django_db


def url(song_set, part: str = "") -> str:
    return f"/sets/{song_set.pk}/{part}"


def body(response) -> str:
    return unescape(response.content.decode())


def test_it_shows_ten_places_and_what_each_song_is(as_alice, cast):
    song_set = make_song_set(cast.studio, 0)
    track = make_track(cast.studio, "my tide take 2", duration_ms=65_500)
    recording = make_recording(
        "Tide", artist="The Sea", album="Shores", label_name="Rita Records", isrc="GBABC2600001"
    )
    make_match(track, recording=recording)
    song_set.entries.create(position=1, track=track, weight_ppm=1_000_000)
    page = body(as_alice.get(url(song_set)))
    for words in ("Tide", "The Sea", "Shores", "Rita Records", "GBABC2600001", "Matched"):
        assert words in page
    assert "\N{MINUS SIGN}0.4 s" in page, "the file is shorter than the catalogue says"
    assert "Practically certain" in page
    assert "Shazam, 99 %, ticked by itself" in page
    assert "Owner not heard yet" in page
    assert page.count('class="set-empty"') == 9
    assert 'value="100"' in page


def test_the_gate_is_closed_and_every_reason_leads_to_its_row(as_alice, cast):
    song_set = make_song_set(cast.studio, 0)
    for position, state in enumerate(("matched", "choose", "none", "problem"), start=1):
        track = make_track(cast.studio)
        make_match(track, state)
        song_set.entries.create(position=position, track=track, weight_ppm=250_000)
    page = body(as_alice.get(url(song_set)))
    reasons = re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a></li>', page)
    assert reasons == [
        ("place-5", "Add 6 more songs."),
        ("song-2", "Choose the right recording for song 2."),
        ("song-3", "Search for song 3, or remove it: nobody knows it."),
        ("song-4", "Song 4 has a problem; its row says which."),
    ]
    assert re.search(r'<button[^>]+id="continue" disabled', page)
    assert all(f'id="{target}"' in page for target, _text in reasons)


def test_the_gate_opens_with_ten_matched_songs_and_leads_on(as_alice, cast):
    song_set = make_song_set(cast.studio, 10, matched=True)
    page = body(as_alice.get(url(song_set)))
    assert f'id="continue" href="{url(song_set, "ready/")}"' in page
    assert "Before you can continue" not in page
    ready = body(as_alice.get(url(song_set, "ready/")))
    assert "The set is complete" in ready
    assert ready.count("6.7 %") == 10
    assert "33 %" in ready


def test_the_end_cannot_be_reached_through_a_closed_gate(as_alice, three):
    answer = as_alice.get(url(three, "ready/"), follow=True)
    assert answer.redirect_chain == [(url(three), 302)]
    assert "Add 7 more songs." in body(answer)


def test_a_blocked_recording_says_so_and_keeps_the_gate_closed(as_alice, cast):
    song_set = make_song_set(cast.studio, 10, matched=True)
    recording = song_set.entries.get(position=4).track.match.recording
    Consent.objects.create(
        recording=recording, state="blocked", valid_from="2026-01-01", said_by="Rita Records",
        source="statement",
    )  # fmt: skip
    page = body(as_alice.get(url(song_set)))
    assert "Rita Records does not allow" in page
    assert "Replace song 4: its owner does not allow its use." in page
    assert 'href="#song-4"' in page
    assert as_alice.get(url(song_set, "ready/")).status_code == 302


def test_the_same_recording_twice_is_named(as_alice, cast):
    song_set = make_song_set(cast.studio, 9, matched=True)
    track = make_track(cast.studio)
    make_match(track, recording=song_set.entries.get(position=2).track.match.recording)
    song_set.entries.all().update(weight_ppm=100_000)
    song_set.entries.create(position=10, track=track, weight_ppm=100_000)
    page = body(as_alice.get(url(song_set)))
    assert "This is the same recording as song 2. Replace one of the two." in page
    assert re.search(r'<button[^>]+id="continue" disabled', page)


def test_a_poll_that_would_change_nothing_gets_304_and_ends_with_the_work(as_alice, cast):
    song_set = make_song_set(cast.studio, 0)
    track = make_track(cast.studio)
    match = make_match(track, "matching")
    song_set.entries.create(position=1, track=track, weight_ppm=1_000_000)
    page = body(as_alice.get(url(song_set)))
    tag = re.search(r'hx-ptag="(\w+)"', page)[1]
    same = as_alice.get(url(song_set), headers=PART | {"HX-PTag": tag})
    assert (same.status_code, same.content) == (304, b"")
    Match.objects.filter(pk=match.pk).update(state="none")
    part = body(as_alice.get(url(song_set), headers=PART | {"HX-PTag": tag}))
    assert part.lstrip().startswith('<section id="set"')
    assert "Not found" in part
    assert "hx-trigger" not in part
    assert "hx-partial" not in part, "a poll leaves the undo alone"


def test_it_costs_the_same_queries_for_one_song_and_for_ten(as_alice, cast):
    one, ten = (make_song_set(cast.studio, count, matched=True) for count in (1, 10))
    counts = []
    for song_set in (one, ten):
        as_alice.get(url(song_set))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            as_alice.get(url(song_set))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_song_is_taken_out_and_put_back_with_its_weight(as_alice, cast):
    song_set = make_song_set(cast.studio, 3, matched=True)
    ids = list(song_set.entries.order_by("position").values_list("pk", flat=True))
    as_alice.post(
        url(song_set, "weights/"), {f"weight-{ids[0]}": 50, f"weight-{ids[1]}": 30, f"weight-{ids[2]}": 20}
    )  # fmt: skip
    before = entries(song_set)
    second = song_set.entries.get(position=2).track
    page = body(as_alice.post(url(song_set, f"songs/{second.pk}/remove/"), follow=True))
    assert f"“{second.title}” was removed from the set." in page
    assert [title for title, _weight in entries(song_set)] == [before[0][0], before[2][0]]
    form = page[page.index("undo") :]
    data: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)">', form):
        data.setdefault(name, []).append(value)
    back = body(as_alice.post(url(song_set, "restore/"), data, follow=True))
    assert f"“{second.title}” is back in its place." in back
    assert entries(song_set) == before
    assert "was removed from the set" not in body(as_alice.get(url(song_set)))


def test_htmx_gets_the_part_and_the_undo_in_its_place(as_alice, three):
    track = three.entries.get(position=1).track
    part = body(as_alice.post(url(three, f"songs/{track.pk}/remove/"), headers=PART))
    assert part.lstrip().startswith('<section id="set"')
    assert '<hx-partial hx-target="#set-undo"' in part
    assert "autofocus" in part
    assert three.entries.count() == 2


def test_a_song_that_left_the_library_cannot_be_put_back(as_alice, three):
    before = entries(three)
    answer = as_alice.post(url(three, "restore/"), {"track": "x", "position": 1}, headers=PART)
    assert answer.status_code == 409
    assert "cannot be put back" in body(answer)
    assert entries(three) == before


def test_songs_move_one_place_and_stop_at_the_ends(as_alice, three):
    first, second, third = (title for title, _weight in entries(three))
    ids = list(three.entries.order_by("position").values_list("pk", flat=True))
    as_alice.post(url(three, "order/"), {"down": ids[0]})
    assert [title for title, _weight in entries(three)] == [second, first, third]
    as_alice.post(url(three, "order/"), {"up": ids[1]})
    assert [title for title, _weight in entries(three)] == [second, first, third]
    as_alice.post(url(three, "order/"), {"order": ",".join(str(pk) for pk in reversed(ids))})
    assert [title for title, _weight in entries(three)] == [third, second, first]


def test_an_order_that_does_not_fit_is_refused(as_alice, three):
    before = entries(three)
    ids = list(three.entries.order_by("position").values_list("pk", flat=True))
    answer = as_alice.post(url(three, "order/"), {"order": f"{ids[0]},{ids[1]}"}, headers=PART)
    assert answer.status_code == 409
    assert "The set has changed meanwhile" in body(answer)
    assert entries(three) == before


def test_weights_are_saved_scaled_and_made_equal(as_alice, three):
    ids = list(three.entries.order_by("position").values_list("pk", flat=True))
    as_alice.post(
        url(three, "weights/"), {f"weight-{pk}": 40 for pk in ids[:2]} | {f"weight-{ids[2]}": 0}
    )
    assert [weight for _title, weight in entries(three)] == [500_000, 500_000, 0]
    as_alice.post(url(three, "weights/"), {"equal": "1"})
    assert [weight for _title, weight in entries(three)] == [333_334, 333_333, 333_333]


@pytest.mark.parametrize("wrong", ["", "-1", "101", "much", "NaN", "1e999"])
def test_a_weight_that_is_no_weight_is_named_and_nothing_is_saved(as_alice, three, wrong):
    before = entries(three)
    ids = list(three.entries.order_by("position").values_list("pk", flat=True))
    data = {f"weight-{ids[0]}": 10, f"weight-{ids[1]}": wrong, f"weight-{ids[2]}": 10}
    answer = as_alice.post(url(three, "weights/"), data, headers=PART)
    assert answer.status_code == 409
    assert "weight of song 2" in body(answer)
    assert entries(three) == before


def test_all_strong_ones_are_accepted_at_once(as_alice, undecided):
    song_set, _track, match = undecided()
    assert "Accept all strong (1)" in body(as_alice.get(url(song_set)))
    page = body(as_alice.post(url(song_set, "accept/"), follow=True))
    assert "1 song was confirmed." in page
    match.refresh_from_db()
    assert (match.state, match.recording.title) == ("matched", "Tide 1")
    assert "Accept all strong" not in page


def test_a_frozen_set_is_shown_and_stays(as_alice, cast):
    from rights.services.song_sets import song_set_freeze

    song_set = make_song_set(cast.studio, 10, matched=True)
    song_set_freeze(song_set=song_set, actor=cast.alice)
    before = entries(song_set)
    page = body(as_alice.get(url(song_set)))
    assert "A song was made from this set" in page
    assert 'id="set-act"' not in page
    track = song_set.entries.get(position=1).track
    answer = as_alice.post(url(song_set, f"songs/{track.pk}/remove/"), follow=True)
    assert "so it stays as it is" in body(answer)
    assert entries(song_set) == before


@pytest.mark.parametrize("act", ["order/", "weights/", "accept/", "restore/", "delete/"])
def test_a_viewer_sees_the_set_and_changes_nothing(as_vera, three, act):
    before = entries(three)
    assert as_vera.post(url(three, act)).status_code == 403
    page = body(as_vera.get(url(three)))
    assert 'id="set-act"' not in page
    assert "data-grip" not in page
    assert entries(three) == before


def test_a_stranger_finds_no_set(as_charlie, three):
    before = entries(three)
    for method in ("get", "post"):
        for part in ("", "ready/", "edit/", "add/", "weights/"):
            assert getattr(as_charlie, method)(url(three, part)).status_code in (404, 405)
    assert entries(three) == before

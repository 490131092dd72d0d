"""Making a song: shares that are 67 % to the last millionth, wishes at their limits, the gate."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.composition import plan
from generation.engines.edits import EDITS, LAYERS
from generation.engines.options import palettes
from generation.forms import edits, wish
from generation.forms.shares import balanced, points_text
from generation.models import Song, VersionSource
from rights.models import Consent
from tests.generation.finished import make_frozen_set, measure
from tests.generation.pages.conftest import body

pytestmark = pytest.mark.django_db

EQUAL = {f"share-{number}": "6.7" for number in range(1, 11)}
WISH = {
    "seconds": "190",
    "bpm": "",
    "key": "",
    "energy": "0.5",
    "variation": "0.5",
    "versions": "2",
    "seed": "",
    "idem": "one",
}


def there(song_set) -> str:
    return f"/sets/{song_set.pk}/make/"


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', page)
    assert found is not None
    return found[1]


def shares(page: str) -> list[str]:
    return [field(page, f"share-{number}") for number in range(1, 11)]


def block(song_set, position: int = 3) -> str:
    """Let the owner of one of the ten refuse; return its title."""
    entry = song_set.entries.select_related("track__match__recording").get(position=position)
    recording = entry.track.match.recording
    Consent.objects.create(
        recording=recording, state="blocked", valid_from=date(2020, 1, 1), said_by="Rita Records"
    )
    return recording.title


# ---------------------------------------------------------------- before anything is pressed


def test_the_page_says_the_split_in_words_figures_and_a_drawing(as_alice, complete):
    page = body(as_alice.get(there(complete)))
    assert shares(page) == ["6.7"] * 10
    assert "<strong>67 %</strong> of what it earns goes to the owners of these ten" in page
    assert "<strong>33 %</strong> goes to the base catalogue" in page
    assert re.findall(r'data-piece="(\d+)"><rect class="source-fill" x="([\d.]+)%"', page)[:3] == [
        ("1", "0.000"),
        ("2", "6.700"),
        ("3", "13.400"),
    ]
    assert 'x="67.000%" width="33.000%"' in page


def test_the_weights_of_the_set_are_the_first_proposal(as_alice, complete):
    first, second = complete.entries.order_by("position")[:2]
    type(first).objects.filter(pk=first.pk).update(weight_ppm=150_000)
    type(first).objects.filter(pk=second.pk).update(weight_ppm=50_000)
    assert shares(body(as_alice.get(there(complete))))[:3] == ["10.05", "3.35", "6.7"]


def test_the_card_of_the_engine_says_what_it_is_and_learned_from(as_alice, complete):
    page = body(as_alice.get(there(complete)))
    for words in (
        "Engine: Mosaic",
        "Songs may be published and sold",
        "Patterns written by Tenfold",
    ):
        assert words in page


def test_an_open_gate_leads_here_from_the_set(as_alice, complete):
    assert f'href="{there(complete)}"' in body(as_alice.get(f"/sets/{complete.pk}/ready/"))
    frozen = make_frozen_set(complete.organisation)
    assert f'href="{there(frozen)}"' in body(as_alice.get(f"/sets/{frozen.pk}/"))


def test_only_a_set_that_is_not_fixed_yet_says_when_it_will_be(as_alice, complete, song):
    warning = "Nothing is fixed until you press Generate there."
    assert warning in body(as_alice.get(f"/sets/{complete.pk}/ready/"))
    page = body(as_alice.get(f"/sets/{song.song_set_id}/ready/"))
    assert "Making the new song is the next step." in page
    assert warning not in page


def test_a_closed_gate_leads_back_to_the_set_and_says_what_is_missing(as_alice, complete):
    complete.entries.get(position=10).track.match.delete()
    answer = as_alice.get(there(complete), follow=True)
    assert answer.redirect_chain == [(f"/sets/{complete.pk}/", 302)]


def test_a_frozen_set_that_lost_a_song_says_whose_consent_is_gone(as_alice, cast):
    song_set = make_frozen_set(cast.studio)
    block(song_set)
    answer = as_alice.get(there(song_set))
    assert answer.status_code == 409
    page = body(answer)
    assert "One of the ten may not be used any more" in page
    assert "What was made before is safe" in page
    assert as_alice.post(there(song_set), EQUAL | WISH).status_code == 409
    assert not Song.objects.exists()


def test_the_page_costs_a_fixed_number_of_queries(as_alice, complete):
    as_alice.get(there(complete))
    with CaptureQueriesContext(connection) as bare:
        as_alice.get(there(complete))
    measure(complete)
    with CaptureQueriesContext(connection) as full:
        as_alice.get(there(complete))
    assert len(bare) == len(full)


# ---------------------------------------------------------------- sending


def test_two_versions_are_asked_for_with_the_shares_to_the_last_millionth(as_alice, complete):
    measure(complete)
    wanted = {**EQUAL, "share-1": "10.0001", "share-2": "3.3999"}
    answer = as_alice.post(there(complete), WISH | wanted | {"title": "Glass", "seed": "7"})
    song = Song.objects.get()
    assert answer.headers["Location"] == f"/songs/{song.pk}/"
    assert song.title == "Glass"
    assert list(song.versions.order_by("number").values_list("seed", flat=True)) == [7, 8]
    weights = dict(
        VersionSource.objects.filter(version__number=1).values_list("position", "weight_ppm")
    )
    assert (weights[1], weights[2], weights[3], weights[11]) == (100_001, 33_999, 67_000, 330_000)
    assert sum(weights.values()) == 1_000_000
    complete.refresh_from_db()
    assert complete.frozen_at is not None


def test_every_wish_reaches_the_version(as_alice, complete):
    measure(complete)
    wishes = {"seconds": "120", "bpm": "97.5", "key": "9-minor", "energy": "0.9", "versions": "1"}
    as_alice.post(there(complete), WISH | EQUAL | wishes | {"variation": "0.75"})
    options = Song.objects.get().versions.get().options
    told = {"seconds": 120.0, "bpm": 97.5, "tonic": 9, "mode": "minor"}
    assert {name: options[name] for name in told} == told
    assert (options["energy"], options["variation"]) == (0.9, 0.75)


def test_mood_and_instruments_reach_it_too(as_alice, complete):
    measure(complete)
    wishes = {"mood": "dreamy", "instruments": ["folk", "night"], "without": "arp"}
    as_alice.post(there(complete), WISH | EQUAL | wishes)
    options = Song.objects.get().versions.get(number=1).options
    assert {name: options[name] for name in wishes} == wishes


def test_everything_that_an_engine_can_be_asked_for_is_offered():
    assert {value for value, _word in wish.MOODS} == {"", *plan.MOODS}
    assert {value for value, _word in wish.INSTRUMENTS} == set(palettes())
    assert {value for value, _word in wish.LEAVABLE} == {"", *plan.LEAVABLE}
    assert set(edits.FORMS) == set(EDITS)
    layers = dict(edits.edit_form("reroll_layer", None).fields["layer"].choices)
    assert set(layers) == set(LAYERS)


def test_pressed_twice_it_is_one_song(as_alice, complete):
    measure(complete)
    first = as_alice.post(there(complete), WISH | EQUAL)
    second = as_alice.post(there(complete), WISH | EQUAL)
    assert first.headers["Location"] == second.headers["Location"]
    assert Song.objects.count() == 1


def test_a_song_that_is_not_measured_is_refused_with_everything_kept(as_alice, complete):
    answer = as_alice.post(there(complete), WISH | EQUAL | {"title": "Glass", "seed": "7"})
    assert answer.status_code == 409
    page = body(answer)
    assert "have not been measured yet" in page
    assert (field(page, "title"), field(page, "seed")) == ("Glass", "7")
    assert not Song.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seconds", "50"),
        ("seconds", "370"),
        ("bpm", "59.9"),
        ("bpm", "180.1"),
        ("bpm", "fast"),
        ("key", "12-minor"),
        ("energy", "1.1"),
        ("variation", ""),
        ("versions", "3"),
        ("seed", "-1"),
        ("seed", "2147483648"),
        ("title", "x" * 121),
        ("share-4", "-0.1"),
        ("share-4", "67.1"),
        ("share-4", "6.70001"),
        ("share-4", "some"),
        ("share-4", "6.6"),
    ],
)
def test_what_is_out_of_range_comes_back_as_it_was_typed(as_alice, complete, name, value):
    measure(complete)
    answer = as_alice.post(there(complete), WISH | EQUAL | {"share-5": "6.7", name: value})
    assert answer.status_code == 422
    page = body(answer)
    assert 'role="alert"' in page or "field-errors" in page
    if name.startswith("share") or name in {"bpm", "seed", "title"}:
        assert field(page, name) == value
    assert not Song.objects.exists()
    complete.refresh_from_db()
    assert complete.frozen_at is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seconds", "60"),
        ("seconds", "360"),
        ("bpm", "60"),
        ("bpm", "180"),
        ("seed", "0"),
        ("seed", "2147483647"),
        ("title", "x" * 120),
        ("key", "11-major"),
    ],
)
def test_limits_themselves_are_taken(as_alice, complete, name, value):
    measure(complete)
    assert as_alice.post(there(complete), WISH | EQUAL | {name: value}).status_code == 302
    assert Song.objects.count() == 1


def test_shares_that_are_not_67_say_what_they_are_and_what_to_press(as_alice, complete):
    page = body(as_alice.post(there(complete), WISH | EQUAL | {"share-1": "8"}))
    assert "Together the ten songs have 68.3 %, and it must be 67 %." in page
    assert shares(page)[:2] == ["8", "6.7"]


# ---------------------------------------------------------------- without JavaScript


def test_balancing_scales_what_is_not_locked(as_alice, complete):
    given = EQUAL | {"share-1": "20", "lock-1": "on", "do": "balance"}
    page = body(as_alice.post(there(complete), WISH | given))
    assert shares(page)[:2] == ["20", "5.2223"]
    assert round(sum(float(share) for share in shares(page)) * 10_000) == 670_000
    assert re.search(r'name="lock-1" data-part="lock" checked', page)
    assert not Song.objects.exists()


def test_equal_leaves_locked_ones_alone(as_alice, complete):
    given = EQUAL | {"share-1": "4", "share-2": "20", "lock-1": "on", "do": "equal"}
    assert shares(body(as_alice.post(there(complete), WISH | given))) == ["4", *["7"] * 9]


def test_surprise_draws_a_seed_and_keeps_the_rest(as_alice, complete):
    answer = as_alice.post(there(complete), WISH | EQUAL | {"title": "Glass", "do": "surprise"})
    page = body(answer)
    assert 0 <= int(field(page, "seed")) < 2**31
    assert (field(page, "title"), field(page, "idem")) == ("Glass", "one")


@pytest.mark.parametrize(
    ("points", "locked"),
    [
        ({1: 0, 2: 0, 3: 0}, frozenset()),
        ({1: 1, 2: 1, 3: 1}, frozenset()),
        ({1: 670_000, 2: 5, 3: 5}, frozenset({1})),
        ({1: 600_000, 2: 600_000, 3: 5}, frozenset({1, 2})),
        ({1: 10, 2: 10, 3: 10}, frozenset({1, 2, 3})),
        ({1: 0, 2: 0, 3: 7}, frozenset({3})),
    ],
)
@pytest.mark.parametrize("equal", [False, True])
def test_balanced_shares_are_whole_whatever_was_locked(points, locked, equal):
    found = balanced(points, locked, equal=equal)
    assert sum(found.values()) == 670_000
    assert min(found.values()) >= 0
    if sum(held for number, held in points.items() if number in locked) < 670_000 > len(locked):
        kept = [n for n in locked if len(locked) < len(points)]
        assert all(found[n] == points[n] for n in kept)


@pytest.mark.parametrize(
    ("ppm", "text"),
    [(67_000, "6.7"), (0, "0"), (670_000, "67"), (1, "0.0001"), (100_010, "10.001")],
)
def test_points_are_written_as_a_field_holds_them(ppm, text):
    assert points_text(ppm) == text


# ---------------------------------------------------------------- who may


def test_a_viewer_cannot_make_a_song(as_vera, complete):
    for answer in (as_vera.get(there(complete)), as_vera.post(there(complete), WISH | EQUAL)):
        assert answer.status_code == 403
    assert not Song.objects.exists()


def test_a_stranger_finds_no_set_and_makes_no_song(as_charlie, complete):
    for answer in (as_charlie.get(there(complete)), as_charlie.post(there(complete), WISH | EQUAL)):
        assert answer.status_code == 404
    assert not Song.objects.exists()

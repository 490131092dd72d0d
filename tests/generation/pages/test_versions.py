"""Versions: their tree, undo and redo, ratings, comparing two; mixes of their stems."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.forms.wish import ENERGIES
from generation.models import SavedMix, Version
from generation.selectors.comparison import comparison
from generation.selectors.edit_words import edit_label
from generation.selectors.words import apart_text
from tests.generation.finished import make_version
from tests.generation.pages.conftest import body, url

pytestmark = pytest.mark.django_db


def current(song) -> int:
    song.refresh_from_db()
    return song.current.number


# ---------------------------------------------------------------- the tree


def test_a_child_stands_under_its_parent_and_says_what_it_changed(as_alice, edited):
    make_version(edited)
    second = edited.versions.get(number=2)
    reroll = {"kind": "reroll_section", "section": 2, "seed": 1}
    make_version(edited, parent=second, edit=reroll, state="failed")
    page = body(as_alice.get(url(edited, "versions/")))
    rows = re.findall(r'id="version-(\d+)" class="tree-row tree-depth-(\d)', page)
    assert rows == [("1", "0"), ("2", "1"), ("4", "2"), ("3", "0")]
    assert "120 → 128 BPM" in page
    assert "Chorus 1 written anew" in page


def test_the_other_version_is_kept_and_undone_and_redone(as_alice, edited):
    page = body(as_alice.get(url(edited, "versions/")))
    assert "Redo: on to version 2" in page
    assert "Undo" not in page
    as_alice.post(url(edited, "versions/2/"), {"current": "1"})
    assert current(edited) == 2
    page = body(as_alice.get(url(edited, "versions/")))
    assert "Undo: back to version 1" in page
    as_alice.post(url(edited, "versions/1/"), {"current": "1"})
    assert current(edited) == 1


def test_a_version_that_is_not_ready_cannot_be_kept(as_alice, song):
    make_version(song, state="pending")
    answer = as_alice.post(url(song, "versions/2/"), {"current": "1"}, follow=True)
    assert "not ready yet" in body(answer)
    assert current(song) == 1


@pytest.mark.parametrize(("given", "kept"), [("1", 1), ("5", 5), ("", None)])
def test_a_rating_is_one_to_five_and_can_be_taken_back(as_alice, song, given, kept):
    Version.objects.filter(pk=song.current_id).update(rating=3)
    as_alice.post(url(song, "versions/1/"), {"rating": given})
    assert song.versions.get().rating == kept


@pytest.mark.parametrize("given", ["0", "6", "-1", "five", "2.5"])
def test_any_other_rating_changes_nothing(as_alice, song, given):
    Version.objects.filter(pk=song.current_id).update(rating=3)
    answer = as_alice.post(url(song, "versions/1/"), {"rating": given}, follow=True)
    assert "A rating is a whole number from 1 to 5." in body(answer)
    assert song.versions.get().rating == 3


def test_after_an_act_one_is_back_where_one_was_and_nowhere_else(as_alice, song):
    back = url(song, "versions/")
    answer = as_alice.post(url(song, "versions/1/"), {"rating": "4", "next": back})
    assert answer.headers["Location"] == back
    evil = {"rating": "4", "next": "https://elsewhere.example/"}
    assert as_alice.post(url(song, "versions/1/"), evil).headers["Location"] == url(song)


def test_the_tree_costs_the_same_for_two_versions_and_for_six(as_alice, edited):
    as_alice.get(url(edited, "versions/"))
    with CaptureQueriesContext(connection) as two:
        as_alice.get(url(edited, "versions/"))
    for _number in range(4):
        make_version(edited)
    with CaptureQueriesContext(connection) as six:
        as_alice.get(url(edited, "versions/"))
    assert len(two) == len(six)


def test_strangers_and_viewers_change_nothing(as_vera, as_charlie, edited):
    for client, status in ((as_vera, 403), (as_charlie, 404)):
        for data in ({"current": "1"}, {"rating": "5"}):
            assert client.post(url(edited, "versions/2/"), data).status_code == status
        for part in ("versions/2/cancel/", "versions/2/retry/", "versions/2/mixes/"):
            assert client.post(url(edited, part), {"name": "Taken"}).status_code == status
    assert current(edited) == 1
    assert not SavedMix.objects.exists()
    assert set(edited.versions.values_list("rating", flat=True)) == {None}


@pytest.mark.parametrize(
    ("edit", "label"),
    [
        ({"kind": "reroll_layer", "layer": "drums", "seed": 1}, "Drums written anew"),
        ({"kind": "key", "tonic": 0, "mode": None}, "A minor → C minor"),
        ({"kind": "energy", "energy": 0.1}, "Energy: calm"),
        ({"kind": "length", "seconds": 120.0}, "Length 1:04 → 2:00"),
        ({"kind": "extend", "role": "chorus", "bars": 8}, "Chorus: 8 bars longer"),
        ({"kind": "reweigh", "weights": {}}, "Influences changed"),
        ({"kind": "reroll_section", "section": 40}, "Section 41 written anew"),
        ({"kind": "of a later day"}, "Changed"),
        ({}, "Changed"),
    ],
)
def test_an_edit_is_told_in_a_few_words(song, edit, label):
    assert edit_label(edit, Version.objects.get(pk=song.current_id)) == label


@pytest.mark.parametrize(("energy", "chosen"), ENERGIES)
def test_an_energy_keeps_the_word_by_which_it_was_chosen(song, energy, chosen):
    edit = {"kind": "energy", "energy": float(energy)}
    label = edit_label(edit, Version.objects.get(pk=song.current_id))
    assert label == f"Energy: {chosen.lower()}"


# ---------------------------------------------------------------- comparing


def test_two_versions_are_compared_and_played_equally_loud(as_alice, cast, edited):
    first, second = edited.versions.select_related("song").order_by("number")
    first.figures = {**first.figures, "lufs": -12.5}
    found = comparison(first, second, user=cast.alice)
    assert (found.a.gain_db, found.b.gain_db) == (-1.5, 0.0)
    assert found.matched == "They are 1.5 dB apart, and played equally loud here."
    differing = {fact.label for fact in found.facts if fact.differs}
    assert differing == {"Made by", "Length", "Tempo", "Loudness, LUFS", "Seed"}
    assert {share.apart for share in found.shares if share.tone == "base"} == {"±0.00"}
    sides = found.drawing["sides"]
    assert [len(side["bars"]) for side in sides] == [32, 32]
    assert sides[1]["bars"][1] == 1.875


@pytest.mark.parametrize(
    ("ppm", "text"),
    [(800, "+0.08"), (-50, "\N{MINUS SIGN}0.01"), (49, "±0.00"), (-49, "±0.00"), (0, "±0.00")],
)
def test_what_rounds_to_nothing_has_no_direction(ppm, text):
    assert apart_text(ppm) == text


def test_the_page_takes_the_named_ones_and_else_a_version_and_its_parent(as_alice, edited):
    make_version(edited)
    for query, pair in (
        ({"a": 1, "b": 2}, ("1", "2")),
        ({"b": 2}, ("1", "2")),
        ({}, ("1", "3")),
        ({"a": 2, "b": 2}, ("1", "2")),
        ({"a": 99, "b": "x"}, ("1", "3")),
    ):
        page = body(as_alice.get(url(edited, "compare/", **query)))
        assert tuple(re.findall(r"[AB]: version (\d)", page)) == pair


def test_one_version_cannot_be_compared(as_alice, song):
    answer = as_alice.get(url(song, "compare/"), follow=True)
    assert answer.redirect_chain == [(url(song, "versions/"), 302)]
    assert "There is one version only." in body(answer)


# ---------------------------------------------------------------- the mixer


def test_stems_stand_in_strips_with_the_keys_that_play_them(as_alice, song):
    page = body(as_alice.get(url(song, "mixer/")))
    assert re.findall(r'class="strip" data-strip="(\w+)"', page) == [
        "lead", "chords", "pad", "bass", "drums",
    ]  # fmt: skip
    facts = json.loads(re.search(r'id="mixer-drawing"[^>]*>(.+?)</script>', page)[1])
    assert [len(urls) for _key, urls, _speaker in facts["strips"]] == [1, 1, 1, 1, 2]
    assert facts["sections"][1] == [8.0, 24.0]


def test_a_mix_is_saved_for_every_stem_and_loaded_again(as_alice, song):
    data = {"name": "Drums up", "gain-drums": "3.5", "gain-lead": "-6", "muted-pad": "on"}
    answer = as_alice.post(url(song, "versions/1/mixes/"), data, follow=True)
    assert "The mix “Drums up” is saved." in body(answer)
    gains = SavedMix.objects.get().gains
    assert gains["Kick"]["gain_db"] == gains["Snare"]["gain_db"] == 3.5
    assert gains["Pad"]["muted"] is True
    assert gains["Bass"] == {"gain_db": 0.0, "muted": False, "solo": False}
    facts = json.loads(re.search(r'id="mixer-drawing"[^>]*>(.+?)</script>', body(answer))[1])
    assert facts["mixes"][str(SavedMix.objects.get().pk)] == gains


@pytest.mark.parametrize(
    "data",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 81},
        {"name": "Loud", "gain-lead": "12.5"},
        {"name": "Low", "gain-lead": "-60.5"},
        {"name": "None", "gain-lead": "nan"},
    ],
)
def test_a_mix_that_cannot_be_is_not_saved(as_alice, song, data):
    answer = as_alice.post(url(song, "versions/1/mixes/"), data, follow=True)
    assert "gains go from \N{MINUS SIGN}60 to 12 dB. Nothing was saved." in body(answer)
    assert not SavedMix.objects.exists()


def test_a_mix_is_forgotten_and_only_by_its_own_version(as_alice, edited):
    first = edited.versions.get(number=1)
    mix = SavedMix.objects.create(version=first, name="Mine", gains={})
    as_alice.post(url(edited, "versions/2/mixes/"), {"delete": mix.pk})
    assert SavedMix.objects.exists()
    as_alice.post(url(edited, "versions/1/mixes/"), {"delete": mix.pk})
    assert not SavedMix.objects.exists()

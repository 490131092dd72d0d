"""Why a bar owes: what each layer took, from which bars of which song, on the page of the song."""

from __future__ import annotations

import json
import re

import pytest

from generation.selectors.derivation import derivation_view
from generation.selectors.influence import influence_view
from tests.generation import finished
from tests.generation.pages.conftest import body, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def view(song, cast):
    return influence_view(song.current, user=cast.alice)


def said(view, bar):
    """Return what a bar is said to have taken, as the script would write it."""
    why = view.drawing["why"]
    return [
        (why["layers"][layer], *why["takes"][take][::3], percent)
        for layer, take, percent in why["bars"][bar - 1]
    ]


def test_a_bar_says_what_each_layer_took_and_from_which_bars(view, song):
    bar = song.current.bars.get(number=9)
    names = {row.key: row.title for row in song.current.sources.all()}
    rhythm, chords, drums = (bar.why[place]["source"] for place in (0, 2, 4))
    assert said(view, 9) == [
        ("Melody", "Rhythm of the melody of bars 9 to 12", names[rhythm], 60),
        ("Melody", "Connecting notes", "all sources together", 40),
        ("Harmony", "Chord progression of bars 9 to 12", names[chords], 75),
        ("Harmony", "Passing chords, approaches and accents", "Base catalogue", 25),
        ("Drums", "Drum pattern", names[drums], 100),
        ("Accompaniment", "Held chords “close warm”", "Base catalogue", 100),
    ]


def test_each_layer_of_each_bar_comes_to_the_whole(view):
    for bar in view.drawing["why"]["bars"]:
        layers = {layer for layer, _take, _percent in bar}
        assert all(sum(p for at, _take, p in bar if at == layer) == 100 for layer in layers)


def test_a_section_says_what_its_bars_took_in_the_mean(view, song):
    verse = view.why.sections[1]
    assert (verse.name, verse.first, verse.last) == ("Verse", 5, 12)
    assert [layer.layer for layer in verse.layers] == [
        "Melody",
        "Harmony",
        "Drums",
        "Accompaniment",
    ]
    harmony = verse.layers[1]
    assert [percent for _taken, percent in harmony.parts] == [75, 25]
    assert [taken.number for taken, _percent in harmony.parts][-1] == 0


def test_a_bar_without_a_layer_does_not_thin_it_out(song, view):
    bars = list(song.current.bars.all())
    bars[4].why = [one for one in bars[4].why if one["layer"] != "drums"]
    verse = derivation_view(bars, view.sections, view.sources).sections[1]
    assert [percent for _taken, percent in verse.layers[2].parts] == [100]


def test_one_bar_is_a_bar_and_what_nobody_named_keeps_its_name(song, view):
    bars = list(song.current.bars.all())
    bars[0].why = [
        {"layer": "x", "what": "choir", "source": "base", "percent": 100, "bars": [3, 3]},
        {"layer": "x", "what": "bass", "source": "gone", "percent": 100},
    ]
    drawing = derivation_view(bars, view.sections, view.sources).drawing
    assert drawing["takes"][0] == ["choir of bar 3", "base", 0, "Base catalogue"]
    assert drawing["takes"][1] == ["Bass line", "base", -1, "all sources together"]
    assert drawing["layers"][-1] == "x"


def test_the_page_holds_it_for_the_script_and_as_tables(as_alice, song):
    page = body(as_alice.get(url(song)))
    assert 'data-part="why"' in page
    assert page.count('class="table why-table"') == 6
    assert "Chord progression of bars 9 to 12" in page
    facts = re.search(r'id="influence-drawing"[^>]*>(.*?)</script>', page, re.DOTALL)[1]
    assert len(json.loads(facts)["why"]["bars"]) == 32


def test_a_version_from_before_it_was_kept_shows_none(as_alice, cast, monkeypatch):
    monkeypatch.setattr(finished, "_why", lambda _chosen: [])
    page = body(as_alice.get(url(finished.make_finished_song(cast.studio, "Older"))))
    assert 'data-part="why"' not in page
    assert "Where it comes from" not in page
    assert "What the whole song owes" in page

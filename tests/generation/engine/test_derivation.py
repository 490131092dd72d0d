"""What a bar took is read from the notes: the same sources that its shares name, and no others."""

from __future__ import annotations

import json

import pytest

from generation.engines.derivation import derivation
from generation.engines.settling import settled

LAYERS = {"melody", "harmony", "drums", "bass", "accompaniment", "form", "sound"}


@pytest.fixture(scope="module")
def why(made):
    return derivation(made)


def test_every_bar_is_explained_and_only_by_what_it_owes(made, why):
    owed = settled(made)
    assert len(why) == made.score.plan.bars == len(owed.bars)
    for bar, taken in zip(owed.bars, why, strict=True):
        assert {one["layer"] for one in taken} <= LAYERS
        assert {one["source"] for one in taken} - {""} <= set(bar.shares), bar.number
        assert bar.why == taken


def test_each_layer_comes_to_the_whole_but_for_what_is_too_little_to_name(why):
    for taken in why:
        for layer in {one["layer"] for one in taken}:
            parts = [one["percent"] for one in taken if one["layer"] == layer]
            assert 95 <= sum(parts) <= 102
            assert parts == sorted(parts, reverse=True)
            assert min(parts) >= 1


def test_what_an_analysis_found_says_where(made, why):
    spans = {u.span.bar + 1 for u in made.cast.units.values() if u.span is not None}
    found = [one for taken in why for one in taken if "bars" in one]
    assert found
    for one in found:
        first, last = one["bars"]
        assert 1 <= first <= last
        assert first in spans
        assert one["at_ms"] >= 0
        assert one["source"] not in ("", "base")


def test_what_the_base_pack_holds_has_its_name(made, why):
    names = {
        u.id.rpartition("/")[2] for s, u in made.cast.units.items() if made.cast.owners[s] == "base"
    }
    told = {one["name"] for taken in why for one in taken if "name" in one}
    assert told
    assert told <= names


def test_connecting_notes_are_everybodys(why):
    glue = [one for taken in why for one in taken if one["what"] == "glue"]
    assert glue
    assert {(one["layer"], one["source"]) for one in glue} == {("melody", "")}


def test_it_can_be_kept_as_json(why):
    assert json.loads(json.dumps(why)) == [list(taken) for taken in why]

"""Reading AcoustID and MusicBrainz: everything in an answer may be absent or of another kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.recognition.acoustid_answers import (
    SUREST_PPM,
    Described,
    described,
    hits_of,
    is_lookup,
    pointed_at,
    shortened,
)

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def lookup(*results):
    return shortened({"status": "ok", "results": list(results)})


def result(score, *recordings):
    return {"id": "a", "score": score, "recordings": list(recordings)}


@pytest.mark.parametrize(
    ("answer", "is_one"),
    [
        ({"status": "ok", "results": []}, True),
        ({"status": "ok"}, False),
        ({"status": "error", "error": {"code": 4}}, False),
        ({"status": "ok", "results": {}}, False),
    ],
)
def test_a_lookup_is_known_by_its_status_and_results(answer, is_one):
    assert is_lookup(answer) is is_one


def test_a_sound_below_half_likeness_names_nobody():
    assert pointed_at(lookup(result(0.49, {"id": "x"}))) == ()
    assert pointed_at(lookup(result(0.5, {"id": "x"})))[0].share_ppm == 500_000


def test_a_result_without_recordings_names_nobody():
    assert pointed_at(lookup(result(0.9), {"id": "b", "score": 0.9})) == ()


def test_a_recording_of_two_results_counts_where_it_is_surer():
    found = pointed_at(lookup(result(0.6, {"id": "x"}), result(0.9, {"id": "x"}, {"id": "y"})))

    assert [(one.mbid, one.share_ppm) for one in found] == [("x", 450_000), ("y", 450_000)]


@pytest.mark.parametrize("sources", [None, 0, -4, "many", 2.5])
def test_an_odd_number_of_submissions_counts_as_one(sources):
    (one,) = pointed_at(lookup(result(0.8, {"id": "x", "sources": sources})))

    assert (one.sources, one.share_ppm) == (1, 800_000)


def test_an_artist_is_put_together_as_it_is_credited():
    what = described(
        {
            "title": "Duet",
            "artist-credit": [{"name": "Ann", "joinphrase": " & "}, {"name": "Ben"}],
            "isrcs": ["GBAAA2600001", "gb-aaa-26-00001", "nonsense", 7],
            "length": None,
        }
    )

    assert what == Described("Duet", "Ann & Ben", ("GBAAA2600001",), 0)


def test_one_isrc_of_two_recordings_is_one_hit_as_sure_as_both():
    answer = lookup(result(0.8, {"id": "x", "sources": 3}, {"id": "y", "sources": 1}))
    first, second = pointed_at(answer)

    (hit,) = hits_of(
        [
            (first, Described("Single", "A", ("GBAAA2600001",), 0)),
            (second, Described("Album", "A", ("GBAAA2600001",), 0)),
        ]
    )

    assert (hit.isrc, hit.title, hit.score_ppm) == ("GBAAA2600001", "Single", 800_000)


@given(answer=st.dictionaries(st.sampled_from(["results", "status", "x"]), JUNK))
def test_no_lookup_makes_it_fall(answer):
    assert all(0 <= one.share_ppm <= SUREST_PPM for one in pointed_at(shortened(answer)))


@given(answer=st.dictionaries(st.sampled_from(["title", "artist-credit", "isrcs", "length"]), JUNK))
def test_no_recording_makes_it_fall(answer):
    what = described(answer)

    assert what.length_ms >= 0
    assert all(len(isrc) == 12 for isrc in what.isrcs)


@given(
    results=st.lists(
        st.tuples(
            st.floats(0, 1),
            st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 50)), max_size=4),
        ),
        max_size=4,
    ),
    isrcs=st.lists(st.sampled_from(["GBAAA2600001", "GBAAA2600002", "GBAAA2600003"]), max_size=3),
)
def test_what_one_result_says_is_never_surer_than_its_sound(results, isrcs):
    answer = lookup(
        *(result(score, *({"id": i, "sources": n} for i, n in named)) for score, named in results)
    )
    named = pointed_at(answer)
    hits = hits_of([(one, Described("T", "A", tuple(dict.fromkeys(isrcs)), 0)) for one in named])

    assert sum(hit.score_ppm for hit in hits) <= sum(one.share_ppm for one in named)
    assert [hit.score_ppm for hit in hits] == sorted((h.score_ppm for h in hits), reverse=True)

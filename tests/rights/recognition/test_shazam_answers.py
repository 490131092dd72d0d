"""Shazam's answers are read whatever is missing in them, and counted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rights.recognition.shazam import shortened
from rights.recognition.shazam_answers import Named, is_decided, read_answer, vote

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["key", "isrc", "hub", "actions", "type", "id", "sections", "metadata"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def named(isrc="", key="1", skew=0.0):
    return Named(key, isrc, "Title", "Artist", "", "", "", "", "", 20.0, skew)


@settings(max_examples=40, deadline=None)
@given(st.fixed_dictionaries({"matches": st.lists(VALUES, min_size=1), "track": VALUES}))
def test_no_answer_breaks_the_reader(answer):
    read = read_answer(shortened(answer))

    assert read is None or isinstance(read.isrc, str)


@settings(max_examples=40, deadline=None)
@given(VALUES.filter(lambda value: isinstance(value, dict)))
def test_without_matches_nobody_is_named(answer):
    assert read_answer(answer) is None


def test_the_larger_skew_counts_with_its_sign():
    match = {"id": "1", "offset": 3, "timeskew": -0.02, "frequencyskew": 0.001}

    read = read_answer({"matches": [match], "track": {"key": "1", "isrc": "gb-um7-15-04503"}})

    assert (read.skew, read.offset_s, read.isrc) == (-0.02, 3.0, "GBUM71504503")


def test_a_track_without_a_match_and_a_match_without_a_track_name_nobody():
    assert read_answer({"matches": [], "track": {"key": "1"}}) is None
    assert read_answer({"matches": [{"id": "1"}]}) is None


@pytest.mark.parametrize(
    ("windows", "scores"),
    [
        ([named("A"), named("A")], [990_000]),
        ([named("A"), None, named("A")], [900_000]),
        ([named("A"), named("B"), named("A")], [820_000, 300_000]),
        ([named("A"), None, None], [500_000]),
        ([named("A")], [500_000]),
        ([named("A"), named("B"), named("C")], [300_000] * 3),
        ([None, None, None], []),
    ],
)
def test_the_score_says_how_many_windows_agree(windows, scores):
    assert [hit.score_ppm for hit in vote(windows)] == scores


def test_without_isrc_the_key_counts():
    (hit,) = vote([named(key="7"), named(key="7")])

    assert (hit.isrc, hit.score_ppm, hit.evidence["key"]) == ("", 990_000, "7")
    assert len(vote([named(key="7"), named(key="8")])) == 2


def test_two_that_agree_decide_and_two_that_differ_do_not():
    assert is_decided([named("A"), named("A")])
    assert is_decided([named("A"), None, named("A")])
    assert not is_decided([named("A"), named("B")])
    assert not is_decided([named("A"), None])
    assert not is_decided([])


def test_the_skew_is_the_median_of_the_windows():
    (hit,) = vote([named("A", skew=0.0), named("A", skew=0.02), named("A", skew=0.015)])

    assert hit.skew == 0.015

"""One form for the same facts, and only that form is read back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.attribution.canonical import (
    LARGEST_INT,
    NotCanonicalError,
    Seconds,
    canonical,
    parse,
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INT, LARGEST_INT) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_written_reads_back_equal_and_is_written_the_same_again(value):
    written = canonical(value)

    assert parse(written) == value
    assert canonical(parse(written)) == written


@given(values)
def test_every_json_reader_understands_it(value):
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(texts, st.integers(0, 9), min_size=2))
def test_the_order_in_which_members_were_given_changes_nothing(members):
    assert canonical(dict(reversed(members.items()))) == canonical(members)


@given(st.integers(-(10**9), 10**9))
def test_a_time_is_written_as_every_other_language_writes_the_same_number(milliseconds):
    written = canonical(Seconds(milliseconds)).decode()
    number = milliseconds / 1000

    # repr() is ECMAScript's shortest form but for the ".0" of whole numbers (RFC 8785, 3.2.2.3).
    assert written == repr(number).removesuffix(".0").replace("-0", "-0" if number else "0")
    assert float(written) == number


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "0"), (12_000, "12"), (12_480, "12.48"), (7, "0.007"), (-1_500, "-1.5")],
)
def test_a_time_has_no_more_figures_than_it_needs(milliseconds, text):
    assert canonical(Seconds(milliseconds)).decode() == text


def test_members_are_ordered_by_utf_16_as_the_standard_wants():
    # U+1F600 begins with the surrogate D83D, which sorts before U+FB33 (RFC 8785, 3.2.3).
    members = {"\ufb33": 1, "😀": 2, "€": 3, "\r": 4, "1": 5}

    assert list(json.loads(canonical(members))) == ["\r", "1", "€", "😀", "\ufb33"]


@pytest.mark.parametrize("value", [1.5, float("nan"), {1: 2}, b"bytes", {"a": object()}])
def test_what_has_no_one_form_is_refused(value):
    with pytest.raises(NotCanonicalError):
        canonical(value)


@pytest.mark.parametrize("number", [LARGEST_INT + 1, -LARGEST_INT - 1, Seconds(LARGEST_INT + 1)])
def test_a_number_that_a_double_would_change_is_refused(number):
    with pytest.raises(NotCanonicalError, match="53 bits"):
        canonical(number)


def test_half_a_character_is_refused():
    with pytest.raises(NotCanonicalError, match="surrogate"):
        canonical({"title": "\ud83d"})


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"no json",
        b"\xff\xfe",
        b'{"a":1} ',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.50}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":1e999999999}',
        b'{"a":0.0001}',
        b'{"a":-0.0}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":90071992547409930}',
        b"[" * 100_000,
        b"9" * 5_000,
    ],
)
def test_only_the_one_form_is_read(text):
    with pytest.raises(NotCanonicalError):
        parse(text)

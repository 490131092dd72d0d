"""Sets of countries, and the world without some."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.territories import WORLDWIDE, Territories

CODES = st.frozensets(st.sampled_from(["GB", "IE", "US", "CA", "DE", "XK"]))
EVERYWHERE = ["GB", "IE", "US", "CA", "DE", "XK", "ZZ"]
TERRITORIES = st.one_of(
    st.builds(Territories, CODES, st.just(True)),
    st.builds(Territories, CODES.filter(bool), st.just(False)),
)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [("world", "GB", None), ("GB IE", "IE", "US"), ("world -US -CA", "GB", "CA")],
)
def test_text_says_where(text, inside, outside):
    where = Territories.parse(text)
    assert inside in where
    assert outside is None or outside not in where


@given(TERRITORIES)
def test_what_is_written_is_read_back(where):
    assert Territories.parse(str(where)) == where


@given(TERRITORIES, TERRITORIES)
def test_overlap_means_a_country_in_both(one, other):
    assert one.overlaps(other) == any(c in one and c in other for c in EVERYWHERE)
    assert one.overlaps(other) == other.overlaps(one)


@pytest.mark.parametrize("text", ["", "gb", "GBR", "world US", "GB -IE", "-GB", "World"])
def test_what_is_no_set_of_countries_is_refused(text):
    with pytest.raises(ValueError, match=r"country|minus|code"):
        Territories.parse(text)


@pytest.mark.parametrize("code", ["gb", "", "G1", None, 44])
def test_question_about_no_country_is_refused(code):
    with pytest.raises(ValueError, match="not the code of a country"):
        assert code in WORLDWIDE

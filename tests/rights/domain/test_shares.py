"""Shares by day and country: whole, too little, too much."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.allocation import PPM
from rights.domain.shares import (
    COMPLETE,
    OVER_CLAIM,
    UNDER_CLAIM,
    ShareClaim,
    ShareSumError,
    equal_shares,
    percent_parse,
    percent_text,
    share_set,
    share_spans,
    shares_resolve,
)
from rights.domain.territories import Territories

DAY = date(2026, 3, 1)
UK, WORLD_BUT_UK = Territories.parse("GB"), Territories.parse("world -GB")
DAYS = st.integers(0, 40).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


@st.composite
def claims(draw):
    start, end = sorted(draw(st.lists(DAYS, min_size=2, max_size=2, unique=True)))
    return ShareClaim(
        key=draw(st.uuids()).hex,
        party=draw(st.sampled_from("abcd")),
        share_ppm=draw(st.integers(1, PPM)),
        territories=draw(st.sampled_from([UK, WORLD_BUT_UK, Territories()])),
        active_from=draw(st.sampled_from([None, start])),
        active_to=draw(st.sampled_from([None, end])),
    )


CLAIMS = st.lists(claims(), max_size=6)


def claim(party: str, ppm: int, **more) -> ShareClaim:
    return ShareClaim(f"c-{party}", party, ppm, **more)


def resolve(*given_claims, on=DAY, territory="GB"):
    return shares_resolve(given_claims, on=on, territory=territory)


def test_whole_is_paid_as_claimed():
    got = resolve(claim("a", 600_000), claim("b", 400_000))
    assert (got.state, got.payable, got.held_ppm) == (COMPLETE, {"a": 600_000, "b": 400_000}, 0)


def test_what_nobody_claimed_is_held():
    got = resolve(claim("a", 600_000))
    assert (got.state, got.payable, got.held_ppm) == (UNDER_CLAIM, {"a": 600_000}, 400_000)
    assert resolve().held_ppm == PPM


def test_in_a_conflict_only_the_disputed_part_is_held():
    got = resolve(claim("a", 600_000), claim("b", 600_000))
    assert got.state == OVER_CLAIM
    assert got.claimed == {"a": 600_000, "b": 600_000}
    assert got.payable == {"a": 400_000, "b": 400_000}
    assert (got.held_ppm, got.excess_ppm) == (200_000, 200_000)


def test_two_claims_of_everything_leave_nothing_certain():
    got = resolve(claim("a", PPM), claim("b", PPM))
    assert (got.payable, got.held_ppm) == ({}, PPM)


def test_claim_that_the_others_could_fill_is_not_certain_at_all():
    got = resolve(claim("a", 600_000), claim("b", 600_000), claim("c", 100_000))
    assert got.payable == {"a": 300_000, "b": 300_000}
    assert got.held_ppm == 400_000


def test_two_claims_of_one_party_are_one_share():
    assert resolve(claim("a", 300_000), claim("a", 700_000)).payable == {"a": PPM}


def test_end_is_exclusive_and_the_next_owner_follows_without_a_gap():
    old = claim("a", PPM, active_to=DAY)
    new = claim("b", PPM, active_from=DAY)
    assert resolve(old, new, on=DAY - timedelta(days=1)).payable == {"a": PPM}
    assert resolve(old, new, on=DAY).payable == {"b": PPM}


def test_each_country_has_its_own_owner():
    home, abroad = claim("a", PPM, territories=UK), claim("b", PPM, territories=WORLD_BUT_UK)
    assert resolve(home, abroad, territory="GB").payable == {"a": PPM}
    assert resolve(home, abroad, territory="US").payable == {"b": PPM}


@given(CLAIMS, DAYS, st.sampled_from(["GB", "US"]))
def test_payable_and_held_are_always_a_whole(some, on, territory):
    got = shares_resolve(some, on=on, territory=territory)
    assert sum(got.payable.values()) + got.held_ppm == PPM
    assert got.held_ppm >= 0
    assert all(0 < ppm <= got.claimed[party] for party, ppm in got.payable.items())
    assert (got.state == OVER_CLAIM) == (got.excess_ppm > 0)
    for party, ppm in got.claimed.items():  # what the others leave over, whatever is decided
        assert got.payable.get(party, 0) >= PPM - (sum(got.claimed.values()) - ppm) or not (
            got.excess_ppm
        )


@given(CLAIMS, DAYS, st.randoms())
def test_order_of_claims_does_not_matter(some, on, random):
    shuffled = random.sample(some, len(some))
    one = shares_resolve(some, on=on, territory="GB")
    assert shares_resolve(shuffled, on=on, territory="GB") == one


@given(CLAIMS, DAYS, st.sampled_from(["GB", "US"]))
def test_spans_say_the_same_as_each_day_and_cover_all_time(some, on, territory):
    spans = share_spans(some, territory=territory)
    assert spans[0].active_from is None
    assert spans[-1].active_to is None
    for one, following in pairwise(spans):
        assert one.active_to == following.active_from
        assert one.resolution != following.resolution
    [of_day] = [
        span
        for span in spans
        if (span.active_from is None or span.active_from <= on)
        and (span.active_to is None or on < span.active_to)
    ]
    assert of_day.resolution == shares_resolve(some, on=on, territory=territory)


@pytest.mark.parametrize("ppm", [0, -1, PPM + 1])
def test_share_of_nothing_or_too_much_is_refused(ppm):
    with pytest.raises(ValueError, match="from 1 to 1000000 ppm"):
        claim("a", ppm)
    with pytest.raises(ValueError, match="from 1 to 1000000 ppm"):
        share_set({"a": ppm, "b": PPM})


def test_float_is_no_share():
    with pytest.raises(TypeError):
        claim("a", 0.5)  # type: ignore[arg-type]


def test_share_of_no_time_is_refused():
    with pytest.raises(ValueError, match="before it begins"):
        claim("a", 1, active_from=DAY, active_to=DAY)


def test_set_that_is_no_whole_says_by_how_much():
    assert share_set({"b": 1, "a": 999_999}) == {"a": 999_999, "b": 1}
    with pytest.raises(ShareSumError, match=r"sum to 99\.9999 %: 0\.0001 % short"):
        share_set({"a": 999_999})
    with pytest.raises(ShareSumError, match=r"sum to 150 %: 50 % over"):
        share_set({"a": 500_000, "b": PPM})


@given(st.sets(st.text("abc", min_size=1), min_size=1, max_size=20))
def test_equal_shares_make_a_whole_and_differ_by_one_at_most(parties):
    shares = equal_shares(parties)
    assert sum(shares.values()) == PPM
    assert max(shares.values()) - min(shares.values()) <= 1


def test_nobody_cannot_share():
    with pytest.raises(ValueError, match="nobody"):
        equal_shares([])


@given(st.integers(0, PPM))
def test_percentages_are_read_back_exactly(ppm):
    assert percent_parse(percent_text(ppm)) == ppm


@pytest.mark.parametrize("text", ["", "100.0001", "101", "-1", "33.33333", "1e1", "5 %", ".5"])
def test_what_is_no_percentage_is_refused(text):
    with pytest.raises(ValueError, match="not a percentage"):
        percent_parse(text)

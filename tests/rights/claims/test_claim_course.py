"""The arithmetic of claims: where they contradict each other, and how held money is let go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.claim_course import (
    ACTIVE,
    CLAIMED,
    CONFLICT,
    OPEN,
    REJECTED,
    STEPS,
    SUPERSEDED,
    WITHDRAWN,
    OverClaim,
    is_step,
    overclaims,
    release_divide,
    release_wanted,
)
from rights.domain.shares import OVER_CLAIM, ShareClaim, shares_resolve
from rights.domain.territories import WORLDWIDE, Territories

JANUARY, JUNE = date(2026, 1, 1), date(2026, 6, 1)


def claim(key, ppm, where="world", start=None, end=None, *, party=None, accepted=True):
    return ShareClaim(key, party or key, ppm, Territories.parse(where), start, end, accepted)


def test_claims_that_make_a_whole_contradict_nobody():
    assert overclaims([claim("a", 600_000), claim("b", 400_000)]) == ()


def test_one_part_in_a_million_too_much_is_found():
    [over] = overclaims([claim("a", 600_000), claim("b", 400_001)])
    assert over == OverClaim(WORLDWIDE, None, None, 1, ("a", "b"))


def test_only_the_countries_and_days_that_both_claim_are_in_conflict():
    [over] = overclaims(
        [claim("a", 1_000_000, "DE AT", JANUARY), claim("b", 300_000, "world -US", None, JUNE)]
    )
    assert (str(over.territories), over.active_from, over.active_to) == ("AT DE", JANUARY, JUNE)
    assert (over.excess_ppm, over.keys) == (300_000, ("a", "b"))


def test_a_claim_that_ends_when_the_next_begins_meets_nobody():
    assert overclaims([claim("a", 10**6, end=JUNE), claim("b", 10**6, start=JUNE)]) == ()


def test_a_claim_elsewhere_takes_no_part_in_the_conflict():
    found = overclaims([claim("a", 10**6, "DE"), claim("b", 10**6, "DE"), claim("c", 10**6, "FR")])
    assert [over.keys for over in found] == [("a", "b")]


def test_the_whole_world_without_one_country_is_told_of_together():
    found = overclaims([claim("a", 10**6, "world -DE"), claim("b", 1), claim("c", 1, "FR")])
    told = {str(over.territories): (over.excess_ppm, over.keys) for over in found}
    assert told == {"FR": (2, ("a", "b", "c")), "world -DE -FR": (1, ("a", "b"))}


@pytest.mark.parametrize(
    ("excess", "word"), [(1, "minor"), (50_000, "minor"), (50_001, "major"), (10**6, "major")]
)
def test_the_size_of_an_over_claim_has_a_word(excess, word):
    [over] = overclaims([claim("a", 10**6), claim("b", excess)])
    assert (over.excess_ppm, over.size) == (excess, word)


CLAIMS = st.lists(
    st.builds(
        lambda key, ppm, where, start, days: claim(
            str(key), ppm, where, start, start + timedelta(days) if start and days else None
        ),
        st.integers(0, 10**9),
        st.integers(1, 10**6),
        st.sampled_from(["world", "DE", "DE AT", "world -DE", "world -AT -US"]),
        st.none() | st.dates(JANUARY, JUNE),
        st.integers(0, 90),
    ),
    max_size=5,
    unique_by=lambda one: one.key,
)


@given(CLAIMS, st.dates(date(2025, 12, 1), date(2026, 10, 1)), st.sampled_from(["DE", "AT", "US", "GB"]))  # fmt: skip
def test_overclaims_say_for_every_day_and_country_what_the_sum_says(claims, day, country):
    active = [one for one in claims if one.is_active(day, country)]
    excess = sum(one.share_ppm for one in active) - 10**6
    told = [
        over
        for over in overclaims(claims)
        if country in over.territories
        and (over.active_from is None or over.active_from <= day)
        and (over.active_to is None or day < over.active_to)
    ]
    assert [over.excess_ppm for over in told] == ([excess] if excess > 0 else [])
    for over in told:
        assert {one.key for one in active} <= set(over.keys)


@pytest.mark.parametrize("state", [REJECTED, WITHDRAWN, SUPERSEDED])
def test_what_has_ended_stays_ended(state):
    assert not any(is_step(state, after) for after in [*STEPS, REJECTED, WITHDRAWN, SUPERSEDED])


@pytest.mark.parametrize("state", OPEN)
def test_an_open_claim_can_be_refused_and_taken_back(state):
    assert is_step(state, REJECTED)
    assert is_step(state, WITHDRAWN)


def test_only_what_was_active_is_superseded_and_activity_is_not_taken_back_to_waiting():
    assert {state for state in STEPS if is_step(state, SUPERSEDED)} == {ACTIVE}
    assert not is_step(ACTIVE, CLAIMED)
    assert not is_step(ACTIVE, CONFLICT)


# ---------------------------------------------------------------- who is paid meanwhile


def test_what_nobody_has_accepted_is_counted_and_not_paid():
    found = shares_resolve(
        [claim("a", 500_000), claim("b", 600_000, accepted=False)], on=JUNE, territory="DE"
    )
    assert found.state == OVER_CLAIM
    assert found.claimed == {"a": 500_000, "b": 600_000}
    assert found.payable == {"a": 400_000}  # 100,000 are disputed
    assert found.held_ppm == 600_000


def test_who_has_an_accepted_and_a_waiting_claim_is_paid_the_accepted_one():
    claims = [
        claim("a", 300_000, party="rita"),
        claim("b", 200_000, party="rita", accepted=False),
    ]
    found = shares_resolve(claims, on=JUNE, territory="DE")
    assert (found.payable, found.held_ppm) == ({"rita": 300_000}, 700_000)


# ---------------------------------------------------------------- letting go


def test_what_was_given_already_is_not_wanted_again():
    wanted = release_wanted(
        payable={"a": 600_000, "b": 400_000}, given={"a": 400_000, "b": 400_000}, held_ppm=200_000
    )
    assert wanted == {"a": 200_000}


def test_nothing_is_taken_back_from_who_was_given_more():
    assert release_wanted(payable={"a": 1}, given={"a": 5}, held_ppm=9) == {}


def test_more_than_is_held_is_not_let_go():
    assert release_wanted(payable={"a": 9, "b": 9}, given={}, held_ppm=10) == {"a": 9, "b": 1}


def test_parts_of_nothing_held_are_refused():
    with pytest.raises(ValueError, match="3 ppm cannot be let go of 2 ppm"):
        release_divide(100, held_ppm=2, wanted={"a": 3})


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(1, 150_000), min_size=1, max_size=6),
    st.integers(0, 100_000),
)
def test_releases_one_after_the_other_give_everything_and_no_more(amount, steps, spare):
    held, left, given_out = sum(steps) + spare, amount, 0
    for ppm in steps:
        part = release_divide(left, held_ppm=held, wanted={"x": ppm})["x"]
        assert abs(part) <= abs(left)
        assert part == 0 or (part > 0) == (amount > 0)
        left, held, given_out = left - part, held - ppm, given_out + part
    assert given_out + left == amount
    if not spare:
        assert left == 0


@given(st.integers(0, 10**12), st.integers(1, 10**6), st.data())
def test_a_return_mirrors_what_its_sale_let_go(amount, held, data):
    ppm = data.draw(st.integers(1, held))
    there = release_divide(amount, held_ppm=held, wanted={"x": ppm})
    back = release_divide(-amount, held_ppm=held, wanted={"x": ppm})
    assert back["x"] == -there["x"]

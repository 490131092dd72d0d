"""67 for the ten songs, 33 for the base, and nothing lost between."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.allocation import PPM, allocate
from rights.domain.royalties import (
    BASE_PPM,
    INPUTS_PPM,
    NOBODY,
    base_accumulate,
    base_allocate,
    inputs_allocate,
    pools_split,
)
from rights.domain.shares import ShareClaim, ShareSumError, shares_resolve

AMOUNTS = st.integers(-(10**15), 10**15)
OWNERS = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, PPM)), max_size=4)


def owners(*shares: tuple[str, int]):
    claims = [ShareClaim(str(n), party, ppm) for n, (party, ppm) in enumerate(shares)]
    return shares_resolve(claims, on=date(2026, 1, 1), territory="GB")


@st.composite
def songs(draw):
    """Ten songs with weights that make a million, and claims that need not agree."""
    drawn = draw(st.lists(st.integers(0, 100), min_size=10, max_size=10).filter(any))
    receipt = allocate(PPM, {f"S{n}": weight for n, weight in enumerate(drawn)}).amounts
    known = draw(st.dictionaries(st.sampled_from(sorted(receipt)), OWNERS))
    return receipt, {recording: owners(*shares) for recording, shares in known.items()}


@given(AMOUNTS)
def test_pools_are_the_amount_and_mirror(amount):
    pools = pools_split(amount)
    assert pools.inputs + pools.base == amount
    assert abs(pools.inputs - Fraction(amount * INPUTS_PPM, PPM)) <= Fraction(1, 2)
    assert pools_split(-amount) == type(pools)(-pools.inputs, -pools.base)
    assert INPUTS_PPM + BASE_PPM == PPM


@given(AMOUNTS, songs())
def test_shares_of_the_ten_songs_are_the_pool(pool, ten):
    receipt, known = ten
    shares = inputs_allocate(pool, receipt=receipt, owners=known)
    assert sum(share.amount for share in shares) == pool
    for share in shares:
        exact = Fraction(pool * share.weight_ppm * share.share_ppm, PPM * PPM)
        assert abs(share.amount - exact) < 1
    for recording in receipt:
        assert sum(s.share_ppm for s in shares if s.recording == recording) == PPM


@given(AMOUNTS, songs())
def test_return_takes_back_exactly_what_the_sale_gave(pool, ten):
    receipt, known = ten
    sale = inputs_allocate(pool, receipt=receipt, owners=known)
    back = inputs_allocate(-pool, receipt=receipt, owners=known)
    assert [-share.amount for share in back] == [share.amount for share in sale]


def test_song_without_owner_is_held_whole_and_a_conflict_in_part():
    receipt = {"known": 500_000, "torn": 300_000, "orphan": 200_000}
    known = {"known": owners(("a", PPM)), "torn": owners(("a", PPM), ("b", 400_000))}
    shares = inputs_allocate(1_000_000, receipt=receipt, owners=known)
    assert [(s.recording, s.party, s.amount) for s in shares] == [
        ("known", "a", 500_000),
        ("orphan", NOBODY, 200_000),
        ("torn", NOBODY, 120_000),
        ("torn", "a", 180_000),
    ]


def test_receipt_that_is_no_whole_is_refused():
    with pytest.raises(ShareSumError, match="sum to 1000000 ppm, not 999999"):
        inputs_allocate(1, receipt={"S": 999_999}, owners={})


@given(st.lists(st.tuples(st.sampled_from(["2026-09", "2026-10"]), st.just("EUR"), AMOUNTS)))
def test_base_pools_add_up_for_each_period_and_currency(parts):
    pools = base_accumulate(parts)
    assert sum(pools.values()) == sum(amount for _, _, amount in parts)
    assert list(pools) == sorted(pools)


def test_dividing_line_by_line_would_starve_most_of_the_catalogue():
    weights = {f"work{n:04}": 1 for n in range(1000)}
    line = 33  # 0.000033, three such lines in a period of a thousand
    by_line = [base_allocate(line, weights).amounts for _ in range(1000)]
    once = base_allocate(line * 1000, weights).amounts
    assert sum(by_line[0][w] == 0 for w in weights) == 967
    assert {sum(each["work0999"] for each in by_line), once["work0999"]} == {0, 33}


def test_base_pool_without_a_catalogue_is_suspense():
    assert base_allocate(100, {}).suspense == 100

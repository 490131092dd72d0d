"""A pool is divided to the last micro-unit, in one way only."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.allocation import PPM, Allocation, allocate, part

POOLS = st.integers(-(10**20), 10**20)
WEIGHT = st.one_of(st.just(0), st.just(1), st.integers(0, 10**12))
KEYS = st.text("abcxyz0189éß", min_size=1, max_size=4)
WEIGHTS = st.dictionaries(KEYS, WEIGHT, max_size=25)
REAL_WEIGHTS = WEIGHTS.filter(lambda weights: any(weights.values()))


def oracle(pool: int, weights: dict[str, int]) -> dict[str, int]:
    """The definition, told with exact fractions and without a thought for speed."""
    if pool < 0:
        return {key: -amount for key, amount in oracle(-pool, weights).items()}
    total = sum(weights.values())
    exact = {key: Fraction(pool * weight, total) for key, weight in weights.items()}
    given_out = {key: int(share) for key, share in exact.items()}
    while sum(given_out.values()) < pool:
        neediest = min(exact, key=lambda key: (given_out[key] - exact[key], key))
        given_out[neediest] += 1
    return given_out


@given(POOLS, WEIGHTS)
def test_parts_and_suspense_are_the_pool(pool, weights):
    result = allocate(pool, weights)
    assert result.total == pool
    assert result.amounts.keys() == weights.keys()


@given(st.integers(-(10**6), 10**6), REAL_WEIGHTS)
def test_agrees_with_the_definition_in_exact_fractions(pool, weights):
    assert allocate(pool, weights).amounts == oracle(pool, weights)


@given(POOLS, REAL_WEIGHTS)
def test_no_part_is_a_micro_unit_off(pool, weights):
    total = sum(weights.values())
    for key, amount in allocate(pool, weights).amounts.items():
        assert abs(amount - Fraction(pool * weights[key], total)) < 1


@given(POOLS, REAL_WEIGHTS, st.randoms())
def test_order_of_the_question_does_not_matter(pool, weights, random):
    shuffled = list(weights.items())
    random.shuffle(shuffled)
    assert allocate(pool, dict(shuffled)) == allocate(pool, weights)


@given(POOLS, WEIGHTS)
def test_negative_pool_mirrors_the_positive_one(pool, weights):
    one, other = allocate(pool, weights), allocate(-pool, weights)
    assert other == Allocation({k: -v for k, v in one.amounts.items()}, -one.suspense)


@given(st.integers(0, 10**20), REAL_WEIGHTS)
def test_larger_weight_never_gets_less(pool, weights):
    amounts = allocate(pool, weights).amounts
    in_order = sorted(weights, key=lambda key: weights[key])
    for less, more in pairwise(in_order):
        if weights[less] < weights[more]:
            assert amounts[less] <= amounts[more]


@given(POOLS, REAL_WEIGHTS)
def test_no_weight_means_no_money(pool, weights):
    amounts = allocate(pool, weights).amounts
    assert all(amounts[key] == 0 for key, weight in weights.items() if weight == 0)


@given(POOLS, REAL_WEIGHTS, st.integers(1, 1000))
def test_only_the_proportion_of_weights_counts(pool, weights, factor):
    scaled = {key: weight * factor for key, weight in weights.items()}
    assert allocate(pool, scaled) == allocate(pool, weights)


@pytest.mark.parametrize("weights", [{}, {"a": 0}, {"a": 0, "b": 0}])
@pytest.mark.parametrize("pool", [0, 7, -7])
def test_without_weights_everything_is_suspense_and_nothing_is_divided(pool, weights):
    result = allocate(pool, weights)
    assert result.suspense == pool
    assert set(result.amounts.values()) <= {0}


def test_ties_go_to_the_first_keys():
    assert allocate(2, {"c": 1, "a": 1, "b": 1}).amounts == {"a": 1, "b": 1, "c": 0}
    assert allocate(-2, {"c": 1, "a": 1, "b": 1}).amounts == {"a": -1, "b": -1, "c": 0}
    # By code point: capitals, then small letters, then letters with accents.
    assert allocate(1, {"é": 1, "z": 1, "Z": 1}).amounts == {"Z": 1, "z": 0, "é": 0}


def test_growing_pool_may_shrink_a_part_which_is_the_known_price_of_the_method():
    # The Alabama paradox, at most one micro-unit large.
    weights = {"a": 6, "b": 6, "c": 2}
    assert allocate(10, weights).amounts == {"a": 4, "b": 4, "c": 2}
    assert allocate(11, weights).amounts == {"a": 5, "b": 5, "c": 1}


def test_one_level_differs_from_two_which_is_why_there_is_one():
    whole_band = allocate(1, {"a1": 2, "a2": 2, "b": 3}).amounts
    assert whole_band == {"a1": 0, "a2": 0, "b": 1}
    bands = allocate(1, {"a": 4, "b": 3}).amounts
    assert bands == {"a": 1, "b": 0}


@pytest.mark.parametrize(("pool", "weights"), [(1.0, {"a": 1}), (1, {"a": 1.0}), (1, {"a": True})])
def test_floats_and_booleans_are_refused(pool, weights):
    with pytest.raises(TypeError, match="whole numbers"):
        allocate(pool, weights)


def test_float_pool_is_refused_also_where_nothing_is_divided():
    with pytest.raises(TypeError, match="whole numbers"):
        allocate(1.0, {})


def test_negative_weight_is_refused():
    with pytest.raises(ValueError, match="weight of 'b' is negative"):
        allocate(1, {"a": 1, "b": -1})


@given(POOLS, st.integers(0, PPM))
def test_part_of_an_amount_is_the_nearest_and_mirrors(amount, ppm):
    got = part(amount, ppm)
    assert abs(got - Fraction(amount * ppm, PPM)) <= Fraction(1, 2)
    assert part(-amount, ppm) == -got
    assert part(amount, 0) == 0
    assert part(amount, PPM) == amount


def test_half_a_micro_unit_goes_to_the_part():
    assert (part(1, 500_000), part(-1, 500_000), part(3, 500_000)) == (1, -1, 2)


@pytest.mark.parametrize("ppm", [-1, PPM + 1])
def test_part_of_more_than_a_million_is_refused(ppm):
    with pytest.raises(ValueError, match="not a part of a million"):
        part(1, ppm)

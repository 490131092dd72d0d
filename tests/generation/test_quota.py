"""The quota: shares within bounds, the same answer each time, and reasons when there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.attribution.errors import QuotaInfeasibleError
from generation.attribution.quota import Quota, assign, shares

NAMES = ("base", *(f"song:{n}" for n in range(10)))


def quota(seed=0, slots=60, eps=0.01, missing=0.0) -> Quota:
    rng = np.random.default_rng(seed)
    mass = rng.choice([1, 2, 4], slots) * rng.choice([0.3, 0.2, 0.15, 0.1], slots)
    cost = rng.random((slots, 11))
    cost[:, 1:][rng.random((slots, 10)) < missing] = np.inf
    target = np.array([0.33] + [0.067] * 10)
    return Quota(
        sources=NAMES,
        slots=tuple(f"slot {n}" for n in range(slots)),
        mass=mass / mass.sum(),
        cost=cost,
        low=target - eps,
        high=target + eps,
    )


@given(st.integers(0, 1000))
@settings(max_examples=5, deadline=None)
def test_every_share_lies_within_its_bounds(seed):
    asked = quota(seed)
    given_ = shares(assign(asked), asked.mass, 11)
    assert (given_ >= asked.low - 1e-6).all()
    assert (given_ <= asked.high + 1e-6).all()
    assert abs(given_.sum() - 1) < 1e-9


def test_a_source_is_never_given_what_it_has_no_material_for():
    asked = quota(3, missing=0.4)
    assert all(np.isfinite(asked.cost[slot, column]) for slot, column in enumerate(assign(asked)))


def test_the_same_question_has_the_same_answer():
    assert assign(quota(7)) == assign(quota(7))


def test_equal_costs_are_decided_by_order_not_by_chance():
    asked = Quota(
        ("base", "song:a"),
        ("one", "two"),
        np.array([0.5, 0.5]),
        np.zeros((2, 2)),
        np.array([0.5, 0.5]),
        np.array([0.5, 0.5]),
    )
    assert len({assign(asked) for _ in range(3)}) == 1


def test_a_source_without_enough_material_is_named():
    asked = quota(1)
    asked.cost[1:, 4] = np.inf
    with pytest.raises(QuotaInfeasibleError) as refused:
        assign(asked)
    assert "song:3 should fill 0.057 of the song" in refused.value.reasons[0]


def test_a_slot_that_nobody_fits_is_named():
    asked = quota(1)
    asked.cost[5] = np.inf
    with pytest.raises(QuotaInfeasibleError, match="no source has material for slot 5"):
        assign(asked)


def test_a_source_that_alone_fits_too_much_is_named():
    asked = quota(1)
    asked.cost[:10, :2] = np.inf
    asked.cost[:10, 3:] = np.inf
    with pytest.raises(QuotaInfeasibleError, match=r"song:1 may fill 0.077 .* the only one"):
        assign(asked)


def test_shares_that_do_not_add_up_are_explained():
    asked = quota(1)
    asked.high[:] = 0.05
    asked.low[:] = 0.0
    with pytest.raises(QuotaInfeasibleError, match="the shares add up to"):
        assign(asked)


def test_slots_too_large_to_divide_are_explained():
    asked = Quota(
        ("base", "song:a"),
        ("one", "two"),
        np.array([0.6, 0.4]),
        np.zeros((2, 2)),
        np.array([0.49, 0.49]),
        np.array([0.51, 0.51]),
    )
    with pytest.raises(QuotaInfeasibleError, match="cannot be divided"):
        assign(asked)

"""Mixture, responsibilities and deficit controller: shares hold whatever the constraints."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generation.attribution.deficit import DeficitController
from generation.attribution.errors import NothingPossibleError, WeightsInvalidError
from generation.attribution.mixture import mix

positive = st.floats(0, 1, allow_nan=False)


@st.composite
def mixtures(draw):
    experts, events = draw(st.integers(1, 11)), draw(st.integers(1, 24))
    rows = draw(arrays(np.float64, (experts, events), elements=positive)) + 1e-6
    phi = draw(arrays(np.float64, events, elements=st.sampled_from([0.0, 0.01, 0.3, 1.0, 2.0])))
    weights = draw(arrays(np.float64, experts, elements=st.sampled_from([0.0, 0.02, 0.067, 0.33])))
    phi[draw(st.integers(0, events - 1))] = 1.0
    weights[draw(st.integers(0, experts - 1))] = 0.33
    return rows, phi, weights


@given(mixtures())
@settings(max_examples=150, deadline=None)
def test_expected_responsibility_is_the_weight_by_exact_enumeration(case):
    rows, phi, weights = case
    mixed = mix(rows, phi, weights)
    np.testing.assert_allclose(
        mixed.expected_responsibilities(), weights / weights.sum(), atol=1e-12
    )


@given(mixtures())
@settings(max_examples=100, deadline=None)
def test_responsibilities_sum_to_one_and_nobody_without_weight_is_owed(case):
    rows, phi, weights = case
    mixed = mix(rows, phi, weights)
    for event in np.flatnonzero(mixed.p > 0):
        owed = mixed.responsibilities(int(event))
        assert abs(owed.sum() - 1) < 1e-9
        assert (owed[weights == 0] == 0).all()
        assert (owed >= 0).all()


@given(mixtures())
@settings(max_examples=100, deadline=None)
def test_forbidden_events_have_no_probability(case):
    rows, phi, weights = case
    mixed = mix(rows, phi, weights)
    assert (mixed.p[phi == 0] == 0).all()
    assert abs(mixed.p.sum() - 1) < 1e-12


def test_mixing_first_would_take_from_the_expert_that_fits_badly():
    """The worked table of docs/algorithms/mixture.md."""
    rows = np.array([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8]])
    phi, weights = np.array([1.0, 1.0, 0.1]), np.array([0.5, 0.5])
    fit = (rows * phi).sum(1)
    wrong = weights * fit / (weights * fit).sum()
    np.testing.assert_allclose(wrong, [0.7647, 0.2353], atol=1e-4)
    np.testing.assert_allclose(mix(rows, phi, weights).expected_responsibilities(), weights)


def test_an_expert_whose_only_events_are_forbidden_keeps_its_share_through_the_floor():
    rows = np.array([[1.0, 0.0], [0.0, 1.0]])
    mixed = mix(rows, np.array([1.0, 0.0]), np.array([0.33, 0.67]))
    np.testing.assert_allclose(mixed.responsibilities(0), [0.33, 0.67], atol=1e-12)


@pytest.mark.parametrize("weights", [[-0.1, 1.0], [0.0, 0.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_weights_that_mean_nothing_are_refused(weights):
    with pytest.raises(WeightsInvalidError):
        mix(np.ones((2, 2)), np.ones(2), np.array(weights))
    with pytest.raises(WeightsInvalidError):
        DeficitController(np.array(weights))


def test_constraints_that_forbid_everything_are_refused():
    with pytest.raises(NothingPossibleError):
        mix(np.ones((2, 3)), np.zeros(3), np.ones(2))


def test_an_event_that_cannot_happen_is_owed_to_nobody():
    mixed = mix(np.ones((2, 3)), np.array([1.0, 0.0, 1.0]), np.ones(2))
    with pytest.raises(NothingPossibleError):
        mixed.responsibilities(1)


TARGETS = np.array([0.33] + [0.067] * 10)


def run(seed: int, horizon: float, masses=None, steer=True):
    """250 notes of eleven experts that disagree, as in the table of the document."""
    rng = np.random.default_rng(seed)
    controller = DeficitController(TARGETS, horizon)
    rows = rng.dirichlet(np.full(40, 0.15), 11)
    for number in range(250):
        phi = rng.choice([0.0, 0.25, 1.0], 40, p=[0.4, 0.2, 0.4])
        phi[number % 40] = 1.0
        mixed = mix(rows, phi, controller.weights() if steer else TARGETS)
        event = int(rng.choice(40, p=mixed.p))
        controller.record(mixed.responsibilities(event), masses[number] if masses else 1.0)
    return controller.shares


def test_the_controller_keeps_every_share_within_one_point():
    for seed in range(4):
        assert np.abs(run(seed, 16.0) - TARGETS).max() < 0.01


def test_the_controller_holds_for_notes_of_unequal_mass():
    masses = np.random.default_rng(1).choice([1.0, 2.0, 4.0, 8.0], 250).tolist()
    assert np.abs(run(2, 16.0, masses) - TARGETS).max() < 0.012


def test_without_the_controller_shares_wander_further():
    steered = np.mean([np.abs(run(s, 16.0) - TARGETS).max() for s in range(3)])
    free = np.mean([np.abs(run(s, 16.0, steer=False) - TARGETS).max() for s in range(3)])
    assert free > 2 * steered


def test_a_target_of_zero_never_gets_weight():
    controller = DeficitController(np.array([0.5, 0.5, 0.0]))
    for _ in range(20):
        assert controller.weights()[2] == 0
        controller.record(np.array([1.0, 0.0, 0.0]))
    assert controller.weights()[1] > controller.weights()[0]


def test_a_copy_of_the_controller_goes_its_own_way():
    controller = DeficitController(np.array([0.5, 0.5]))
    other = copy.copy(controller)
    other.record(np.array([1.0, 0.0]), 3.0)
    assert controller.placed == 0
    assert controller.shares.tolist() == [0.5, 0.5]
    assert other.shares.tolist() == [1.0, 0.0]

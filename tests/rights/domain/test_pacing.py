"""The pace and the breaker on a clock turned by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.pacing import GatePolicy, GateState, enter, failed, paused, succeeded

POLICY = GatePolicy(rate_per_s=10, burst=3, failures_to_open=3, open_s=10, longest_open_s=35)
START = 1_000_000.0


def test_a_burst_is_free_and_the_rest_waits_at_an_even_pace():
    state, waits = GateState(), []
    for _ in range(6):
        state, admission = enter(state, POLICY, now=START, longest_wait_s=60)
        assert admission.allowed
        waits.append(round(admission.wait_s, 6))

    assert waits == [0, 0, 0, 0.1, 0.2, 0.3]


def test_time_gives_the_burst_back():
    state = GateState()
    for _ in range(3):
        state, _admission = enter(state, POLICY, now=START, longest_wait_s=60)
    waits = []
    for _ in range(4):
        state, admission = enter(state, POLICY, now=START + 100, longest_wait_s=60)
        waits.append(round(admission.wait_s, 6))

    assert waits == [0, 0, 0, 0.1]


def test_who_would_wait_too_long_is_told_when_to_come_again_and_reserves_nothing():
    state = GateState()
    for _ in range(8):
        state, _admission = enter(state, POLICY, now=START, longest_wait_s=60)

    after, admission = enter(state, POLICY, now=START, longest_wait_s=0.2)

    assert after is state
    assert not admission.allowed
    assert not admission.broken
    assert admission.retry_after_s == pytest.approx(0.6)


@given(
    st.lists(st.floats(0, 2), min_size=1, max_size=80),
    st.integers(1, 20),
    st.floats(0.5, 50),
)
def test_no_second_ever_sees_more_than_the_rate_and_one_burst(gaps, burst, rate):
    policy = GatePolicy(rate_per_s=rate, burst=burst)
    state, now, calls = GateState(), START, []
    for gap in gaps:
        now += gap
        state, admission = enter(state, policy, now=now, longest_wait_s=1e9)
        calls.append(now + admission.wait_s)

    for first in range(len(calls)):
        for last in range(first, len(calls)):
            seconds = calls[last] - calls[first]
            assert last - first + 1 <= burst + rate * seconds + 1e-3
    assert calls == sorted(calls)


def test_three_failures_in_a_row_open_the_breaker_and_success_in_between_does_not():
    state = GateState()
    for _ in range(2):
        state = failed(state, POLICY, now=START)
    state = succeeded(state)
    for _ in range(2):
        state = failed(state, POLICY, now=START)
    assert state.openings == 0

    state = failed(state, POLICY, now=START)

    after, admission = enter(state, POLICY, now=START + 4, longest_wait_s=60)
    assert after is state
    assert (admission.allowed, admission.broken) == (False, True)
    assert admission.retry_after_s == pytest.approx(6)


def opened() -> GateState:
    state = GateState()
    for _ in range(3):
        state = failed(state, POLICY, now=START)
    return state


def test_half_open_lets_one_caller_through():
    state, first = enter(opened(), POLICY, now=START + 10, longest_wait_s=60)
    state, second = enter(state, POLICY, now=START + 10, longest_wait_s=60)

    assert first.allowed
    assert (second.allowed, second.broken) == (False, True)
    assert second.retry_after_s == pytest.approx(POLICY.probe_s)


def test_a_probe_that_succeeds_closes_the_breaker():
    state, _admission = enter(opened(), POLICY, now=START + 10, longest_wait_s=60)
    state = succeeded(state)

    assert state.is_closed
    for _ in range(3):
        state, admission = enter(state, POLICY, now=START + 12, longest_wait_s=0)
        assert admission.allowed


def test_each_probe_that_fails_doubles_the_pause_up_to_the_longest():
    state, now, pauses = opened(), START, [10.0]
    for _ in range(4):
        now = state.open_until
        state, admission = enter(state, POLICY, now=now, longest_wait_s=60)
        assert admission.allowed
        state = failed(state, POLICY, now=now)
        pauses.append(state.open_until - now)

    assert pauses == [10, 20, 35, 35, 35]


def test_a_probe_that_never_comes_back_is_followed_by_another():
    state, _first = enter(opened(), POLICY, now=START + 10, longest_wait_s=60)
    state, second = enter(state, POLICY, now=START + 10 + POLICY.probe_s, longest_wait_s=60)

    assert second.allowed


def test_late_failures_of_calls_under_way_do_not_lengthen_the_pause():
    state = opened()

    assert failed(state, POLICY, now=START + 1).open_until == state.open_until


def test_a_pause_holds_everybody_back_and_is_no_failure():
    state = paused(GateState(), now=START, seconds=7)

    assert state.is_closed
    _state, admission = enter(state, POLICY, now=START + 2, longest_wait_s=60)
    assert admission.wait_s == pytest.approx(5)
    assert paused(state, now=START, seconds=1) == state

"""The course of a payout, pure: amounts, holds, keys, steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain import payout_course as course

ONE = UUID(int=1)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
READY = course.PayeeFacts(balance=100, minimum=10, account_state="active")


def facts(**changes):
    return course.PayeeFacts(**{**READY.__dict__, **changes})


@pytest.mark.parametrize(
    ("changes", "amount", "holds"),
    [
        ({}, 100, ()),
        ({"balance": 10}, 10, ()),
        ({"balance": 9}, 9, ("below_threshold",)),
        ({"balance": 100}, 0, ("below_threshold",)),
        ({"balance": 0}, 0, ("negative_balance",)),
        ({"balance": -5}, 0, ("negative_balance",)),
        ({"balance": 90}, 100, ("balance_changed",)),
        ({"account_state": ""}, 100, ("kyc_incomplete",)),
        ({"account_state": "new"}, 100, ("kyc_incomplete",)),
        ({"account_state": "onboarding"}, 100, ("kyc_incomplete",)),
        ({"account_state": "restricted"}, 100, ("account_restricted",)),
        ({"account_state": "closed"}, 100, ("account_closed",)),
        ({"placed": ("tax_form_missing", "sanctions")}, 100, ("sanctions", "tax_form_missing")),
        ({"placed": ("other",), "balance": 5}, 5, ("other", "below_threshold")),
    ],
)
def test_what_speaks_against_a_payout_the_gravest_first(changes, amount, holds):
    assert course.holds_of(facts(**changes), amount=amount) == holds


@given(st.integers(-(10**12), 10**12), st.sampled_from([1, 10_000, 1_000_000]))
def test_what_is_payable_is_whole_coins_and_never_more_than_there_is(balance, step):
    part = course.payable_part(balance, step=step)
    assert part % step == 0
    assert 0 <= part <= max(0, balance)
    assert balance - part < step or balance < 0


def test_no_coin_and_no_float():
    with pytest.raises(ValueError, match="no coin"):
        course.payable_part(5, step=0)
    with pytest.raises(TypeError):
        course.payable_part(5.0, step=1)


def test_a_second_person_is_needed_above_the_limit_and_not_at_it():
    assert not course.needs_second(100, above=100)
    assert course.needs_second(101, above=100)


@pytest.mark.parametrize(
    ("hours", "is_trusted"), [(0, True), (22.9, True), (23, False), (25, False), (-1, False)]
)
def test_a_key_is_trusted_for_a_day_less_an_hour(hours, is_trusted):
    now = NOON + timedelta(hours=hours)
    assert course.is_key_trusted(NOON, now=now) is is_trusted


def test_steps_go_forward_and_nothing_leads_out_of_the_end():
    assert course.is_step("approved", "reserved")
    assert not course.is_step("approved", "sending")
    assert not course.is_step("paid", "sent")
    assert set(course.STEPS) | {to for steps in course.STEPS.values() for to in steps} == {
        "",
        *course.STATES,
    }
    for end in (course.REVERSED, course.CANCELLED):
        assert not any(course.is_step(end, to) for to in course.STATES)


def test_keys_are_told_by_the_payout_and_the_try():
    keys = {
        course.send_key(ONE, 1), course.send_key(ONE, 2), course.reserve_key(ONE, 1),
        course.release_key(ONE, 1), course.settle_key(ONE), course.return_key(ONE, "returned", 5),
        course.transfer_group(ONE),
    }  # fmt: skip
    assert len(keys) == 7
    assert all(len(key) <= 80 for key in keys)
    assert course.send_key(ONE, 1) == f"payout:{ONE}:g1"

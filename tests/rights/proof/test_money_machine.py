"""Any order of everything that moves money keeps every promise, with crashes at any statement.

``MONEY_MACHINE=300 pytest tests/rights/proof/test_money_machine.py`` tries that many stories.
"""

from __future__ import annotations

import os
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from rights.models import BaseCatalogueWeight, RightsClaim
from rights.services.claims import (
    Wanted,
    claim_activate,
    claim_reject,
    claim_supersede,
    claim_withdraw,
)
from tests.rights.income.sheets import recordings_of
from tests.rights.proof import invariants
from tests.rights.proof.office import CURRENCIES, SONGS, Office

STORIES = int(os.environ.get("MONEY_MACHINE", "6"))
MONTHS = [f"2026-{month:02}" for month in range(1, 10)]
WHICH = st.integers(0, 9)
DAY = st.integers(1, 28)
# Most steps go well; some die at one of their statements, early or late.
CRASH = st.one_of(st.just(0), st.just(0), st.integers(1, 60))
NETS = st.sampled_from(["10.000001", "0.33", "0.000001", "7.77", "1234567.891234", "-5.000003", "-0.01", "-20"])  # fmt: skip
SALES = st.lists(
    st.tuples(st.sampled_from(SONGS), st.sampled_from(CURRENCIES), NETS), min_size=1, max_size=4
)
SHARES = st.sampled_from([1, 333_333, 400_000, 600_000, 1_000_000])
DAYS = st.sampled_from([None, date(2026, 10, 1), date(2026, 10, 17), date(2027, 1, 1)])
PLACES = st.sampled_from(["world", "DE", "world -DE", "FR"])


class MoneyMachine(RuleBasedStateMachine):
    """Stores, labels and two people of the staff do what they do, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.office = Office(list(MONTHS))
        base = BaseCatalogueWeight.objects.order_by("pk").first()
        assert base is not None
        self.recordings = [self.office.world.unowned, base.recording]
        self.recordings += recordings_of(self.office.world.song)[:2]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    # ------------------------------------------------------------ stores

    @rule(sales=SALES, day=DAY, crash=CRASH)
    def report(self, sales, day, crash):
        self.office.report(sales, day, crash)

    @rule(which=WHICH, day=DAY, crash=CRASH)
    def reverse(self, which, day, crash):
        self.office.reverse(which, day, crash)

    # ------------------------------------------------------------ runs

    @rule(crash=CRASH)
    def calculate(self, crash):
        self.office.calculate(crash)

    @rule(crash=CRASH)
    def approve(self, crash):
        self.office.approve(crash)

    @rule(crash=CRASH)
    def lock(self, crash):
        self.office.lock(crash)

    @rule(crash=CRASH)
    def finish_the_month(self, crash):
        self.office.calculate(0)
        self.office.approve(0)
        self.office.lock(crash)

    # ------------------------------------------------------------ claims

    @rule(what=st.integers(0, 3), who=st.integers(0, 2), share=SHARES, where=PLACES, start=DAYS, crash=CRASH)  # fmt: skip
    def submit(self, what, who, share, where, start, crash):
        wanted = Wanted(share, where, start)
        self.office.claim(self.recordings[what], self.office.parties[who], wanted, crash)

    @rule(which=WHICH, crash=CRASH)
    def activate(self, which, crash):
        self._decide(claim_activate, which, crash)

    @rule(which=WHICH, crash=CRASH)
    def reject(self, which, crash):
        self._decide(claim_reject, which, crash)

    @rule(which=WHICH, crash=CRASH)
    def withdraw(self, which, crash):
        self._decide(claim_withdraw, which, crash)

    @rule(which=WHICH, share=SHARES, day=DAYS, who=st.integers(0, 2), crash=CRASH)
    def supersede(self, which, share, day, who, crash):
        wanted = Wanted(share, "world", day)
        self._decide(claim_supersede, which, crash, wanted=wanted, party=self.office.parties[who])

    def _decide(self, step, which, crash, **more):
        there = list(RightsClaim.objects.filter(recording__in=self.recordings).order_by("claimed_at", "pk"))  # fmt: skip
        if there:
            self.office.decide(step, there[which % len(there)], crash, **more)

    def moved(self):
        """Return what else has moved what payees have."""
        return {}

    # ------------------------------------------------------------ what always holds

    @invariant()
    def every_promise_is_kept(self):
        self.office.seal.nothing_sealed_has_changed()
        invariants.legs_sum_to_zero()
        invariants.nobody_is_below_zero()
        invariants.pools_were_empty_when_the_month_was_locked()
        invariants.what_stores_owe_is_what_was_reported()
        invariants.payees_have_what_runs_gave_and_claims_released(self.moved())
        invariants.suspense_is_what_is_held_and_not_released()
        invariants.the_ledger_is_proved()


@pytest.mark.slow
@pytest.mark.django_db
def test_any_order_of_everything_keeps_every_promise():
    run_state_machine_as_test(
        MoneyMachine,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=14,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=STORIES < 20,
        ),
    )

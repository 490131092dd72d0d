"""The money machine with what comes after it: statements, payouts, messages late, twice, out of order.

``MONEY_MACHINE=300 pytest tests/rights/proof/test_paying_machine.py`` tries that many stories.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from rights.services import payout_sending
from tests.rights.proof.invariants import moved_after_the_runs
from tests.rights.proof.office import CURRENCIES
from tests.rights.proof.test_money_machine import CRASH, WHICH, MoneyMachine
from tests.rights.proof.treasury import Treasury
from tests.stripe_desk import Desk, pointed

STORIES = int(os.environ.get("MONEY_MACHINE", "4"))
FAILURES = st.sampled_from(["", "", "", "timeout_before_acting", "timeout_after_acting", "500", "malformed"])  # fmt: skip


class PayingMachine(MoneyMachine):
    """All of it, to the money on the payees' accounts."""

    desk: Desk

    def __init__(self) -> None:
        super().__init__()
        self.treasury = Treasury(self.office, self.desk)

    @rule(crash=CRASH)
    def issue(self, crash):
        self.treasury.issue(crash)

    @rule(units=st.integers(1, 2_000_000), currency=st.sampled_from(CURRENCIES))
    def top_up(self, units, currency):
        self.treasury.top_up(units, currency)

    @rule(currency=st.sampled_from(CURRENCIES), crash=CRASH)
    def make_a_batch(self, currency, crash):
        self.treasury.make(currency, crash)

    @rule(crash=CRASH, failure=FAILURES)
    def send(self, crash, failure):
        self.treasury.send(crash, failure)

    @rule(which=st.integers(0, 30), times=st.integers(1, 3))
    def hear(self, which, times):
        self.treasury.hear(which, times)

    @rule()
    def compare(self):
        self.treasury.compare()

    @rule(crash=CRASH, which=WHICH)
    def a_whole_month(self, crash, which):
        """So that stories get as far as money that is sent."""
        self.office.report(
            [("QZTEN2600001", "EUR", "1234.567891"), ("QZTEN2600002", "USD", "77.77")], 20, 0
        )
        self.finish_the_month(crash)
        self.treasury.issue(crash)
        self.treasury.top_up(10_000_000, "EUR")
        self.treasury.make("EUR", 0)
        self.treasury.send(crash, "")
        self.treasury.hear(which, 2)

    def moved(self):
        return moved_after_the_runs()

    @invariant()
    def payouts_equal_what_was_sent(self):
        self.treasury.the_stand_in_sent_what_payouts_say()


@pytest.mark.slow
@pytest.mark.django_db
def test_any_order_of_statements_and_payouts_keeps_every_promise(sandbox, settings_of_stripe):
    PayingMachine.desk = settings_of_stripe
    run_state_machine_as_test(
        PayingMachine,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=12,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=STORIES < 20,
        ),
    )


@pytest.fixture
def settings_of_stripe(sandbox, settings, monkeypatch):
    monkeypatch.setattr(payout_sending, "BACK_OFF_S", (0.0, 0.0))
    return pointed(settings, sandbox["stripe"])

"""Any order of earning, paying, failing, dying, messages, reversals and days: what was sent is what is booked.

The provider is the real stand-in over HTTP. At the end everything is let settle, and then every
payee's earnings are what they were sent and what we still owe them, to the micro-unit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.billing.ports import ProviderError, payout_provider
from config.lib.faultpoints import fault_arm, fault_disarm
from rights.exceptions import PayoutRefusedError
from rights.models import Payout, PayoutBatch, ProviderEvent
from rights.services import payout_sending
from rights.services.payee_onboarding import payee_account_refresh
from rights.services.payout_events import event_process
from rights.services.payout_reconciliation import payouts_reconcile
from rights.services.payout_sending import PayoutsUnansweredError, payout_take_back, payouts_send
from rights.services.payouts import batch_send
from tests.rights.payouts.paying import CENT, Paying, stands
from tests.stripe_desk import pointed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
POINTS = ("reserving", "reserved", "asking", "answered", "answering", "sent", "refusing", "refused")
FAULTS = st.sampled_from(["", "", "timeout_after_acting", "timeout_before_acting", "500", "429"])
WHO = st.integers(0, 1)
CENTS = st.integers(1_000, 5_000)


class DeadError(BaseException):
    """The process dies here; nobody catches it on the way."""


def die() -> None:
    raise DeadError


class Payer(RuleBasedStateMachine):
    """The model is what each payee has earned; the rest is asked of the books and of the stand-in."""

    desk: Any

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.desk.stand_in.reset()
        self.paying = Paying(self.desk)
        self.payees = [self.paying.payee(name) for name in ("Alba", "Brio")]
        self.earned: dict[UUID, int] = defaultdict(int)
        # Enough for one of the two: what happens then is for the rules.
        for who in (0, 1):
            self.earn(who, 3_000, 1)
        self.top_up(4_000)

    def teardown(self) -> None:
        try:
            self._settle()
        finally:
            fault_disarm()
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    @rule(who=WHO, cents=CENTS, micros=st.integers(0, CENT - 1))
    def earn(self, who: int, cents: int, micros: int) -> None:
        party = self.payees[who]
        self.paying.earn(party, cents, micros=micros)
        self.earned[party.pk] += cents * CENT + micros

    @rule(cents=st.integers(500, 8_000))
    def top_up(self, cents: int) -> None:
        self.paying.top_up(cents)

    @initialize(mode=FAULTS, point=st.sampled_from(["", "", *POINTS]))
    def begin(self, mode: str, point: str) -> None:
        """Every story begins with a batch: examples are short, and most would never pay."""
        self.pay(mode, point)

    @rule(mode=FAULTS, point=st.sampled_from(["", "", *POINTS]))
    def pay(self, mode: str, point: str) -> None:
        """Send the open batch, or make one; the provider may fail, and we may die on the way."""
        if not PayoutBatch.objects.filter(state__in=["approved", "sending"]).exists():
            with suppress(PayoutRefusedError):  # where nothing is payable
                self.paying.approved()
        if mode:
            self.desk.stand_in.fail(mode, path="/v1/transfers", method="POST", delay_s=0)
        if point:
            fault_arm(f"payouts.{point}", die)
        self._send()
        fault_disarm()
        self._clear()

    @rule(number=st.integers(0, 30), times=st.integers(1, 2))
    def message(self, number: int, times: int) -> None:
        """Any message of the past, late, twice, in any order."""
        events = self.desk.show("events")
        if not events:
            return
        event = events[number % len(events)]
        for _ in range(times):
            row, _is_new = ProviderEvent.objects.get_or_create(
                event_id=event["id"],
                defaults={
                    "type": event["type"], "object_id": event["object"]["id"],
                    "account_id": event["account"], "sha256": "0" * 64,
                    "happened_at": datetime.fromtimestamp(event["created"]).astimezone(),
                },
            )  # fmt: skip
            event_process(row)

    @rule(who=WHO, status=st.sampled_from(["active", "restricted"]), is_seen=st.booleans())
    def account(self, who: int, status: str, is_seen: bool) -> None:
        mine = self.payees[who].payee_account
        self.desk.act("account", account=mine.provider_id, status=status, due=[])
        if is_seen:
            payee_account_refresh(account=mine)

    @precondition(lambda _self: Payout.objects.filter(state="paid").exists())
    @rule(number=st.integers(0, 5))
    def take_back(self, number: int) -> None:
        paid = list(Payout.objects.filter(state="paid").order_by("paid_at"))
        payout_take_back(payout=paid[number % len(paid)], actor=self.paying.olive, because="Wrong.")

    @rule()
    def day(self) -> None:
        """A day and an hour pass: keys are forgotten there, and old here."""
        self.desk.act("clock", forward_s=25 * 3600)
        Payout.objects.filter(state="sending").update(
            first_asked_at=F("first_asked_at") - timedelta(hours=25)
        )

    @invariant()
    def books_are_sound(self) -> None:
        self.paying.sound()

    @invariant()
    def nobody_is_paid_twice_for_one_payout(self) -> None:
        transfers = self.desk.show("transfers")
        named = Counter(one["metadata"]["payout_id"] for one in transfers)
        assert all(count == 1 for count in named.values())
        known = {str(pk): units for pk, units in Payout.objects.values_list("pk", "amount_minor")}
        assert all(known[one["metadata"]["payout_id"]] == one["amount"] for one in transfers)

    def _send(self) -> None:
        for batch in PayoutBatch.objects.filter(state__in=["approved", "sending"]):
            if batch.state == "approved":
                batch_send(batch=batch)
            try:
                payouts_send(batch)
            except (PayoutsUnansweredError, DeadError):
                return

    def _clear(self) -> None:
        self.desk.stand_in.http.delete(f"{self.desk.stand_in.url}/_sandbox/faults")

    def _settle(self) -> None:
        """Everything is well again, there is money enough, and everything is asked for once more."""
        fault_disarm()
        self._clear()
        self.paying.top_up(1_000_000)
        for party in self.payees:
            mine = party.payee_account
            self.desk.act("account", account=mine.provider_id, status="active", due=[])
            payee_account_refresh(account=mine)
        self._send()
        Payout.objects.filter(state="sent").update(sent_at=F("sent_at") - timedelta(hours=2))
        assert payouts_reconcile().findings == []
        assert not Payout.objects.filter(state__in=["reserved", "sending", "sent"]).exists()
        for party in self.payees:
            sent = sum(self.paying.transfers(party)) * CENT
            assert self.paying.balance(party) + sent == self.earned[party.pk]
        assert stands("in_transit") == 0


def test_any_order_of_everything_ends_with_what_was_sent(db, sandbox, settings, monkeypatch):
    monkeypatch.setattr(payout_sending, "BACK_OFF_S", (0.0,))
    Payer.desk = pointed(settings, sandbox["stripe"])
    run_state_machine_as_test(
        Payer,
        settings=hypothesis_settings(
            max_examples=10,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_machine_sees_a_transfer_that_nobody_booked(db, sandbox, settings):
    """The machine itself is tried: a second transfer for one payout does not pass."""
    Payer.desk = pointed(settings, sandbox["stripe"])
    machine = Payer()
    machine.pay(mode="", point="")
    payout = Payout.objects.get(state="sent")
    payout_provider().send(
        key="again", units=1, currency="EUR", destination=payout.destination, group="g",
        metadata={"payout_id": str(payout.pk)},
    )  # fmt: skip
    with pytest.raises(AssertionError):
        machine.nobody_is_paid_twice_for_one_payout()
    with pytest.raises((AssertionError, ProviderError)):
        machine.teardown()

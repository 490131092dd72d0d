"""The nightly comparison: what agrees, what it repairs by looking, and what it tells of and leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.billing.ports import ProviderUnknownError, payout_provider
from config.jobs.models import Job
from config.jobs.services import job_cancel
from rights.models import Entry, Payout, PayoutReconciliation, ProviderEvent
from rights.services.payout_reconciliation import payouts_reconcile, payouts_sweep
from rights.tasks.payouts import payouts_compare
from tests.rights.ledger.books import pay, unchanged
from tests.rights.payouts.paying import CENT, stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def alba(paying):
    paying.top_up(10_000)
    party = paying.payee("Alba", 5_000)
    assert paying.send(paying.approved())
    return party


def kinds(made=None):
    return sorted(one["kind"] for one in (made or payouts_reconcile()).findings)


def test_where_everything_agrees_there_is_nothing_to_tell(paying, alba):
    made = payouts_reconcile()
    assert made.findings == []
    assert (made.facts["transfers"], made.facts["top_ups"]) == (1, 1)
    assert paying.of(alba).state == "paid"
    paying.sound()


def test_a_message_that_never_came_is_made_up_for_by_looking(paying, alba):
    Payout.objects.update(sent_at=timezone.now() - timedelta(hours=2))
    paying.desk.act("topup", amount=300, currency="eur")
    assert kinds() == []
    assert stands("stripe_balance") == -(10_000 + 300 - 5_000) * CENT
    assert PayoutReconciliation.objects.get().facts["polled"] == {str(paying.of(alba).pk): "paid"}
    paying.sound()


def test_a_transfer_that_nobody_asked_for_is_told_and_moves_nothing(paying, alba):
    payouts_reconcile()
    with unchanged():
        payout_provider().send(
            key="elsewhere", units=7, currency="EUR", metadata={}, group="x",
            destination=alba.payee_account.provider_id,
        )  # fmt: skip
        assert kinds() == ["foreign_transfer", "provider_balance"]


def test_two_transfers_for_one_payout_are_told(paying, alba):
    payout = paying.of(alba)
    payout_provider().send(
        key="again", units=5_000, currency="EUR", group=f"payout_{payout.pk}",
        destination=payout.destination, metadata={"payout_id": str(payout.pk)},
    )  # fmt: skip
    assert "paid_twice" in kinds()
    assert Entry.objects.filter(kind="payout_settled").count() == 1


def test_a_transfer_of_another_amount_is_not_ours(paying, alba):
    payout = paying.of(alba)
    payouts_reconcile()
    payout_provider().send(
        key="less", units=4_999, currency="EUR", group=f"payout_{payout.pk}",
        destination=payout.destination, metadata={"payout_id": str(payout.pk)},
    )  # fmt: skip
    assert kinds() == ["paid_twice", "provider_balance", "transfer_differs"]


def test_a_payout_that_the_provider_does_not_know_is_told(paying, alba):
    payouts_reconcile()
    paying.desk.stand_in.reset()
    assert kinds() == ["provider_balance", "transfer_missing"]


def test_what_is_not_answered_for_an_hour_is_told(paying):
    paying.top_up(10_000)
    paying.payee("Brio", 2_000)
    batch = paying.approved()
    paying.desk.act("script", status=500)
    assert not paying.send(batch)
    assert kinds() == []
    Payout.objects.update(first_asked_at=timezone.now() - timedelta(hours=2))
    assert kinds() == ["unanswered"]


def test_of_what_is_being_sent_either_balance_is_right(paying):
    paying.top_up(10_000)
    paying.payee("Brio", 2_000)
    batch = paying.approved()
    paying.desk.fail("timeout_after_acting", path="/v1/transfers")
    assert not paying.send(batch)
    Payout.objects.update(first_asked_at=timezone.now())
    assert kinds() == [], "the comparison finds the transfer and settles it"
    assert Payout.objects.get().state == "paid"


def test_messages_that_wait_are_told(paying, db):
    ProviderEvent.objects.create(
        event_id="evt_1", type="transfer.created", object_id="tr_none", sha256="0" * 64,
        happened_at=timezone.now(), received_at=timezone.now() - timedelta(hours=2),
    )  # fmt: skip
    assert kinds() == ["message_waits"]


def test_money_that_is_reserved_for_no_payout_is_told(paying, alba):
    payouts_reconcile()
    paying.earn(alba, 100)
    pay(str(alba.pk), 100, idem="payout:lost:g1:reserve", effective_at=timezone.now())
    assert kinds() == ["in_transit", "left_reserved"]


def test_when_the_provider_does_not_answer_nothing_is_kept(paying, alba):
    paying.desk.fail("503", path="/v1/")
    with pytest.raises(ProviderUnknownError):
        payouts_reconcile()
    assert not PayoutReconciliation.objects.exists()


def test_the_comparison_is_asked_for_once_a_day(db):
    payouts_compare()
    payouts_compare()
    assert Job.objects.filter(kind="rights.payouts.reconcile").count() == 1


def test_a_batch_whose_job_has_ended_without_finishing_is_asked_for_again(paying):
    paying.top_up(10_000)
    paying.payee("Brio", 2_000)
    batch = paying.approved()
    paying.desk.act("script", status=500)
    assert not paying.send(batch)
    batch.refresh_from_db()
    assert payouts_sweep() == 0, "its job still waits"
    job_cancel(job=batch.job)
    assert payouts_sweep() == 1
    batch.refresh_from_db()
    assert batch.job.state == "queued"
    assert Job.objects.filter(kind="rights.payouts.send").count() == 2

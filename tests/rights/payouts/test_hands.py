"""Many hands at once, and hands that die at a named point: nobody is paid twice, nobody below zero."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.billing.ports import payout_provider
from config.lib.faultpoints import fault_arm, fault_disarm
from rights.models import Entry, Payout, PayoutBatch
from rights.services.payout_sending import payout_send, payouts_poll, payouts_send
from rights.services.payout_steps import payout_observe, payout_reserve
from tests.rights.payouts.paying import CENT, stands

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
THREADS = 8
BEFORE_SENDING = ("reserving", "reserved", "asking")
WHILE_SENDING = ("answered", "answering", "sent")


def together(act):
    """Call ``act`` in eight threads at the same moment; return the results."""
    gate = threading.Barrier(THREADS)

    def one(number):
        try:
            gate.wait(30)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(point: str, act) -> None:
    """Do something in another process and let it be killed at that point."""
    connection.close()
    if not (child := os.fork()):
        try:
            fault_arm(f"payouts.{point}", die)
            act()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"it lived through {point}"
    assert os.WTERMSIG(status) == signal.SIGKILL
    time.sleep(0.1)  # the server notices that its client is gone, and rolls back


def test_eight_threads_pay_one_balance_once(paying):
    paying.top_up(10_000)
    alba = paying.payee("Alba", 5_000)
    batch = paying.approved()
    payout = paying.of(alba)
    provider = payout_provider()
    PayoutBatch.objects.filter(pk=batch.pk).update(state="sending")
    states = together(lambda _hand: payout_send(payout.pk, provider).state)
    assert set(states) <= {"sending", "sent"}
    assert paying.transfers(alba) == [5_000]
    assert Entry.objects.filter(kind="payout_reserved").count() == 1
    payout.refresh_from_db()
    transfer = provider.transfer(transfer_id=payout.transfer_id)
    done = together(lambda _hand: payout_observe(transfer))
    assert sorted(done) == ["known"] * (THREADS - 1) + ["paid"]
    assert (paying.balance(alba), stands("in_transit")) == (0, 0)
    paying.sound()


def test_eight_threads_reserve_nothing_of_a_balance_that_is_gone(paying):
    """Fifty were approved; twenty are taken back meanwhile, and thirty are not fifty."""
    alba = paying.payee("Alba", 5_000)
    paying.approved()
    paying.earn(alba, -2_000)
    payout = paying.of(alba)
    assert set(together(lambda _hand: payout_reserve(payout.pk).state)) == {"pending"}
    assert (paying.balance(alba), stands("in_transit")) == (3_000 * CENT, 0)
    assert Entry.objects.filter(kind="payout_reserved").count() == 0
    paying.sound()


@pytest.mark.parametrize("point", [*BEFORE_SENDING, *WHILE_SENDING])
def test_killed_at_any_point_of_sending_the_batch_is_finished_once(paying, point):
    paying.top_up(10_000)
    payees = [paying.payee("Alba", 5_000), paying.payee("Brio", 2_000)]
    batch = paying.approved()
    PayoutBatch.objects.filter(pk=batch.pk).update(state="sending")
    killed_at(point, lambda: payouts_send(batch))
    paying.sound()
    payouts_send(batch)
    payouts_poll(list(Payout.objects.filter(state="sent")))
    assert [paying.transfers(one) for one in payees] == [[5_000], [2_000]]
    assert [paying.of(one).state for one in payees] == ["paid", "paid"]
    assert [paying.of(one).generation for one in payees] == [1, 1]
    assert stands("stripe_balance") == -3_000 * CENT
    batch.refresh_from_db()
    assert batch.state == "done"
    paying.sound()


@pytest.mark.parametrize("point", ["refusing", "refused", "settling"])
def test_killed_while_a_refusal_or_a_settlement_is_written_down(paying, point):
    paying.top_up(10_000)
    alba = paying.payee("Alba", 5_000)
    batch = paying.approved()
    PayoutBatch.objects.filter(pk=batch.pk).update(state="sending")
    if point == "settling":
        payouts_send(batch)
        killed_at(point, lambda: payouts_poll(list(Payout.objects.filter(state="sent"))))
        assert stands("in_transit") == 5_000 * CENT
    else:
        paying.desk.act("script", status=400, code="balance_insufficient")
        killed_at(point, lambda: payouts_send(batch))
        paying.sound()
        payouts_send(batch)
        if PayoutBatch.objects.get().state == "approved":  # the refusal is given again by its key
            paying.send(batch)
    fault_disarm()
    payouts_poll(list(Payout.objects.filter(state="sent")))
    assert (paying.of(alba).state, paying.transfers(alba)) == ("paid", [5_000])
    assert (paying.balance(alba), stands("in_transit")) == (0, 0)
    paying.sound()

"""Each way in which the provider fails, and what is right: one transfer or none, legs sum to zero."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.billing.ports import payout_provider
from accounts.models import AuditEntry, OutgoingMail
from rights.exceptions import PayoutRefusedError
from rights.models import Entry, Payout, PayoutChange
from rights.services.payee_onboarding import payee_account_refresh
from rights.services.payout_reconciliation import payouts_reconcile
from rights.services.payout_sending import payout_take_back, payouts_poll
from tests.letters import words
from tests.rights.payouts.paying import CENT, stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def alba(paying):
    """A payee of fifty euros, and a hundred at the provider."""
    paying.top_up(10_000)
    return paying.payee("Alba", 5_000)


def settle(paying):
    """Let the provider's transfers be seen, as a message or the nightly comparison does."""
    payouts_poll(list(Payout.objects.filter(state="sent")))


def paid_once(paying, party, cents=5_000):
    """What must be true at the end, whatever happened on the way."""
    payout = paying.of(party)
    assert payout.state == "paid"
    assert paying.transfers(party) == [cents]
    assert stands("in_transit") == 0
    assert stands("stripe_balance") == -(10_000 - cents) * CENT
    assert Entry.objects.filter(idem=f"payout:{payout.pk}:settle").count() == 1
    paying.sound()


def test_all_goes_well(paying, alba):
    batch = paying.approved()
    assert paying.send(batch)
    payout = paying.of(alba)
    assert (payout.state, payout.key) == ("sent", f"payout:{payout.pk}:g1")
    assert payout.transfer_id.startswith("tr_")
    assert stands("in_transit") == 5_000 * CENT
    assert paying.balance(alba) == 0
    settle(paying)
    paid_once(paying, alba)
    batch.refresh_from_db()
    assert batch.state == "done"
    steps = list(PayoutChange.objects.filter(payout=payout).values_list("state_to", flat=True))
    assert steps == ["pending", "approved", "reserved", "sending", "sent", "paid"]


@pytest.mark.parametrize(
    ("mode", "calls"),
    [("timeout_before_acting", 2), ("timeout_after_acting", 1), ("500", 2), ("503", 2),
     ("malformed", 1), ("html", 1), ("empty", 1), ("shape", 1)],
)  # fmt: skip
def test_no_answer_leaves_it_open_and_the_next_try_ends_it_with_one_transfer(
    paying, alba, mode, calls
):
    batch = paying.approved()
    paying.desk.fail(mode, path="/v1/transfers")
    assert not paying.send(batch)
    payout = paying.of(alba)
    assert (payout.state, payout.generation) == ("sending", 1)
    assert stands("in_transit") == 5_000 * CENT
    paying.sound()
    assert paying.send(batch)
    keys = {
        call["headers"]["idempotency-key"] for call in paying.desk.calls("POST", "/v1/transfers")
    }
    assert keys == {f"payout:{payout.pk}:g1"}
    assert len(paying.desk.calls("POST", "/v1/transfers")) == calls
    settle(paying)
    paid_once(paying, alba)


def test_a_failure_that_the_key_keeps_is_found_by_the_group(paying, alba):
    batch = paying.approved()
    paying.desk.act("script", status=500, acts=True)
    assert not paying.send(batch)
    assert paying.send(batch)
    settle(paying)
    paid_once(paying, alba)


def test_a_failure_that_the_key_keeps_and_nothing_made_waits_out_the_day(paying, alba):
    batch = paying.approved()
    paying.desk.act("script", status=500)
    assert not paying.send(batch)
    assert not paying.send(batch)
    assert paying.transfers(alba) == []
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=True):
        paying.desk.act("clock", forward_s=25 * 3600)
        assert paying.send(batch)
    settle(paying)
    paid_once(paying, alba)


def test_a_key_that_is_forgotten_is_looked_for_first_and_sends_nothing_again(paying, alba):
    batch = paying.approved()
    paying.desk.fail("timeout_after_acting", path="/v1/transfers")
    assert not paying.send(batch)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=True):
        paying.desk.act("clock", forward_s=25 * 3600)
        assert paying.send(batch)
    assert len(paying.desk.calls("POST", "/v1/transfers")) == 1
    settle(paying)
    paid_once(paying, alba)


def test_not_now_is_asked_again_and_the_order_is_kept(paying, alba):
    brio = paying.payee("Brio", 2_000)
    batch = paying.approved()
    paying.desk.fail("429", path="/v1/transfers", times=2)
    assert paying.send(batch)
    assert [one["amount"] for one in paying.desk.show("transfers")] == [5_000, 2_000]
    assert paying.of(brio).state == "sent"


def test_not_now_for_long_leaves_everybody_behind_it_untouched(paying, alba):
    brio = paying.payee("Brio", 2_000)
    batch = paying.approved()
    paying.desk.fail("429", path="/v1/transfers", times=0)
    assert not paying.send(batch)
    assert (paying.of(alba).state, paying.of(brio).state) == ("sending", "approved")
    paying.desk.stand_in.http.delete(f"{paying.desk.stand_in.url}/_sandbox/faults")
    assert paying.send(batch)
    assert paying.transfers(alba) == [5_000]
    assert paying.transfers(brio) == [2_000]
    paying.sound()


def test_a_balance_that_is_known_to_be_too_low_leaves_the_rest_approved(paying, alba):
    brio = paying.payee("Brio", 5_001)
    cava = paying.payee("Cava", 1_000)
    batch = paying.approved()
    assert paying.send(batch)
    batch.refresh_from_db()
    states = [paying.of(one).state for one in (alba, brio, cava)]
    assert (batch.state, states) == ("approved", ["sent", "approved", "approved"])
    assert len(paying.desk.calls("POST", "/v1/transfers")) == 1
    paying.top_up(10_000)
    assert paying.send(batch)
    assert paying.transfers(brio) == [5_001]
    assert paying.transfers(cava) == [1_000]
    paying.sound()


def test_a_balance_that_turns_out_too_low_gives_the_reservation_back(paying, alba):
    batch = paying.approved()
    paying.desk.act("script", status=400, code="balance_insufficient")
    before = paying.balance(alba)
    assert paying.send(batch)
    payout = paying.of(alba)
    assert (payout.state, payout.generation, payout.failure) == ("approved", 2, "balance_too_low")
    assert (paying.balance(alba), stands("in_transit")) == (before, 0)
    batch.refresh_from_db()
    assert batch.state == "approved"
    paying.sound()
    assert paying.send(batch)
    assert paying.of(alba).key == f"payout:{payout.pk}:g2"
    settle(paying)
    paid_once(paying, alba)


def test_an_account_that_cannot_receive_is_held_and_keeps_its_balance(paying, alba):
    batch = paying.approved()
    mine = alba.payee_account
    paying.desk.act("account", account=mine.provider_id, status="restricted", due=["tax_id"])
    assert paying.send(batch)
    payout = paying.of(alba)
    mine.refresh_from_db()
    assert (payout.state, payout.hold, mine.state) == (
        "pending",
        "account_restricted",
        "restricted",
    )
    assert (payout.generation, mine.requirements) == (2, ["tax_id"])
    assert paying.balance(alba) == 5_000 * CENT
    assert paying.transfers(alba) == []
    paying.sound()
    paying.desk.act("account", account=mine.provider_id, status="active", due=[])
    payee_account_refresh(account=mine)
    paying.send(paying.approved())
    settle(paying)
    paid_once(paying, alba)


def test_an_account_that_is_disconnected_is_held_and_keeps_its_balance(paying, alba):
    batch = paying.approved()
    paying.desk.act("account", account=alba.payee_account.provider_id, closed=True)
    assert paying.send(batch)
    alba.payee_account.refresh_from_db()
    assert (paying.of(alba).hold, alba.payee_account.state) == ("account_closed", "closed")
    assert (paying.balance(alba), paying.transfers(alba)) == (5_000 * CENT, [])
    paying.sound()


def test_a_refusal_that_nobody_knows_is_for_a_person_and_never_tried_by_itself(paying, alba):
    batch = paying.approved()
    paying.desk.act("script", status=400, code="transfers_not_allowed")
    assert paying.send(batch)
    payout = paying.of(alba)
    assert (payout.state, payout.hold, payout.failure) == (
        "pending",
        "other",
        "transfers_not_allowed",
    )
    assert paying.send(paying.approved())
    settle(paying)
    paid_once(paying, alba)


def test_a_key_that_was_used_for_something_else_stays_open_and_is_told(paying, alba):
    batch = paying.approved()
    payout = paying.of(alba)
    payout_provider().send(
        key=f"payout:{payout.pk}:g1", units=1, currency="EUR", group="elsewhere", metadata={},
        destination=alba.payee_account.provider_id,
    )  # fmt: skip
    assert not paying.send(batch)
    payout.refresh_from_db()
    assert (payout.state, payout.generation) == ("sending", 1)
    assert [one["amount"] for one in paying.desk.show("transfers")] == [1]
    Payout.objects.update(first_asked_at=timezone.now() - timedelta(hours=2))
    kinds = {one["kind"] for one in payouts_reconcile().findings}
    assert {"foreign_transfer", "unanswered"} <= kinds
    assert len(paying.desk.show("transfers")) == 1


def test_a_payout_that_is_taken_back_is_owed_again(paying, alba):
    paying.send(paying.approved())
    settle(paying)
    payout = paying.of(alba)
    assert (
        payout_take_back(payout=payout, actor=paying.olive, because="Wrong payee.") == "taken back"
    )
    payout.refresh_from_db()
    assert (payout.state, payout.reversed) == ("reversed", payout.amount)
    asked = AuditEntry.objects.get(action="rights.payout.take_back_asked")
    assert (asked.actor, asked.data) == (paying.olive, {"because": "Wrong payee."})
    assert paying.balance(alba) == 5_000 * CENT
    assert (stands("in_transit"), stands("stripe_balance")) == (0, -10_000 * CENT)
    assert paying.transfers(alba) == [0]
    with pytest.raises(PayoutRefusedError):
        payout_take_back(payout=payout, actor=paying.olive, because="Again.")
    paying.sound()


def test_what_is_taken_back_in_parts_at_the_provider_is_followed(paying, alba):
    paying.send(paying.approved())
    settle(paying)
    payout = paying.of(alba)
    provider = payout_provider()
    for units, owed, state in ((1_000, 1_000, "paid"), (4_000, 5_000, "reversed")):
        provider.reverse(key=f"by hand {units}", transfer_id=payout.transfer_id, units=units)
        for _ in range(2):
            payouts_reconcile()
        payout.refresh_from_db()
        assert (paying.balance(alba), payout.state) == (owed * CENT, state)
    paying.sound()


def test_where_the_payee_has_spent_it_nothing_is_taken_back_and_nothing_posted(paying, alba):
    paying.send(paying.approved())
    settle(paying)
    paying.desk.act("payout", account=alba.payee_account.provider_id, amount=5_000, currency="eur")
    entries = Entry.objects.count()
    with pytest.raises(PayoutRefusedError) as refused:
        payout_take_back(payout=paying.of(alba), actor=paying.olive, because="Chargeback.")
    assert refused.value.code == "rights.payout.too_little_left"
    assert (Entry.objects.count(), paying.of(alba).state) == (entries, "paid")


def test_taking_back_without_an_answer_is_pressed_again_and_done_once(paying, alba):
    paying.send(paying.approved())
    settle(paying)
    payout = paying.of(alba)
    paying.desk.fail("timeout_after_acting", path=f"/v1/transfers/{payout.transfer_id}/reversals")
    with pytest.raises(PayoutRefusedError) as refused:
        payout_take_back(payout=payout, actor=paying.olive, because="Wrong payee.")
    assert refused.value.code == "rights.payout.unanswered"
    payout_take_back(payout=payout, actor=paying.olive, because="Wrong payee.")
    assert len(paying.desk.show("reversals")) == 1
    assert paying.of(alba).state == "reversed"
    paying.sound()


def test_the_payee_hears_once_that_it_is_on_its_way_with_a_link_and_no_figures(paying, cast):
    paying.top_up(10_000)
    paying.payee("Rita Records", 5_000, organisation=cast.label)
    paying.send(paying.approved())
    for _ in range(2):
        payouts_reconcile()
    settle(paying)
    payouts_reconcile()
    mails = OutgoingMail.objects.filter(template="rights/payout_sent")
    assert [mail.to for mail in mails] == [cast.rita.email]
    assert "/payouts/" in mails[0].text
    assert "50" not in words(mails[0].text) + mails[0].subject
    assert "Rita Records" in mails[0].text

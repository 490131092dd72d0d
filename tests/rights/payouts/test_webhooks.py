"""Messages at the door, and what follows from them: once, late, twice, in any order, never unsigned."""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import timedelta

import pytest
from django.test import Client

from accounts.billing.ports import ProviderUnknownError, payout_provider
from accounts.models import OutgoingMail
from config.jobs.models import Job
from rights.models import Entry, PayeeHold, Payout, ProviderEvent
from rights.services.payout_events import event_process
from rights.services.payout_reconciliation import payouts_sweep
from tests.rights.payouts.paying import CENT, stands
from tests.stripe_desk import SECRET

pytestmark = pytest.mark.django_db
DOOR = "/webhooks/stripe/"


def knock(body: bytes, *, secret=SECRET, skew_s=0, client=None, **more):
    """POST a message as Stripe does."""
    moment = int(time.time()) + skew_s
    code = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={moment},v1={code}"}
    door = client or Client(enforce_csrf_checks=True)
    return door.post(DOOR, body, content_type="application/json", headers={**headers, **more})


def act_upon_all():
    """Do the jobs of the messages that wait; return what came of each."""
    waiting = ProviderEvent.objects.filter(state="received").order_by("pk")
    return [event_process(row) for row in waiting]


def body_of(event) -> bytes:
    return event["body"].encode()


@pytest.fixture
def alba(paying):
    """Fifty euros are sent to Alba; no message has come yet."""
    paying.top_up(10_000)
    party = paying.payee("Alba", 5_000)
    assert paying.send(paying.approved())
    return party


@pytest.fixture
def made(paying, alba):
    """The message that the transfer was made."""
    (event,) = paying.desk.events("transfer.created")
    return event


def test_a_message_is_kept_a_job_is_asked_for_and_the_payout_is_paid(paying, alba, made):
    assert knock(body_of(made)).status_code == 204
    row = ProviderEvent.objects.get()
    assert (row.event_id, row.type, row.state) == (made["id"], "transfer.created", "received")
    job = Job.objects.get(kind="rights.payouts.event")
    assert job.params == {"event": row.pk}
    assert act_upon_all() == ["paid"]
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("processed", "paid")
    assert paying.of(alba).state == "paid"
    assert (stands("in_transit"), stands("stripe_balance")) == (0, -5_000 * CENT)
    paying.sound()


def test_the_same_message_twice_is_one_row_one_job_and_one_entry(paying, alba, made):
    assert [knock(body_of(made)).status_code for _ in range(3)] == [204] * 3
    act_upon_all()
    assert knock(body_of(made)).status_code == 204
    assert act_upon_all() == []
    assert ProviderEvent.objects.count() == 1
    assert Job.objects.filter(kind="rights.payouts.event").count() == 1
    assert Entry.objects.filter(idem__endswith=":settle").count() == 1
    assert event_process(ProviderEvent.objects.get()) == "paid"


@pytest.mark.parametrize(
    "how", [{"secret": "whsec_wrong"}, {"skew_s": -301}, {"skew_s": 400},
            {"Stripe-Signature": ""}, {"Stripe-Signature": "t=1,v1=00"}],
)  # fmt: skip
def test_what_is_not_signed_by_stripe_just_now_is_refused_and_leaves_nothing(alba, made, how):
    before = Job.objects.count()
    assert knock(body_of(made), **how).status_code == 400
    assert (ProviderEvent.objects.count(), Job.objects.count()) == (0, before)


def test_a_body_that_was_changed_on_the_way_is_refused(alba, made):
    body = body_of(made)
    moment = int(time.time())
    code = hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    answer = Client().post(
        DOOR, body.replace(b"5000", b"9000"), content_type="application/json",
        headers={"Stripe-Signature": f"t={moment},v1={code}"},
    )  # fmt: skip
    assert answer.status_code == 400
    assert ProviderEvent.objects.count() == 0


def test_the_door_takes_posts_only_and_nothing_long(db, settings):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    assert Client().get(DOOR).status_code == 405
    assert knock(b"x" * ((1 << 20) + 1)).status_code == 413
    assert knock(b"{}").status_code == 400
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert knock(b"{}").status_code == 400
    assert ProviderEvent.objects.count() == 0


def test_a_type_that_concerns_us_not_is_kept_and_ignored(paying, alba, made):
    body = body_of(made).replace(b"transfer.created", b"charge.succeeded")
    assert knock(body).status_code == 204
    assert act_upon_all() == [""]
    assert ProviderEvent.objects.get().state == "ignored"
    assert paying.of(alba).state == "sent"


def test_a_message_before_our_own_answer_settles_the_payout(paying):
    """The provider tells faster than it answers: the payout is still being sent."""
    paying.top_up(10_000)
    alba = paying.payee("Alba", 5_000)
    batch = paying.approved()
    paying.desk.fail("timeout_after_acting", path="/v1/transfers")
    assert not paying.send(batch)
    (event,) = paying.desk.events("transfer.created")
    knock(body_of(event))
    assert act_upon_all() == ["paid"]
    assert paying.send(batch)
    assert (paying.of(alba).state, paying.transfers(alba)) == ("paid", [5_000])
    paying.sound()


def test_a_reversal_that_is_told_before_the_transfer_ends_the_same(paying, alba, made):
    payout = paying.of(alba)
    payout_provider().reverse(key="by hand", transfer_id=payout.transfer_id, units=5_000)
    (back,) = paying.desk.events("transfer.reversed")
    for event in (back, made, back, made):
        knock(body_of(event))
    assert act_upon_all() == ["paid, taken back", "known"]
    assert (paying.of(alba).state, paying.balance(alba)) == ("reversed", 5_000 * CENT)
    paying.sound()


def test_a_transfer_of_somebody_else_moves_nothing(paying, alba, made):
    payout_provider().send(
        key="elsewhere", units=1, currency="EUR", destination=alba.payee_account.provider_id,
        group="g", metadata={"payout_id": str(paying.of(alba).pk)},
    )  # fmt: skip
    knock(body_of(paying.desk.events("transfer.created")[-1]))
    entries = Entry.objects.count()
    assert act_upon_all() == ["not ours"]
    assert (Entry.objects.count(), paying.of(alba).state) == (entries, "sent")


def test_when_the_provider_cannot_be_asked_the_message_waits_and_is_tried_again(
    paying, alba, made, settings
):
    knock(body_of(made))
    paying.desk.fail("503", path="/v1/transfers")
    with pytest.raises(ProviderUnknownError):
        act_upon_all()
    row = ProviderEvent.objects.get()
    assert row.state == "received"
    assert payouts_sweep() == 0, "not yet: its job may still be running"
    later = row.received_at + timedelta(minutes=11)
    assert payouts_sweep(now=later) == 1
    assert payouts_sweep(now=later) == 1
    assert Job.objects.filter(kind="rights.payouts.event").count() == 2
    assert act_upon_all() == ["paid"]


def bank(paying, alba, *, fails):
    return paying.desk.act(
        "payout", account=alba.payee_account.provider_id, amount=5_000, currency="eur", fails=fails
    )


def test_a_payout_that_the_bank_refused_is_told_and_holds_the_next(paying, cast):
    paying.top_up(20_000)
    rita = paying.payee("Rita Records", 5_000, organisation=cast.label)
    paying.send(paying.approved())
    bank(paying, rita, fails=True)
    (event,) = paying.desk.events("payout.failed")
    for _ in range(2):
        knock(body_of(event))
    assert act_upon_all() == ["held"]
    hold = PayeeHold.objects.get()
    assert (hold.party, hold.reason, hold.lifted_at) == (rita, "bank_refused", None)
    mails = OutgoingMail.objects.filter(template="rights/payout_bank_refused")
    assert [mail.to for mail in mails] == [cast.rita.email]
    paying.earn(rita, 2_000)
    batch = paying.approved()
    held = batch.payouts.get()
    assert (held.state, held.hold) == ("pending", "bank_refused")
    paying.desk.act("bank", account=rita.payee_account.provider_id)
    knock(body_of(paying.desk.events("account.external_account.updated")[0]))
    act_upon_all()
    hold.refresh_from_db()
    assert hold.lifted_because == "The payee gave other bank details."


def test_a_refusal_of_the_bank_that_comes_after_its_repair_holds_nobody(paying, alba):
    bank(paying, alba, fails=True)
    paying.desk.act("clock", forward_s=60)
    paying.desk.act("bank", account=alba.payee_account.provider_id)
    (failed,) = paying.desk.events("payout.failed")
    (repaired,) = paying.desk.events("account.external_account.updated")
    for event in (repaired, failed):  # in the wrong order
        knock(body_of(event))
    assert act_upon_all() == ["active", "another bank since"]
    assert not PayeeHold.objects.exists()


def test_what_reached_the_bank_is_no_refusal(paying, alba):
    bank(paying, alba, fails=False)
    knock(body_of(paying.desk.events("payout.paid")[0]))
    assert act_upon_all() == [""]
    assert not PayeeHold.objects.exists()


def test_an_account_that_changes_is_looked_at_and_one_that_is_gone_is_closed(paying, alba):
    mine = alba.payee_account
    for changes, state in (
        ({"status": "restricted", "due": ["tax_id"]}, "restricted"),
        ({"status": "active", "due": []}, "active"),
        ({"closed": True}, "closed"),
    ):
        paying.desk.act("account", account=mine.provider_id, **changes)
        knock(body_of(paying.desk.show("events")[-1]))
        act_upon_all()
        mine.refresh_from_db()
        assert mine.state == state
    assert paying.balance(alba) == 0
    thin = [row.type for row in ProviderEvent.objects.order_by("pk")]
    assert thin[-1] == "account.application.deauthorized"


def test_an_old_message_about_an_account_brings_what_is_true_now(paying, alba):
    """Out of order: the message that it was restricted comes after the one that it is well."""
    mine = alba.payee_account
    paying.desk.act("account", account=mine.provider_id, status="restricted", due=["tax_id"])
    paying.desk.act("account", account=mine.provider_id, status="active", due=[])
    restricted, well = paying.desk.show("events")[-2:]
    for event in (well, restricted):
        knock(body_of(event))
    assert act_upon_all() == ["active", "active"]


def test_a_top_up_is_in_the_books_once(paying, db):
    paying.desk.act("topup", amount=700, currency="eur")
    paying.desk.act("topup", amount=900, currency="eur", fails=True)
    for event in [*paying.desk.events("topup.succeeded"), *paying.desk.events("topup.failed")] * 2:
        knock(body_of(event))
    assert act_upon_all() == ["top-up succeeded", "top-up failed"]
    assert (stands("stripe_balance"), stands("cash_clearing")) == (-700 * CENT, 700 * CENT)
    paying.sound()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_messages_that_are_really_sent_arrive(paying, live_server):
    """Signed by the stand-in, over HTTP, at a real server of ours: three days late and twice."""
    paying.desk.act("webhook", url=live_server.url + DOOR, secret=SECRET, held=True)
    paying.top_up(10_000)
    alba = paying.payee("Alba", 5_000)
    paying.send(paying.approved())
    paying.desk.act("clock", forward_s=3 * 24 * 3600)
    (event,) = paying.desk.events("transfer.created")
    told = paying.desk.act("deliver", event=event["id"], times=2)
    assert told["statuses"] == [204, 204]
    assert paying.desk.act("deliver", event=event["id"], secret="whsec_x")["statuses"] == [400]
    assert paying.desk.act("deliver", event=event["id"], skew_s=-301)["statuses"] == [400]
    assert act_upon_all() == ["paid"]
    assert Payout.objects.get(party=alba).state == "paid"
    paying.sound()

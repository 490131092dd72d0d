"""Payouts in the admin: money tables are read, acts go through services, refusals are said on the page."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from rights.models import (
    PayeeAccount,
    PayeeHold,
    Payout,
    PayoutBatch,
    PayoutReconciliation,
    ProviderEvent,
)
from rights.services.payout_sending import payouts_poll
from tests.rights.claims.test_admin import act, seat
from tests.rights.payouts.paying import CENT
from tests.rights.test_rights_admin import submit, url

pytestmark = pytest.mark.django_db
READ = (Payout, PayoutReconciliation, ProviderEvent, PayeeAccount)


@pytest.fixture
def sam(client, paying):
    paying.sam.is_superuser = True
    paying.sam.save()
    return seat(client, paying.sam)


@pytest.fixture
def as_olive(paying):
    """A browser of the second person."""
    paying.olive.is_superuser = True
    paying.olive.save()
    return seat(Client(), paying.olive)


def test_a_batch_is_made_approved_by_another_sent_and_taken_back(paying, sam, as_olive):
    paying.top_up(10_000)
    alba = paying.payee("Alba", 5_000)
    paying.payee("Brio", 500)
    submit(sam, url(PayoutBatch, "add"), {"code": "eur"}, follow=True)
    batch = PayoutBatch.objects.get()
    assert (batch.created_by, batch.currency) == (paying.sam, "EUR")
    page = sam.get(url(PayoutBatch, "change", batch)).text
    assert "2 payouts: waiting" in page
    assert "Below the lowest payout" in page
    assert "neither made nor approved" in act(sam, batch, "approve", "Fine").text
    assert act(as_olive, batch, "approve", "").text.count("Say what you checked") == 1
    act(as_olive, batch, "approve", "Compared with the run.")
    batch.refresh_from_db()
    assert (batch.state, batch.approved_by) == ("approved", paying.olive)
    act(sam, batch, "send")
    batch.refresh_from_db()
    assert batch.state == "sending"
    paying.send(batch)
    payouts_poll(list(Payout.objects.filter(state="sent")))
    assert "1 payout: paid" in sam.get(url(PayoutBatch, "change", batch)).text
    payout = paying.of(alba)
    act(as_olive, payout, "take_back", "Wrong payee")
    payout.refresh_from_db()
    assert (payout.state, paying.balance(alba)) == ("reversed", 5_000 * CENT)
    paying.sound()


def test_an_open_batch_refuses_a_second_and_is_cancelled_with_a_reason(paying, sam):
    paying.payee("Alba", 5_000)
    submit(sam, url(PayoutBatch, "add"), {"code": "EUR"}, follow=True)
    again = submit(sam, url(PayoutBatch, "add"), {"code": "EUR"}, follow=True)
    assert "A batch of this currency is open" in again.text
    batch = PayoutBatch.objects.get()
    act(sam, batch, "cancel", "The wrong month")
    batch.refresh_from_db()
    assert batch.state == "cancelled"


def test_a_hold_is_placed_and_lifted_with_reasons(paying, sam):
    alba = paying.payee("Alba", 5_000)
    fields = {"payee": str(alba.pk), "ground": "tax_form_missing"}
    assert (
        "says why" in submit(sam, url(PayeeHold, "add"), {**fields, "words": " "}, follow=True).text
    )
    assert not PayeeHold.objects.exists()
    submit(sam, url(PayeeHold, "add"), {**fields, "words": "W-8BEN"}, follow=True)
    hold = PayeeHold.objects.get()
    assert (hold.party, hold.reason, hold.placed_by) == (alba, "tax_form_missing", paying.sam)
    submit(sam, url(PayeeHold, "change", hold), {"act": "lift", "words": "It came"})
    hold.refresh_from_db()
    assert (hold.lifted_by, hold.lifted_because) == (paying.sam, "It came")


def test_an_account_is_looked_at(paying, sam):
    alba = paying.payee("Alba", 0)
    account = alba.payee_account
    paying.desk.act("account", account=account.provider_id, status="restricted", due=["tax_id"])
    act(sam, account, "look")
    account.refresh_from_db()
    assert (account.state, account.requirements) == ("restricted", ["tax_id"])
    paying.desk.fail("503", path="/v2/")
    assert act(sam, account, "look").status_code == 200


def test_everything_is_read_and_nothing_added_changed_or_deleted_by_hand(paying, sam):
    paying.payee("Alba", 5_000)
    paying.approved()
    PayoutReconciliation.objects.create(
        findings=[{"kind": "in_transit", "subject": "EUR", "words": "There is too much."}]
    )
    ProviderEvent.objects.create(
        event_id="evt_1", type="x", happened_at=timezone.now(), sha256="0" * 64
    )
    for model in (*READ, PayoutBatch):
        row = model.objects.first()
        assert sam.get(url(model, "changelist")).status_code == 200, model
        assert sam.get(url(model, "changelist") + "?q=a").status_code == 200, model
        assert sam.get(url(model, "change", row)).status_code == 200, model
        assert sam.post(url(model, "delete", row)).status_code == 403, model
    for model in READ:
        assert sam.get(url(model, "add")).status_code == 403, model
    assert "There is too much." in sam.get(
        url(PayoutReconciliation, "change", PayoutReconciliation.objects.get())
    ).text  # fmt: skip
    assert "1 finding" in sam.get(url(PayoutReconciliation, "changelist")).text


def test_who_may_only_look_is_offered_no_act_and_does_none(paying, client):
    paying.payee("Alba", 5_000)
    batch = paying.approved()
    paying.otto.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    browser = seat(client, paying.otto)
    assert 'name="act"' not in browser.get(url(PayoutBatch, "change", batch)).text
    browser.post(url(PayoutBatch, "change", batch), {"act": "send", "reason": "x"})
    batch.refresh_from_db()
    assert batch.state == "approved"
    assert browser.get(url(PayoutBatch, "add")).status_code == 403

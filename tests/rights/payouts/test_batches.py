"""Batches: who is in them and why not, who approves, what is taken over, what is given up."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditEntry, Membership
from rights.domain.terms import Terms
from rights.exceptions import PayoutRefusedError, StaffOnlyError
from rights.models import Payout, PayoutBatch, PayoutChange
from rights.services.contracts import contract_make
from rights.services.payee_holds import payee_hold_lift, payee_hold_place
from rights.services.payouts import batch_approve, batch_cancel, batch_create, batch_send
from tests.rights.ledger.books import unchanged
from tests.rights.payouts.paying import CENT

pytestmark = pytest.mark.django_db


def rows(batch):
    found = batch.payouts.order_by("party__name")
    return {one.party.name: (one.amount // CENT, one.state, one.hold) for one in found}


def test_everybody_payable_is_in_the_batch_and_who_is_held_is_told_why(paying):
    paying.payee("Alba", 5_000)
    paying.payee("Brio", 999)
    paying.payee("Cava", 5_000, is_ready=False)
    dolce = paying.payee("Dolce", 5_000)
    payee_hold_place(party=dolce, reason="sanctions", because="Listed today.", actor=paying.sam)
    paying.payee("Ecco")
    paying.payee("Forte", 5_000, currency="USD")
    batch = batch_create(actor=paying.sam, currency="EUR")
    assert rows(batch) == {
        "Alba": (5_000, "pending", ""),
        "Brio": (999, "pending", "below_threshold"),
        "Cava": (5_000, "pending", "kyc_incomplete"),
        "Dolce": (5_000, "pending", "sanctions"),
    }
    assert (batch.state, batch.total) == ("pending", 5_000 * CENT)
    entry = AuditEntry.objects.get(action="rights.payout_batch.made")
    assert entry.data == {"payouts": 4, "held": 3}


def test_a_contract_says_the_lowest_payout_in_its_own_currency_only(paying):
    terms = Terms(active_from=date(2026, 1, 1), active_to=None, payout_min=60 * 1_000_000)
    for name, currency in (("Alba", "EUR"), ("Brio", "USD")):
        party = paying.payee(name, 5_000)
        contract_make(
            party=party, name=name, currency=currency, every="M", terms=terms, actor=paying.sam
        )
    batch = batch_create(actor=paying.sam, currency="EUR")
    assert {name: hold for name, (_, _, hold) in rows(batch).items()} == {
        "Alba": "below_threshold",
        "Brio": "",
    }


def test_what_is_smaller_than_a_coin_stays_on_the_balance(paying):
    alba = paying.payee("Alba", 5_000)
    paying.earn(alba, 0, micros=9_999)
    paying.top_up(5_000)
    batch = paying.approved()
    assert paying.send(batch)
    assert paying.balance(alba) == 9_999
    assert paying.transfers(alba) == [5_000]


def test_a_currency_without_cents_is_paid_in_whole_units(paying):
    alba = paying.payee("Alba", 0)
    paying.earn(alba, 0, currency="JPY", micros=1_234_999_999)
    paying.top_up(5_000, currency="JPY")
    batch = paying.approved("JPY")
    assert paying.send(batch)
    assert paying.transfers(alba) == [1_234]
    assert paying.balance(alba, "JPY") == 999_999


@pytest.mark.parametrize("currency", ["eur", "XXQ", ""])
def test_a_currency_that_is_none_is_refused(paying, currency):
    with unchanged(), pytest.raises(PayoutRefusedError) as refused:
        batch_create(actor=paying.sam, currency=currency)
    assert refused.value.code == "rights.payout.currency"


def test_where_nothing_is_payable_no_batch_is_made(paying):
    with pytest.raises(PayoutRefusedError) as refused:
        batch_create(actor=paying.sam, currency="EUR")
    assert refused.value.code == "rights.payout.nothing"
    assert PayoutBatch.objects.count() == 0


def test_one_batch_of_a_currency_is_open_at_a_time(paying):
    paying.payee("Alba", 5_000)
    batch_create(actor=paying.sam, currency="EUR")
    with pytest.raises(PayoutRefusedError) as refused:
        batch_create(actor=paying.sam, currency="EUR")
    assert refused.value.code == "rights.payout.open"
    assert PayoutBatch.objects.count() == Payout.objects.count() == 1


def test_whoever_made_it_does_not_approve_it_and_nothing_changes(paying):
    paying.payee("Alba", 5_000)
    batch = batch_create(actor=paying.sam, currency="EUR")
    with unchanged(), pytest.raises(StaffOnlyError):
        batch_approve(batch=batch, actor=paying.sam, because="Looks good to me.")
    batch.refresh_from_db()
    assert (batch.state, batch.approved_by) == ("pending", None)
    with pytest.raises(PayoutRefusedError):
        batch_send(batch=batch)


def test_whoever_belongs_to_a_payee_or_is_no_staff_does_not_approve(paying, cast):
    paying.payee("Alba", 5_000, organisation=cast.label)
    batch = batch_create(actor=paying.sam, currency="EUR")
    Membership.objects.create(organisation=cast.label, user=paying.olive, role="viewer")
    for person in (paying.olive, cast.rita, cast.alice):
        with pytest.raises(StaffOnlyError):
            batch_approve(batch=batch, actor=person, because="Mine.")
    batch.refresh_from_db()
    assert (batch.state, PayoutChange.objects.exclude(state_from="").count()) == ("pending", 0)


def test_an_approval_says_what_was_checked(paying):
    paying.payee("Alba", 5_000)
    batch = batch_create(actor=paying.sam, currency="EUR")
    with pytest.raises(PayoutRefusedError) as refused:
        batch_approve(batch=batch, actor=paying.olive, because="  ")
    assert refused.value.code == "rights.payout.no_reason"


def test_above_the_limit_two_people_approve_neither_of_whom_made_it(paying, settings):
    settings.PAYOUT_TWO_PEOPLE_ABOVE = 99
    alba = paying.payee("Alba", 10_000)
    batch = batch_create(actor=paying.sam, currency="EUR")
    batch = batch_approve(batch=batch, actor=paying.olive, because="Compared.")
    assert (batch.state, paying.of(alba).state) == ("pending", "pending")
    with pytest.raises(PayoutRefusedError):
        batch_send(batch=batch)
    for person in (paying.sam, paying.olive):
        with pytest.raises(StaffOnlyError):
            batch_approve(batch=batch, actor=person, because="Once more.")
    settings.PAYOUT_TWO_PEOPLE_ABOVE = 10**6  # the limit of when it was made counts
    batch = batch_approve(batch=batch, actor=paying.otto, because="Compared too.")
    assert (batch.state, batch.approved_by, batch.second_by) == (
        "approved",
        paying.olive,
        paying.otto,
    )
    assert paying.of(alba).state == "approved"


def test_at_the_limit_one_person_is_enough(paying, settings):
    settings.PAYOUT_TWO_PEOPLE_ABOVE = 100
    paying.payee("Alba", 10_000)
    assert paying.approved().state == "approved"


def test_a_hold_between_approval_and_sending_holds_and_the_next_batch_takes_over(paying):
    alba = paying.payee("Alba", 5_000)
    brio = paying.payee("Brio", 5_000)
    paying.top_up(20_000)
    batch = paying.approved()
    hold = payee_hold_place(party=alba, reason="dispute", because="Line 7.", actor=paying.sam)
    assert paying.send(batch)
    batch.refresh_from_db()
    held = paying.of(alba)
    assert (batch.state, held.state, held.hold) == ("done", "pending", "dispute")
    assert paying.transfers(alba) == []
    assert paying.transfers(brio) == [5_000]
    payee_hold_lift(hold=hold, because="Settled.", actor=paying.sam)
    paying.earn(alba, 100)
    paying.send(paying.approved())
    assert paying.transfers(alba) == [5_100]
    held.refresh_from_db()
    assert held.state == "cancelled"
    paying.sound()


def test_a_chargeback_between_approval_and_sending_holds_the_payout(paying):
    alba = paying.payee("Alba", 5_000)
    paying.top_up(20_000)
    batch = paying.approved()
    paying.earn(alba, -1)
    assert paying.send(batch)
    held = paying.of(alba)
    assert (held.state, held.hold) == ("pending", "balance_changed")
    assert paying.transfers(alba) == []
    paying.sound()


def test_a_cancelled_batch_moves_no_money_and_lets_a_new_one_be_made(paying):
    alba = paying.payee("Alba", 5_000)
    batch = paying.approved()
    with unchanged():
        with pytest.raises(PayoutRefusedError):
            batch_cancel(batch=batch, actor=paying.sam, because="")
        batch_cancel(batch=batch, actor=paying.sam, because="The wrong month.")
    batch.refresh_from_db()
    assert (batch.state, paying.of(alba).state) == ("cancelled", "cancelled")
    with pytest.raises(PayoutRefusedError):
        batch_send(batch=batch)
    assert paying.approved().state == "approved"


def test_what_is_being_sent_is_not_cancelled_and_asking_twice_is_one_job(paying):
    paying.payee("Alba", 5_000)
    batch = paying.approved()
    job = batch_send(batch=batch)
    assert batch_send(batch=batch) == job
    with pytest.raises(PayoutRefusedError):
        batch_cancel(batch=batch, actor=paying.sam, because="Stop.")


def test_a_hold_says_why_is_there_once_and_is_lifted_once(paying):
    alba = paying.payee("Alba")
    for reason, because in (("nonsense", "x"), ("dispute", " ")):
        with pytest.raises(PayoutRefusedError):
            payee_hold_place(party=alba, reason=reason, because=because, actor=paying.sam)
    hold = payee_hold_place(party=alba, reason="dispute", because="Line 7.", actor=paying.sam)
    again = payee_hold_place(party=alba, reason="dispute", because="Line 8.", actor=paying.sam)
    assert again == hold
    with pytest.raises(PayoutRefusedError):
        payee_hold_lift(hold=hold, because="", actor=paying.sam)
    lifted = payee_hold_lift(hold=hold, because="Settled.", actor=paying.olive)
    assert payee_hold_lift(hold=hold, because="Again.", actor=paying.sam).lifted_by == paying.olive
    assert lifted.lifted_because == "Settled."
    assert AuditEntry.objects.filter(action__startswith="rights.payee_hold.").count() == 2

"""One rule for what is available: four pages, the batch and the reservation say the same figure."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from config.lib.money import Money, money_format
from rights.exceptions import PayoutRefusedError
from rights.models import Leg, PayeeAccount, Payout, RoyaltyRun
from rights.selectors.available import Available, available_of
from rights.selectors.balance_page import Asked, balance_page
from rights.selectors.label_dashboard import label_dashboard
from rights.selectors.payout_page import payouts_page
from rights.services.advances import advance_pay
from rights.services.disputes import dispute_decide, dispute_open
from rights.services.payout_steps import payout_reserve
from rights.services.payouts import batch_approve, batch_cancel, batch_create
from rights.services.statement_publishing import statement_publish
from tests.rights.factories import make_party
from tests.rights.labels.conftest import MARK
from tests.rights.statements.months import AUGUST, OCTOBER, SEPTEMBER, Earning, issue, locked

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(label):
    """The label, with an account to which it can be paid."""
    PayeeAccount.objects.create(
        party=label.party, country="GB", state="active", provider_id="acct_1", key="k"
    )
    return label


def stands(label):
    return available_of([label.party.pk])[label.party.pk, "EUR"]


def told_by_pages(cast):
    """What the three pages that name it say is available and pending."""
    [card] = payouts_page(organisation=cast.label).cards
    pages = [
        label_dashboard(organisation=cast.label).told,
        balance_page(organisation=cast.label, asked=Asked()).told,
        *card.told,
    ]
    assert pages[0] == pages[1] == pages[2]
    return pages[0].available.micros, {str(one.why): one.amount.micros for one in pages[0].pending}


def approved(label, second):
    batch = batch_create(actor=label.cast.sam, currency="EUR")
    return batch_approve(batch=batch, actor=second, because="Compared with the run.")


def test_from_lock_to_published_statement_the_same_money_changes_its_reason(label, cast):
    run = label.earn(AUGUST, 100 * MARK, issued=False)
    before_fees = {"Earned since your last statement, before fees": 100 * MARK}
    assert told_by_pages(cast) == (0, before_fees)
    [made] = issue(RoyaltyRun.objects.get(pk=run.pk))
    assert told_by_pages(cast) == (0, {"On a statement that is being checked": 90 * MARK})
    statement_publish(statement=made, actor=cast.sam)
    assert told_by_pages(cast) == (90 * MARK, {})


def test_what_a_batch_pays_is_what_the_pages_said(ready, cast, second):
    ready.earn(AUGUST, 100 * MARK)
    ready.earn(OCTOBER, 40 * MARK, issued=False)
    available, pending = told_by_pages(cast)
    assert (available, sum(pending.values())) == (90 * MARK, 40 * MARK)
    payout = approved(ready, second).payouts.get()
    assert payout.amount == available
    assert payout_reserve(payout.pk).state == "reserved"
    assert told_by_pages(cast) == (0, pending)


def test_without_a_contract_the_pages_say_what_is_waited_for(cast, second):
    party = make_party("Unsigned", organisation=cast.label)
    locked(AUGUST, [Earning(party, 5 * MARK)], cast.sam, second)
    assert told_by_pages(cast) == (0, {"Kept until there is a contract": 5 * MARK})


def test_a_month_of_returns_waits_for_nothing(label, cast):
    label.earn(AUGUST, 100 * MARK)
    label.earn(OCTOBER, -30 * MARK, issued=False)
    assert stands(label) == Available(60 * MARK, {})


def test_payees_without_a_name_of_ours_are_no_payees(label, cast):
    from tests.rights.ledger.books import earn

    earn("rita", 5 * MARK)
    assert available_of() == {}


def test_a_disputed_line_is_kept_back_and_the_rest_is_paid(ready, cast, second):
    ready.earn(AUGUST, 60 * MARK, 40 * MARK)
    line = ready.statements[0].lines.get(isrc=ready.sand.isrc)
    dispute = dispute_open(line=line, actor=cast.rita, reason="Sand earned more")
    # The fee took its tenth of the line before it reached the balance.
    assert told_by_pages(cast) == (
        54 * MARK, {"Disputed, until the dispute is decided": 36 * MARK},
    )  # fmt: skip
    batch = approved(ready, second)
    payout = batch.payouts.get()
    assert (payout.amount, payout.hold) == (54 * MARK, "")
    assert payout.changes.first().reason == (
        f"{money_format(Money(36 * MARK, 'EUR'), is_exact=True)} is disputed and stays on the "
        "balance until it is decided."
    )
    assert payout_reserve(payout.pk).state == "reserved"
    dispute_decide(dispute=dispute, actor=cast.sam, is_upheld=False, because="The store confirmed")
    assert told_by_pages(cast) == (36 * MARK, {})


def kept_back(label, *lines):
    for number in lines:
        line = label.statements[-1].lines.get(number=number)
        dispute_open(line=line, actor=label.cast.rita, reason="Too little")
    return stands(label).disputed


def test_a_line_that_went_against_an_advance_keeps_nothing_of_other_months_back(ready, cast):
    ready.earn(AUGUST, 30 * MARK)
    advance_pay(
        contract=ready.contract,
        amount=1_000 * MARK,
        on=date(2026, 9, 2),
        reference="7",
        actor=cast.sam,
    )
    ready.earn(SEPTEMBER, 40 * MARK)
    standing = stands(ready)
    assert (ready.statements[-1].recouped, kept_back(ready, 1)) == (-36 * MARK, 0)
    assert stands(ready) == standing == Available(27 * MARK)


def test_a_part_of_a_micro_unit_is_kept_back_whole_and_once(ready, cast):
    ready.earn(AUGUST, 10 * MARK + 1, 10 * MARK + 1, 10 * MARK + 5)
    [made] = ready.statements
    left = made.earned + made.fee
    first, second = (made.lines.get(number=number).paid for number in (1, 2))
    assert left * first % made.earned, "otherwise nothing is rounded"
    assert kept_back(ready, 1) == left * first // made.earned + 1
    assert kept_back(ready, 2) == left * (first + second) // made.earned + 1
    assert kept_back(ready, 3) == left == made.closing


def test_no_more_is_kept_back_than_the_lines_had_where_returns_bring_the_fee_back(ready, cast):
    ready.earn(AUGUST, 100 * MARK)
    ready.earn(SEPTEMBER, 10 * MARK, -60 * MARK)
    assert ready.statements[-1].fee > 0
    line = ready.statements[-1].lines.get(paid__gt=0)
    dispute_open(line=line, actor=cast.rita, reason="Too little")
    assert stands(ready).disputed == 10 * MARK


def test_a_return_that_is_disputed_keeps_nothing_back(ready, cast):
    ready.earn(AUGUST, 100 * MARK, -10 * MARK)
    before = stands(ready)
    line = ready.statements[-1].lines.get(paid__lt=0)
    dispute_open(line=line, actor=cast.rita, reason="Nobody returned it")
    assert stands(ready) == before


def test_a_dispute_between_approval_and_sending_holds_the_payout(ready, cast, second):
    ready.earn(AUGUST, 60 * MARK, 40 * MARK)
    payout = approved(ready, second).payouts.get()
    dispute_open(line=ready.statements[0].lines.first(), actor=cast.rita, reason="Too little")
    legs = Leg.objects.count()
    payout = payout_reserve(payout.pk)
    assert (payout.state, payout.hold, Leg.objects.count()) == ("pending", "dispute", legs)


def test_a_batch_shows_a_payee_of_whom_everything_is_disputed(ready, cast):
    ready.earn(AUGUST, 100 * MARK)
    dispute_open(line=ready.statements[0].lines.get(), actor=cast.rita, reason="Too little")
    batch = batch_create(actor=cast.sam, currency="EUR")
    payout = batch.payouts.get()
    assert (payout.amount, payout.hold, batch.total) == (90 * MARK, "dispute", 0)
    assert payout.get_hold_display() == "A dispute is open"


def test_a_line_that_was_paid_before_it_was_disputed_keeps_nothing_back(ready, cast, second):
    ready.earn(AUGUST, 100 * MARK)
    payout_reserve(approved(ready, second).payouts.get().pk)
    ready.earn(OCTOBER, 60 * MARK)
    dispute_open(line=ready.statements[0].lines.get(), actor=cast.rita, reason="Too little")
    assert stands(ready) == Available(54 * MARK, {})


def test_nothing_available_makes_no_batch(label, cast):
    label.earn(AUGUST, 100 * MARK, publish=False)
    with pytest.raises(PayoutRefusedError, match="Nothing is payable"):
        batch_create(actor=cast.sam, currency="EUR")
    assert not Payout.objects.exists()


def test_a_cancelled_batch_leaves_what_is_available_as_it_was(ready, cast, second):
    ready.earn(AUGUST, 100 * MARK)
    before = told_by_pages(cast)
    batch_cancel(batch=approved(ready, second), actor=cast.sam, because="Wrong day")
    assert told_by_pages(cast) == before


@pytest.mark.parametrize("place", ["overview", "balance", "payout-list"])
def test_each_page_names_what_is_pending_and_why(told, rita, place):
    page = re.sub(r"\s+", " ", rita.get(reverse(f"rights:{place}")).text)
    assert "Pending" in page
    assert "Earned since your last statement, before fees" in page
    assert "7.00" in page
    assert "180.00" in page

"""What became of the amount of each statement, so that nobody adds two of them up."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.billing.ports import Transfer
from rights.domain.payout_course import transfer_group
from rights.models import PayeeAccount, Payout, Statement
from rights.selectors.statement_list import statement_list
from rights.selectors.statement_outcomes import outcomes_of
from rights.services.disputes import dispute_open
from rights.services.payout_steps import payout_begin_asking, payout_observe, payout_reserve
from rights.services.payouts import batch_approve, batch_cancel, batch_create
from tests.rights.labels.conftest import MARK
from tests.rights.statements.months import AUGUST, OCTOBER, SEPTEMBER

pytestmark = pytest.mark.django_db
LIST = reverse("rights:statement-list")


@pytest.fixture
def ready(label):
    PayeeAccount.objects.create(
        party=label.party, country="GB", state="active", provider_id="acct_1", key="k"
    )
    return label


def pay(label, second):
    """A batch of what is available, approved and reserved: the money is off the balance."""
    batch = batch_create(actor=label.cast.sam, currency="EUR")
    batch = batch_approve(batch=batch, actor=second, because="Compared with the run.")
    return payout_reserve(batch.payouts.get().pk)


def seen(payout):
    """The provider says that it has made the transfer."""
    payout_observe(
        Transfer(
            id="tr_1", units=payout.amount_minor, reversed_units=0, currency=payout.currency,
            destination=payout.destination, group=transfer_group(payout.pk),
            metadata={"payout_id": str(payout.pk)}, created_at=timezone.now(),
        )
    )  # fmt: skip


def rows(cast):
    return statement_list(organisation=cast.label).rows


def outcomes(cast):
    return [row.outcome for row in rows(cast)]


def test_what_waits_is_on_the_newest_statement_only(ready, cast):
    ready.earn(AUGUST, 100 * MARK)
    assert outcomes(cast) == [""]
    ready.earn(SEPTEMBER, 40 * MARK)
    assert outcomes(cast) == ["", "Counted in September 2026"]
    newest, older = rows(cast)
    assert newest.opening == older.closing
    assert newest.payable.micros == 126 * MARK  # August is in it: 90 and 36


def test_a_later_statement_that_nobody_may_see_says_nothing(ready, cast):
    ready.earn(AUGUST, 100 * MARK)
    ready.earn(SEPTEMBER, 40 * MARK, publish=False)
    assert outcomes(cast) == [""]


def test_a_payout_belongs_to_the_statement_before_it(ready, cast, second):
    ready.earn(AUGUST, 100 * MARK)
    payout = pay(ready, second)
    assert outcomes(cast) == ["On its way"]
    assert payout_begin_asking(payout.pk, now=timezone.now()).state == "sending"
    assert outcomes(cast) == ["On its way"]
    ready.earn(SEPTEMBER, 80 * MARK)
    assert outcomes(cast) == ["", "On its way"]


def test_a_payout_of_two_statements_belongs_to_the_newer(ready, cast, second):
    ready.earn(AUGUST, 100 * MARK)
    ready.earn(SEPTEMBER, 40 * MARK)
    pay(ready, second)
    assert outcomes(cast) == ["On its way", "Counted in September 2026"]


def test_where_less_was_paid_the_amount_is_named(ready, cast, second):
    ready.earn(AUGUST, 60 * MARK, 40 * MARK)
    line = ready.statements[0].lines.get(isrc=ready.sand.isrc)
    dispute_open(line=line, actor=cast.rita, reason="Sand earned more")
    pay(ready, second)
    assert outcomes(cast) == ["EUR\xa054.00 on its way"]


def test_a_batch_that_was_cancelled_paid_nothing(ready, cast, second):
    ready.earn(AUGUST, 100 * MARK)
    batch = batch_create(actor=cast.sam, currency="EUR")
    assert outcomes(cast) == [""]
    batch_cancel(batch=batch, actor=cast.sam, because="Wrong day")
    assert outcomes(cast) == [""]


def test_a_day_of_payment_is_told(ready, cast, second):
    ready.earn(AUGUST, 100 * MARK)
    seen(payout_begin_asking(pay(ready, second).pk, now=timezone.now()))
    [words] = outcomes(cast)
    assert re.fullmatch(r"Paid on \d{1,2} \w{3} \d{4}", words)
    ready.earn(SEPTEMBER, 80 * MARK)
    assert outcomes(cast) == ["", words]


def test_every_row_comes_from_opening_to_closing(ready, cast, second):
    ready.earn(AUGUST, 100 * MARK)
    pay(ready, second)
    ready.earn(SEPTEMBER, -30 * MARK)
    ready.earn(OCTOBER, 70 * MARK + 1)
    for row in rows(cast):
        parts = (row.opening, row.moved, row.earned, row.deducted)
        assert sum(one.micros for one in parts) == row.closing.micros


def test_the_list_and_the_statement_say_it_in_the_same_words(ready, cast, second, rita):
    ready.earn(AUGUST, 100 * MARK)
    ready.earn(SEPTEMBER, 40 * MARK)
    pay(ready, second)
    page = rita.get(LIST).text
    assert "Opening balance" in page
    assert page.count("Counted in September 2026") == 1
    assert page.count("On its way") == 1
    older, newer = (
        rita.get(reverse("rights:statement", args=[one.pk])).text for one in ready.statements
    )
    assert "Counted in September 2026." in older
    assert "On its way." in newer


def test_nobody_reads_what_became_of_anothers_statement(ready, cast, second, charlie):
    ready.earn(AUGUST, 100 * MARK)
    pay(ready, second)
    before = list(Payout.objects.values_list("state", flat=True))
    assert "On its way" not in charlie.get(LIST).text
    assert (
        charlie.get(reverse("rights:statement", args=[ready.statements[0].pk])).status_code == 404
    )
    assert list(Payout.objects.values_list("state", flat=True)) == before


def test_it_costs_two_queries_for_any_number(ready, cast):
    ready.earn(AUGUST, 100 * MARK)
    ready.earn(SEPTEMBER, 40 * MARK)
    made = list(Statement.objects.select_related("replaced_by").defer("body"))
    for some in (made[:1], made):
        with CaptureQueriesContext(connection) as queries:
            outcomes_of(some)
        assert len(queries) == 2
    with CaptureQueriesContext(connection) as queries:
        assert outcomes_of([]) == {}
    assert len(queries) == 0

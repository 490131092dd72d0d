"""The first page of a label: what there is, what comes, what changed; every table comes to its total."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.lib.money import Money
from rights.domain.statement_words import Cut
from rights.models import PayeeAccount, PayeeHold
from rights.selectors.label_dashboard import label_dashboard
from rights.services.disputes import dispute_decide, dispute_open
from rights.services.statement_publishing import statement_viewed
from tests.rights.claims.held import claim
from tests.rights.factories import make_party, make_recording
from tests.rights.labels.conftest import MARK
from tests.rights.statements.months import AUGUST, OCTOBER, SEPTEMBER

pytestmark = pytest.mark.django_db
PAGE = reverse("rights:overview")


def eur(micros):
    return Money(micros, "EUR")


def test_confirmed_figures_stand_apart_from_estimates(told, cast):
    page = label_dashboard(organisation=cast.label)
    # 80.000001 and 120.000003 less a tenth each; October is in the books, and on no statement yet.
    assert page.told.available == eur(180 * MARK + 4)
    assert [(str(one.why), one.amount) for one in page.told.pending] == [
        ("Earned since your last statement, before fees", eur(7 * MARK))
    ]
    assert page.estimated == ()  # October is locked: it is in the books
    assert page.compared.earned == eur(120 * MARK + 3)
    assert page.compared.change == eur(40 * MARK + 2)
    by_month = {one.period: (one.confirmed, one.estimated) for one in page.year.months}
    assert by_month[AUGUST] == (eur(80 * MARK + 1), None)
    assert by_month[SEPTEMBER] == (eur(120 * MARK + 3), None)
    assert by_month[OCTOBER] == (None, eur(7 * MARK))
    assert page.year.total == eur(200 * MARK + 4)
    assert len(page.year.months) == 12


@pytest.mark.parametrize(("span", "total"), [("last", 120 * MARK + 3), ("year", 200 * MARK + 4)])
def test_every_table_comes_to_the_same_total(told, cast, span, total):
    page = label_dashboard(organisation=cast.label, span=span)
    assert [one.cut for one in page.breakdowns] == [
        Cut.RECORDING, Cut.SERVICE, Cut.TERRITORY, Cut.USE,
    ]  # fmt: skip
    for table in page.breakdowns:
        assert table.total == eur(total)
        assert sum(part.amount.micros for part in table.parts) == total


def test_what_is_published_moves_from_estimated_to_confirmed(told, cast):
    from rights.models import RoyaltyRun
    from rights.services.statement_publishing import statement_publish
    from tests.rights.statements.months import issue

    [made] = issue(RoyaltyRun.objects.get(period=OCTOBER))
    page = label_dashboard(organisation=cast.label)
    assert [(str(one.why), one.amount) for one in page.told.pending] == [
        ("On a statement that is being checked", eur(7 * MARK - 700_000))
    ]
    assert page.told.available == eur(180 * MARK + 4)
    assert page.year.months[-1].estimated == eur(7 * MARK)
    statement_publish(statement=made, actor=cast.sam)
    page = label_dashboard(organisation=cast.label)
    assert page.year.months[-1].confirmed == eur(7 * MARK)
    assert not page.year.has_estimates


def test_the_next_payout_says_why_there_is_none(told, cast):
    page = label_dashboard(organisation=cast.label)
    assert [str(reason) for reason in page.next_payout.held] == ["Payout details are missing"]
    PayeeAccount.objects.create(
        party=told.party, country="GB", state="active", provider_id="acct_1", key="k"
    )
    page = label_dashboard(organisation=cast.label)
    assert page.next_payout.held == ()
    assert page.next_payout.amount == eur(180 * MARK)


def test_below_the_lowest_payout_nothing_is_sent(label, cast):
    label.earn(AUGUST, 10 * MARK)
    PayeeAccount.objects.create(
        party=label.party, country="GB", state="active", provider_id="acct_1", key="k"
    )
    payout = label_dashboard(organisation=cast.label).next_payout
    assert [str(reason) for reason in payout.held] == ["Below the lowest payout"]
    assert payout.minimum == eur(50 * MARK)


def test_what_waits_is_named_and_goes_when_it_is_done(told, cast):
    def waiting():
        return [one.title for one in label_dashboard(organisation=cast.label).needs]

    assert waiting() == ["Say where we may pay you", "2 statements are new"]
    for one in told.statements:
        statement_viewed(statement=one)
    PayeeAccount.objects.create(
        party=told.party, country="GB", state="active", provider_id="acct_1", key="k"
    )
    assert waiting() == []
    PayeeHold.objects.create(party=told.party, reason="tax_form_missing", because="No W-8")
    claim(told.tide, told.party, cast.rita, 700_000)
    claim(told.tide, make_party("Others"), cast.sam, 700_000)
    dispute = dispute_open(line=told.statements[0].lines.first(), actor=cast.rita, reason="Sold")
    assert waiting() == ["Payouts are held", "1 claim is in conflict"]
    dispute_decide(dispute=dispute, actor=cast.sam, is_upheld=False, because="It was not")
    assert waiting() == ["Payouts are held", "1 claim is in conflict", "Your dispute was answered"]


def test_a_label_that_earned_nothing_is_told_when_it_will(rita, label):
    page = rita.get(PAGE).text
    assert "Nothing has been earned yet" in page
    assert "three months" in page
    assert "Available" not in page


def test_an_organisation_without_a_payee_is_told_so(charlie):
    assert "No payee is connected yet" in charlie.get(PAGE).text


def test_nobody_sees_anothers_figures(told, charlie, cast):
    page = label_dashboard(organisation=cast.charlies)
    assert (page.payees, page.told, page.breakdowns, page.needs) == ((), None, (), ())
    assert "Tide" not in charlie.get(PAGE).text


def test_the_drawing_and_the_table_say_the_same(told, rita):
    page = rita.get(PAGE).text
    titles = re.findall(r"<title>(\w+ \d{4}: [^<]*)</title>", page)
    assert titles == [
        "August 2026: EUR\xa080.000001",
        "September 2026: EUR\xa0120.000003",
        "October 2026: EUR\xa07.00 (estimated)",
    ]
    assert page.count('class="plot-dot') == 3
    assert "As of" in page
    assert "style=" not in page


def test_the_page_asks_the_same_whatever_there_is(label, rita):
    counts = []
    for months in ((AUGUST,), (SEPTEMBER, OCTOBER)):
        for month in months:
            label.earn(month, *[MARK + number for number in range(1, 12)])
        for _ in range(3):
            make_recording(label=label.party)
        rita.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            rita.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]

"""The demonstration's label has months of income, made by the real services, once."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services.demo import COLLEAGUE, demo_address, demo_colleague_seed
from config.jobs.models import Job
from config.jobs.stages import Run
from rights.domain.demo_income import demo_report, month_before
from rights.models import Entry, IncomeFile, Payout, RoyaltyRun, Statement
from rights.selectors.label_dashboard import label_dashboard
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.demo_money import demo_money_ask
from rights.services.income import income_upload
from rights.services.payout_sending import payouts_poll
from rights.tasks.demo_money import demo_money
from tests.library.conftest import do_next_job  # noqa: F401 - a fixture
from tests.stripe_desk import pointed

pytestmark = pytest.mark.django_db


@pytest.fixture
def staffed(cast):
    demo_colleague_seed()
    return cast


def again():
    """The job, as a worker that was killed before its end begins it anew."""
    job = demo_money_ask()
    Job.objects.filter(pk=job.pk).update(
        state="running", attempt=1, finished_at=None, started_at=timezone.now(),
        lease_until=timezone.now() + timedelta(minutes=5),
    )  # fmt: skip
    demo_money(Run(Job.objects.get(pk=job.pk), 1))
    return Job.objects.get(pk=job.pk)


def counts():
    return [model.objects.count() for model in (Entry, IncomeFile, RoyaltyRun, Statement, Payout)]


def test_a_label_that_logs_in_sees_months_of_income_and_one_payout(
    staffed,
    sandbox,
    settings,
    do_next_job,  # noqa: F811
):
    pointed(settings, sandbox["stripe"])
    assert again().state == "succeeded"
    runs = list(RoyaltyRun.objects.order_by("period"))
    assert [one.state for one in runs][-1] == "locked"
    assert len(runs) == 3
    assert runs[-1].period == month_before(f"{timezone.now():%Y-%m}", 1)
    assert {(one.created_by.name, one.approved_by.name) for one in runs} == {("Sam", "Olive")}
    mine = Statement.objects.filter(contract__isnull=False).order_by("period")
    assert [one.state for one in mine] == ["published", "published", "final"]
    assert [finding for finding in ledger_findings() if finding.rows] == []

    page = label_dashboard(organisation=staffed.label)
    assert page.compared.change is not None
    assert [str(one.why) for one in page.told.pending] == ["On a statement that is being checked"]
    payout = Payout.objects.get(party__organisation=staffed.label)
    assert (payout.state, payout.amount) == ("approved", mine[1].payable)
    assert do_next_job() == "done"
    payouts_poll(list(Payout.objects.filter(state="sent")))  # as the stand-in's message does
    payout.refresh_from_db()
    assert payout.state == "paid"
    browser = Client()
    browser.force_login(staffed.rita)
    for name in ("overview", "balance", "payout-list", "statement-list"):
        assert "EUR" in browser.get(reverse(f"rights:{name}")).text, name

    before = counts()
    assert again().state == "succeeded"
    assert counts() == before


def test_without_a_stand_in_that_answers_the_payout_waits(staffed, settings):
    settings.STRIPE_URL = "http://127.0.0.1:9"
    settings.STRIPE_RETRIES = 0
    assert again().state == "succeeded"
    payout = Payout.objects.get(party__organisation=staffed.label)
    assert (payout.state, payout.hold) == ("pending", "kyc_incomplete")


def test_books_that_somebody_keeps_are_left_alone(staffed):
    income_upload(name="mine.tsv", stream=_stream("real"), actor=staffed.sam, is_read_here=True)
    before = counts()
    assert "did not make" in again().result["left_alone"]
    assert counts() == before


def _stream(text):
    from io import BytesIO

    return BytesIO(text.encode())


def test_the_command_asks_for_it_once_and_names_the_second_person(db, settings):
    settings.DEBUG = True
    out = StringIO()
    call_command("seed_demo", "--money", stdout=out)
    call_command("seed_demo", "--money", stdout=out)
    assert Job.objects.get().kind == "demo.money"
    assert out.getvalue().count(demo_address(COLLEAGUE)) == 2
    assert User.objects.get(email=demo_address(COLLEAGUE)).is_staff


def test_a_month_is_the_same_report_however_often_it_is_made():
    report = demo_report("2026-01")
    assert report == demo_report("2026-01")
    assert report.message == "DEMONSTRATION-2025-11"
    assert report.name.startswith("DSR_Tenfold_Lanternwave_Premium_2025-11_")
    assert report.text != demo_report("2026-02").text

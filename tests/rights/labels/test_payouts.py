"""Payouts on their pages: where one is paid, the way to the payment service, remittance advice."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rights.models import PayeeAccount, PayeeHold, Payout, PayoutBatch, PayoutChange
from tests.accounts.confirmed import confirm_password
from tests.cast import PASSWORD
from tests.rights.factories import make_party, make_recording
from tests.rights.income.sheets import make_sheet
from tests.rights.labels.conftest import MARK
from tests.rights.statements.months import AUGUST

pytestmark = pytest.mark.django_db
LIST = reverse("rights:payout-list")


@pytest.fixture
def payee(cast):
    return make_party("Rita Records", organisation=cast.label)


@pytest.fixture
def sure(rita):
    """Rita's browser, a moment after she showed her password again."""
    confirm_password(rita)
    return rita


@pytest.fixture
def stripe(sandbox, settings):
    settings.STRIPE_URL = sandbox["stripe"].url
    return sandbox["stripe"]


def to(payee, step):
    return reverse(f"rights:payee-onboarding-{step}", args=[payee.pk])


def payout_of(party, cast, *, amount=50 * MARK, currency="EUR"):
    batch = PayoutBatch.objects.create(
        currency=currency, total=amount, two_people_above=1000 * MARK, created_by=cast.sam
    )
    return Payout.objects.create(
        batch=batch, party=party, currency=currency, amount=amount, amount_minor=amount // 10_000
    )


def test_where_money_goes_is_asked_of_who_has_just_shown_a_password(payee, rita, stripe):
    asked = rita.post(to(payee, "open"), {"country": "GB"})
    assert asked.url.startswith("/account/reauthenticate/")
    assert not PayeeAccount.objects.exists()
    answer = rita.post(asked.url, {"password": PASSWORD}, follow=True)
    assert answer.status_code == 200
    assert PayeeAccount.objects.get(party=payee).country == "GB"  # the form was not lost


def test_the_way_there_is_shut_until_the_password_is_shown(payee, rita, stripe):
    assert rita.get(to(payee, "go")).url.startswith("/account/reauthenticate/")
    confirm_password(rita)
    assert rita.post(to(payee, "open"), {"country": "GB"}).url == LIST
    assert rita.get(to(payee, "go")).url.startswith(stripe.url)


def test_a_payee_goes_to_the_payment_service_and_comes_back(payee, sure, stripe):
    rita = sure
    assert 'name="country"' in rita.get(LIST).text
    assert rita.post(to(payee, "open"), {"country": "GB"}).url == LIST
    account = PayeeAccount.objects.get(party=payee)
    assert (account.country, account.state) == ("GB", "onboarding")
    page = rita.get(LIST).text
    assert "Go on at Stripe" in page
    assert "Still missing:" in page
    away = rita.get(to(payee, "go")).url
    assert away.startswith(stripe.url)
    again = rita.get(to(payee, "go")).url
    assert again != away  # an address is good once
    done = stripe.http.post(f"{again}/done", data={"act": "submit"})
    back = done.headers["location"]
    assert back.endswith(to(payee, "back"))
    assert rita.get(to(payee, "back")).url == LIST
    account.refresh_from_db()
    assert account.state == "active"
    assert "Ready" in rita.get(LIST).text


@pytest.mark.parametrize("country", ["", "XX", "G"])
def test_without_a_country_nothing_is_opened(payee, sure, country):
    answer = sure.post(to(payee, "open"), {"country": country})
    assert answer.status_code == 422
    assert not PayeeAccount.objects.exists()


def test_a_service_that_does_not_answer_is_told_in_words(payee, sure, stripe):
    stripe.fail("500", times=9)
    answer = sure.post(to(payee, "open"), {"country": "GB"})
    assert answer.status_code == 422
    assert "does not answer" in answer.text
    assert not PayeeAccount.objects.exclude(state="new").exists()


@pytest.mark.parametrize("step", ["open", "go", "back"])
def test_a_viewer_and_a_stranger_open_nothing(payee, reader, charlie, step):
    for browser, status in ((reader, 403), (charlie, 404)):
        send = browser.post if step == "open" else browser.get
        assert send(to(payee, step), {"country": "GB"}).status_code == status
    assert not PayeeAccount.objects.exists()


def test_a_hold_and_the_lowest_payout_are_named(label, rita):
    PayeeHold.objects.create(party=label.party, reason="tax_form_missing", because="No W-8")
    page = rita.get(LIST).text
    assert "Held: A tax form is missing" in page
    assert "No W-8" not in page  # what the staff wrote is the staff's
    assert "EUR\xa050.00" in page


def test_the_list_tells_the_payee_what_concerns_them(payee, rita, cast):
    payout = payout_of(payee, cast)
    payout.hold = "kyc_incomplete"
    payout.save(update_fields=["hold"])
    page = rita.get(LIST).text
    for told in ("EUR\xa050.00", "Waiting", "Payout details are missing"):
        assert told in page


def test_advice_names_what_it_pays_and_nobody_of_the_staff(label, rita, cast):
    label.earn(AUGUST, 100 * MARK)
    payout = payout_of(label.party, cast, amount=90 * MARK)
    for before, after in (("", "pending"), ("pending", "approved"), ("approved", "reserved")):
        PayoutChange.objects.create(
            payout=payout, state_from=before, state_to=after, generation=1, made_by=cast.sam,
            made_at=timezone.now(),
        )  # fmt: skip
    page = rita.get(reverse("rights:payout", args=[payout.pk])).text
    for told in ("Remittance advice", "EUR\xa090.00", "TF-2026-08-00001", "Waiting"):
        assert told in page
    assert page.count("Being prepared") == 1  # two steps of ours are one to the payee
    assert cast.sam.email not in page


def test_many_payouts_cost_what_few_do(payee, rita, cast):
    counts = []
    for currencies in (["EUR"], ["USD", "GBP", "SEK", "NOK", "DKK"]):
        for currency in currencies:  # one is open in a currency at a time
            payout_of(payee, cast, currency=currency)
        rita.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            rita.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_anothers_payout_is_not_there(payee, charlie, cast):
    payout = payout_of(payee, cast)
    assert charlie.get(reverse("rights:payout", args=[payout.pk])).status_code == 404
    assert "EUR\xa050.00" not in charlie.get(LIST).text


def test_the_page_of_a_recording_tells_where_it_was_used(label, rita, cast):
    label.earn(AUGUST, 60 * MARK + 1, 20 * MARK)
    page = rita.get(reverse("rights:recording", args=[label.tide.pk])).text
    for told in ("Where it was used", "Ten into One", "60.00", "Counts from"):
        assert told in page
    make_sheet(
        "QZTEN2690001", shares={make_recording().isrc: 670_000}
    )  # the next version has it no more
    page = rita.get(reverse("rights:recording", args=[label.tide.pk])).text
    assert "No published song was made with it yet" in page

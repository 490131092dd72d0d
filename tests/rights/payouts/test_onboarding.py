"""Accounts of payees: opened once, completed at the provider, looked at; an old answer undoes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.billing.ports import ProviderUnknownError, payout_provider
from accounts.models import AuditEntry, User
from rights.exceptions import PayoutRefusedError
from rights.models import Party, PayeeAccount
from rights.services import payee_onboarding
from rights.services.payee_onboarding import (
    onboarding_begin,
    payee_account_close,
    payee_account_open,
    payee_account_refresh,
)
from tests.rights.factories import make_party

pytestmark = pytest.mark.django_db
BACK = "https://tenfold.example/payouts/back/"


@pytest.fixture
def rita(db):
    return User.objects.create_user(email="rita@label.example")


@pytest.fixture
def label(db):
    return make_party("Rita Records")


def test_an_account_is_opened_once_with_a_key_that_is_stored_before(desk, label, rita):
    account = payee_account_open(party=label, actor=rita, country="gb")
    assert payee_account_open(party=label, actor=rita, country="DE") == account
    assert (account.country, account.state, len(account.requirements)) == ("GB", "onboarding", 3)
    (call,) = desk.calls("POST", "/v2/core/accounts")
    assert call["headers"]["idempotency-key"] == account.key
    assert account.key.startswith(f"payee:{account.pk}:account:")
    assert AuditEntry.objects.filter(action="rights.payee.opened").count() == 1


@pytest.mark.parametrize("mode", ["timeout_after_acting", "timeout_before_acting", "500"])
def test_without_an_answer_it_is_tried_again_and_there_is_one_account(desk, label, rita, mode):
    desk.fail(mode, path="/v2/core/accounts")
    with pytest.raises(PayoutRefusedError) as refused:
        payee_account_open(party=label, actor=rita, country="GB")
    assert refused.value.code == "rights.payee.no_answer"
    assert PayeeAccount.objects.get().state == "new"
    payee_account_open(party=label, actor=rita, country="GB")
    assert len(desk.show("accounts")) == 1
    assert PayeeAccount.objects.get().state == "onboarding"


@pytest.mark.parametrize("country", ["", "G", "GBR", "1A", "ÄÖ"])
def test_a_country_that_is_none_opens_nothing(desk, label, rita, country):
    with pytest.raises(PayoutRefusedError) as refused:
        payee_account_open(party=label, actor=rita, country=country)
    assert refused.value.code == "rights.payee.country"
    assert (PayeeAccount.objects.count(), desk.show("accounts")) == (0, [])


def test_the_way_there_and_back_and_the_link_that_is_used_up(sandbox, desk, label, rita):
    url = onboarding_begin(party=label, actor=rita, return_to=BACK, country="GB")
    http = sandbox["stripe"].http
    assert http.get(url).status_code == 200
    used = http.get(url)
    again = reverse("rights:payee-onboarding-go", args=[label.pk])
    assert used.headers["location"] == f"http://localhost:8000{again}"
    fresh = onboarding_begin(party=label, actor=rita, return_to=BACK)
    assert fresh != url
    done = http.post(f"{fresh}/done", data={"act": "submit"})
    assert done.headers["location"] == BACK
    account = payee_account_refresh(account=PayeeAccount.objects.get())
    assert (account.state, account.requirements) == ("active", [])
    update = onboarding_begin(party=label, actor=rita, return_to=BACK)
    assert http.get(update).status_code == 200
    assert "account_update" in desk.calls("POST", "/v2/core/account_links")[-1]["body"]


def test_without_an_account_and_a_country_there_is_no_way(desk, label, rita):
    with pytest.raises(PayoutRefusedError):
        onboarding_begin(party=label, actor=rita, return_to=BACK)
    desk.fail("503", path="/v2/core/account_links")
    with pytest.raises(PayoutRefusedError) as refused:
        onboarding_begin(party=label, actor=rita, return_to=BACK, country="GB")
    assert refused.value.code == "rights.payee.no_answer"


def test_an_account_that_was_ready_and_is_not_is_restricted(desk, label, rita):
    account = payee_account_open(party=label, actor=rita, country="GB")
    states = []
    for changes in (
        {"due": ["a"]}, {"status": "active", "due": []}, {"status": "restricted", "due": ["b"]},
        {"status": "active", "due": []}, {"status": "rejected"}, {"closed": True},
    ):  # fmt: skip
        desk.act("account", account=account.provider_id, **changes)
        states.append(payee_account_refresh(account=account).state)
    assert states == ["onboarding", "active", "restricted", "active", "restricted", "closed"]


def test_what_is_disconnected_is_opened_anew_at_the_provider(desk, label, rita):
    first = payee_account_open(party=label, actor=rita, country="GB")
    payee_account_close(account=first)
    assert PayeeAccount.objects.get().state == "closed"
    second = payee_account_open(party=label, actor=rita, country="GB")
    assert (second.pk, second.state) == (first.pk, "onboarding")
    assert second.provider_id != first.provider_id
    assert len(desk.show("accounts")) == 2


def test_an_answer_that_is_older_than_another_changes_nothing(desk, label, rita, monkeypatch):
    account = payee_account_open(party=label, actor=rita, country="GB")
    seen = payout_provider().account_state(account=account.provider_id)
    desk.act("account", account=account.provider_id, status="active", due=[])
    now = payee_account_refresh(account=account).checked_at
    payee_onboarding._seen(account, seen, now - timedelta(seconds=5))
    assert PayeeAccount.objects.get().state == "active"


def test_when_the_provider_does_not_answer_what_we_knew_stays(desk, label, rita):
    account = payee_account_open(party=label, actor=rita, country="GB")
    desk.fail("500", path="/v2/core/accounts/")
    with pytest.raises(ProviderUnknownError):
        payee_account_refresh(account=account)
    assert PayeeAccount.objects.get().state == "onboarding"
    unknown = PayeeAccount(party=label, country="GB")
    assert payee_account_refresh(account=unknown) is unknown


def test_coming_back_logged_out_leads_through_the_log_in_to_how_it_stands(desk, cast, client):
    label = Party.objects.create(
        name="Rita Records", normalised_name="rita records", kind="label", organisation=cast.label
    )
    account = payee_account_open(party=label, actor=cast.rita, country="GB")
    desk.act("account", account=account.provider_id, status="active", due=[])
    back = reverse("rights:payee-onboarding-back", args=[label.pk])
    detour = client.get(back)
    assert detour.status_code == 302
    assert detour["location"].startswith("/accounts/login/?next=") or "next=" in detour["location"]
    assert PayeeAccount.objects.get().state == "onboarding"
    client.force_login(cast.rita)
    assert client.get(back).status_code == 302
    assert PayeeAccount.objects.get().state == "active"

"""The adapter speaks to the stand-in over HTTP with the real SDK: what is asked, what is understood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.billing.client import StripeProvider
from accounts.billing.ports import (
    ACCOUNT_GONE,
    ACCOUNT_NOT_READY,
    BALANCE_TOO_LOW,
    ProviderBusyError,
    ProviderClosedError,
    ProviderConflictError,
    ProviderRefusedError,
    ProviderUnknownError,
    payout_provider,
)
from tests.stripe_desk import pointed

LINK = {"return_url": "http://here.example/back", "refresh_url": "http://here.example/again"}


@pytest.fixture
def desk(sandbox, settings):
    return pointed(settings, sandbox["stripe"])


@pytest.fixture
def provider(desk):
    return payout_provider()


@pytest.fixture
def ready(desk, provider):
    """An account that can be paid, and a hundred euros to pay with."""
    account = open_account(provider).id
    desk.act("account", account=account, status="active", due=[])
    desk.act("topup", amount=10_000, currency="eur")
    return account


def open_account(provider, key="account:1"):
    return provider.create_account(
        key=key, country="GB", email="rita@label.example", name="Rita Records", reference="p1"
    )


def send(provider, account, *, key="k1", units=2500, group="g1"):
    return provider.send(
        key=key,
        units=units,
        currency="EUR",
        destination=account,
        group=group,
        metadata={"payout_id": "p1"},
    )


def test_the_port_is_served_by_the_adapter(provider):
    assert isinstance(provider, StripeProvider)


def test_an_account_is_opened_once_for_its_key_and_lacks_what_the_payee_must_say(desk, provider):
    made = open_account(provider)
    assert open_account(provider) == made
    assert (made.is_ready, made.is_closed, len(made.due)) == (False, False, 3)
    assert made.id.startswith("acct_")
    assert len(desk.show("accounts")) == 1


def test_an_account_says_how_it_stands(desk, provider, ready):
    assert provider.account_state(account=ready).is_ready
    desk.act("account", account=ready, status="restricted", due=["identity.tax_id"])
    state = provider.account_state(account=ready)
    assert (state.is_ready, state.is_restricted, state.due) == (False, False, ("identity.tax_id",))
    desk.act("account", account=ready, status="rejected", due=[])
    assert provider.account_state(account=ready).is_restricted
    desk.act("account", account=ready, closed=True, status="active")
    state = provider.account_state(account=ready)
    assert (state.is_closed, state.is_ready) == (True, False)


def test_the_onboarding_page_is_good_once_and_makes_the_account_ready(sandbox, provider):
    http, account = sandbox["stripe"].http, open_account(provider).id
    url = provider.onboarding_url(account=account, is_update=False, **LINK)
    page = http.get(url)
    assert (page.status_code, "Rita Records" in page.text) == (200, True)
    later = http.post(f"{url}/done", data={"act": "later"})
    assert (later.status_code, later.headers["location"]) == (303, LINK["return_url"])
    assert not provider.account_state(account=account).is_ready
    again = http.get(url)
    assert (again.status_code, again.headers["location"]) == (303, LINK["refresh_url"])
    fresh = provider.onboarding_url(account=account, is_update=True, **LINK)
    assert http.post(f"{fresh}/done", data={"act": "submit"}).status_code == 303
    assert provider.account_state(account=account).is_ready


def test_a_link_is_too_old_after_five_minutes(sandbox, desk, provider):
    url = provider.onboarding_url(account=open_account(provider).id, is_update=False, **LINK)
    desk.act("clock", forward_s=301)
    assert sandbox["stripe"].http.get(url).headers["location"] == LINK["refresh_url"]


def test_a_transfer_says_what_was_asked_and_is_found_again(desk, provider, ready):
    made = send(provider, ready)
    assert (made.units, made.currency, made.destination) == (2500, "EUR", ready)
    assert (made.group, dict(made.metadata)) == ("g1", {"payout_id": "p1"})
    assert provider.find(group="g1") == (made,)
    assert provider.find(group="g2") == ()
    assert provider.transfer(transfer_id=made.id) == made
    assert provider.balance() == {"EUR": 7500}
    call = desk.calls("POST", "/v1/transfers")[0]
    assert call["headers"]["idempotency-key"] == "k1"
    assert call["headers"]["authorization"] == "[present]"
    assert "currency=eur" in call["body"]


def test_all_transfers_since_a_moment_come_page_by_page(desk, provider, ready):
    made = [send(provider, ready, key=f"k{n}", units=1, group=f"g{n}").id for n in range(101)]
    since = datetime.now(UTC) - timedelta(hours=1)
    assert [one.id for one in provider.transfers_since(since)] == made[::-1]
    assert len(desk.calls("GET", "/v1/transfers")) == 2
    assert list(provider.transfers_since(datetime.now(UTC) + timedelta(hours=1))) == []


def test_the_same_key_gives_the_same_transfer_and_another_body_is_a_conflict(desk, provider, ready):
    first = send(provider, ready)
    assert send(provider, ready) == first
    with pytest.raises(ProviderConflictError):
        send(provider, ready, units=2501)
    assert len(desk.show("transfers")) == 1


def test_a_key_is_forgotten_after_a_day(desk, provider, ready):
    first = send(provider, ready)
    desk.act("clock", forward_s=25 * 3600)
    assert send(provider, ready).id != first.id


@pytest.mark.parametrize(
    ("mode", "transfers"),
    [("500", 0), ("503", 0), ("timeout_before_acting", 0), ("timeout_after_acting", 1),
     ("malformed", 1), ("html", 1), ("empty", 1), ("shape", 1)],
)  # fmt: skip
def test_what_may_have_happened_is_unknown_and_the_same_key_brings_it_home(
    desk, provider, ready, mode, transfers
):
    desk.fail(mode, path="/v1/transfers")
    with pytest.raises(ProviderUnknownError):
        send(provider, ready)
    assert len(desk.show("transfers")) == transfers
    assert send(provider, ready).units == 2500
    assert len(desk.show("transfers")) == 1


def test_the_sdk_repeats_a_lost_answer_by_itself_with_our_key(sandbox, settings, ready):
    desk = pointed(settings, sandbox["stripe"], retries=2)
    desk.fail("timeout_after_acting", path="/v1/transfers")
    send(payout_provider(), ready)
    calls = desk.calls("POST", "/v1/transfers")
    assert [call["headers"]["idempotency-key"] for call in calls] == ["k1", "k1"]
    assert len(desk.show("transfers")) == 1


def test_a_failure_is_kept_by_its_key_as_real_stripe_keeps_it(desk, provider, ready):
    desk.act("script", status=500, acts=True)
    for _ in range(2):
        with pytest.raises(ProviderUnknownError):
            send(provider, ready)
    assert [one.units for one in provider.find(group="g1")] == [2500]


@pytest.mark.parametrize(("mode", "is_closed"), [("429", False), ("401", True), ("403", True)])
def test_not_now_is_neither_a_refusal_nor_unknown(desk, provider, ready, mode, is_closed):
    desk.fail(mode, path="/v1/transfers")
    with pytest.raises(ProviderBusyError) as not_now:
        send(provider, ready)
    assert isinstance(not_now.value, ProviderClosedError) is is_closed
    assert desk.show("transfers") == []


@pytest.mark.parametrize(
    ("change", "units", "code"),
    [
        ({"status": "active"}, 10_001, BALANCE_TOO_LOW),
        ({"status": "restricted"}, 1, ACCOUNT_NOT_READY),
        ({"closed": True}, 1, ACCOUNT_GONE),
    ],
)
def test_a_refusal_says_why_in_our_words(desk, provider, ready, change, units, code):
    desk.act("account", account=ready, **change)
    with pytest.raises(ProviderRefusedError) as refused:
        send(provider, ready, units=units)
    assert refused.value.code == code
    assert desk.show("transfers") == []


def test_money_comes_back_as_far_as_the_account_has_it(desk, provider, ready):
    made = send(provider, ready)
    provider.reverse(key="r1", transfer_id=made.id, units=500)
    provider.reverse(key="r1", transfer_id=made.id, units=500)
    assert provider.transfer(transfer_id=made.id).reversed_units == 500
    desk.act("payout", account=ready, amount=2000, currency="eur")
    with pytest.raises(ProviderRefusedError) as refused:
        provider.reverse(key="r2", transfer_id=made.id, units=1)
    assert refused.value.code == BALANCE_TOO_LOW
    assert provider.balance() == {"EUR": 8000}


def test_top_ups_and_bank_payouts_are_read(desk, provider, ready):
    since = datetime.now(UTC) - timedelta(hours=1)
    (top_up,) = provider.top_ups_since(since)
    assert (top_up.units, top_up.currency, top_up.status) == (10_000, "EUR", "succeeded")
    assert provider.top_up(top_up_id=top_up.id) == top_up
    made = desk.act("payout", account=ready, amount=1, currency="eur", fails=True)
    told = provider.bank_payout(account=ready, payout_id=made["id"])
    assert (told.status, told.failure) == ("failed", "account_closed")
    (call,) = desk.calls("GET", f"/v1/payouts/{made['id']}")
    assert call["headers"]["stripe-account"] == ready


def test_an_address_where_nobody_answers_is_unknown(provider, settings):
    settings.STRIPE_URL = "http://127.0.0.1:9"
    with pytest.raises(ProviderUnknownError):
        payout_provider().balance()

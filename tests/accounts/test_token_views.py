"""The page of API tokens."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry, Membership, OutgoingMail
from accounts.services.tokens import token_authenticate, token_create

pytestmark = pytest.mark.django_db

LIST = reverse("accounts:token-list")
GOOD = {"name": "backup", "scope": "read", "days": "90"}


def token_of(user, name="x") -> ApiToken:
    membership = Membership.objects.get(user=user)
    return token_create(membership=membership, name=name, scopes=["read"]).token


def revoke_url(token) -> str:
    return reverse("accounts:token-revoke", args=[token.pk])


def test_new_token_is_shown_once_and_works(cast, client):
    client.force_login(cast.alice)
    answer = client.post(LIST, GOOD)
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    raw = re.search(r"tf_[0-9a-f]{64}", answer.content.decode())[0]
    assert token_authenticate(raw).name == "backup"
    assert raw not in client.get(LIST).content.decode()
    assert raw[:11] in client.get(LIST).content.decode()
    made = ApiToken.objects.get()
    assert made.scopes == ["read"]
    assert abs(made.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)


def test_new_token_is_mailed_about_and_recorded_without_its_secret(cast, client):
    client.force_login(cast.alice)
    client.post(LIST, GOOD)
    mail = OutgoingMail.objects.get()
    assert mail.to == "alice@example.com"
    assert "tf_" not in mail.text
    entry = AuditEntry.objects.get(action="accounts.token.created")
    assert entry.data == {
        "user": cast.alice.pk, "prefix": ApiToken.objects.get().prefix, "scopes": ["read"]
    }  # fmt: skip


def test_token_without_end_is_possible(cast, client):
    client.force_login(cast.alice)
    client.post(LIST, {**GOOD, "days": "0"})
    assert ApiToken.objects.get().expires_at is None


@pytest.mark.parametrize(
    "typed",
    [
        {**GOOD, "name": ""},
        {**GOOD, "name": "x" * 81},
        {**GOOD, "scope": "root"},
        {**GOOD, "days": "-1"},
        {},
    ],
)
def test_bad_input_is_422_and_makes_nothing(cast, client, typed):
    client.force_login(cast.alice)
    answer = client.post(LIST, typed)
    assert answer.status_code == 422
    assert typed.get("name", "") in answer.content.decode()
    assert not ApiToken.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_viewer_makes_tokens_that_read_and_none_that_write(cast, client):
    client.force_login(cast.vera)
    assert client.post(LIST, {**GOOD, "scope": "write"}).status_code == 422
    assert not ApiToken.objects.exists()
    assert client.post(LIST, GOOD).status_code == 201


def test_members_see_their_own_tokens_and_owners_all(cast, client):
    token_of(cast.alice, "alices key")
    token_of(cast.bob, "bobs key")
    token_of(cast.charlie, "charlies key")
    client.force_login(cast.bob)
    page = client.get(LIST).content.decode()
    assert ("bobs key" in page, "alices key" in page, "charlies key" in page) == (
        True,
        False,
        False,
    )
    client.force_login(cast.alice)
    page = client.get(LIST).content.decode()
    assert ("bobs key" in page, "alices key" in page, "charlies key" in page) == (True, True, False)


def test_page_needs_log_in_and_known_method(cast, client):
    assert client.get(LIST)["Location"] == f"{reverse('account_login')}?next={LIST}"
    client.force_login(cast.alice)
    assert client.delete(LIST).status_code == 405


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_holder_and_owner_revoke_after_being_asked(cast, client, who):
    token = token_of(cast.bob)
    client.force_login(getattr(cast, who))
    assert "Revoke “x”?" in client.get(revoke_url(token)).content.decode()
    assert ApiToken.objects.usable().exists()
    assert client.post(revoke_url(token))["Location"] == LIST
    assert not ApiToken.objects.usable().exists()
    entry = AuditEntry.objects.get(action="accounts.token.revoked")
    assert entry.actor == getattr(cast, who)
    client.post(revoke_url(token))
    assert AuditEntry.objects.filter(action="accounts.token.revoked").count() == 1


@pytest.mark.parametrize("who", ["vera", "charlie", "rita"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_token_of_somebody_else_is_404_and_stays(cast, client, who, method):
    token = token_of(cast.bob)
    client.force_login(getattr(cast, who))
    assert getattr(client, method)(revoke_url(token)).status_code == 404
    assert ApiToken.objects.usable().exists()


def test_revoke_needs_log_in_and_known_method(cast, client):
    token = token_of(cast.bob)
    assert client.post(revoke_url(token))["Location"].startswith(reverse("account_login"))
    client.force_login(cast.bob)
    assert client.delete(revoke_url(token)).status_code == 405
    assert ApiToken.objects.usable().exists()


def test_page_costs_the_same_for_one_and_for_twenty(cast, client, django_assert_num_queries):
    client.force_login(cast.alice)
    token_of(cast.alice)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    cost = len(one)  # now: the next request empties the log
    for _ in range(19):
        token_of(cast.bob)
    with django_assert_num_queries(cost):
        assert len(client.get(LIST).context["tokens"]) == 20

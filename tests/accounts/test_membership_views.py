"""Roles, leaving and removing over HTTP."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiToken, AuditEntry, Membership, User
from accounts.services.tokens import token_create

pytestmark = pytest.mark.django_db

LIST = reverse("accounts:member-list")


def member(user, organisation=None) -> Membership:
    rows = Membership.objects.filter(user=user)
    return rows.get(organisation=organisation) if organisation else rows.get()


def role_url(of) -> str:
    return reverse("accounts:member-role", args=[of.pk])


def remove_url(of) -> str:
    return reverse("accounts:member-remove", args=[of.pk])


@pytest.fixture
def unchanged(cast):
    """After the test, every membership is what it was and nothing was recorded."""
    before = list(Membership.objects.order_by("pk").values_list("pk", "role", "user_id"))
    yield
    assert list(Membership.objects.order_by("pk").values_list("pk", "role", "user_id")) == before
    assert not AuditEntry.objects.exists()


# ---------------------------------------------------------------- list


@pytest.mark.parametrize("who", ["alice", "bob", "vera"])
def test_every_member_sees_the_members(cast, client, who):
    client.force_login(getattr(cast, who))
    page = client.get(LIST).content.decode()
    assert all(f"{name}@example.com" in page for name in ("alice", "bob", "vera"))
    assert "charlie@example.com" not in page


def test_only_owners_see_the_forms(cast, client):
    client.force_login(cast.vera)
    assert "Invite somebody" not in client.get(LIST).content.decode()
    client.force_login(cast.alice)
    assert "Invite somebody" in client.get(LIST).content.decode()


def test_list_needs_a_log_in(client, db):
    assert client.get(LIST)["Location"] == f"{reverse('account_login')}?next={LIST}"


def test_list_costs_the_same_for_three_and_for_twenty(cast, client, django_assert_num_queries):
    client.force_login(cast.alice)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    cost = len(few)  # now: the next request empties the log
    for n in range(17):
        user = User.objects.create(email=f"m{n}@example.com")
        Membership.objects.create(organisation=cast.studio, user=user, role="viewer")
    with django_assert_num_queries(cost):
        assert len(client.get(LIST).context["page"].members) == 20


# ---------------------------------------------------------------- roles


def test_owner_changes_a_role(cast, client):
    client.force_login(cast.alice)
    assert client.post(role_url(member(cast.vera)), {"role": "editor"})["Location"] == LIST
    assert member(cast.vera).role == "editor"
    entry = AuditEntry.objects.get()
    assert entry.action == "accounts.member.role_changed"
    assert entry.data == {"user": cast.vera.pk, "from": "viewer", "to": "editor"}
    assert (entry.actor, entry.organisation) == (cast.alice, cast.studio)


def test_same_role_again_records_nothing(cast, client, unchanged):
    client.force_login(cast.alice)
    assert client.post(role_url(member(cast.vera)), {"role": "viewer"}).status_code == 302


@pytest.mark.parametrize("role", ["accountant", "king", ""])
def test_role_that_does_not_exist_here_is_422(cast, client, unchanged, role):
    client.force_login(cast.alice)
    assert client.post(role_url(member(cast.vera)), {"role": role}).status_code == 422


def test_last_owner_cannot_be_demoted(cast, client, unchanged):
    client.force_login(cast.alice)
    answer = client.post(role_url(member(cast.alice)), {"role": "viewer"})
    assert answer.status_code == 422
    assert "only owner of Alice&#x27;s Studio" in answer.content.decode()


def test_owner_may_step_down_when_there_is_another(cast, client):
    Membership.objects.filter(user=cast.bob).update(role="owner")
    client.force_login(cast.alice)
    client.post(role_url(member(cast.alice)), {"role": "viewer"})
    assert member(cast.alice).role == "viewer"


@pytest.mark.parametrize("who", ["bob", "vera"])
def test_other_members_cannot_change_roles(cast, client, unchanged, who):
    client.force_login(getattr(cast, who))
    me = member(getattr(cast, who))
    assert client.post(role_url(me), {"role": "owner"}).status_code == 403


def test_stranger_gets_404_for_another_organisations_member(cast, client, unchanged):
    client.force_login(cast.charlie)
    assert client.post(role_url(member(cast.vera)), {"role": "owner"}).status_code == 404
    assert client.post(remove_url(member(cast.vera))).status_code == 404
    assert client.get(remove_url(member(cast.vera))).status_code == 404


def test_role_needs_log_in_and_post(cast, client, unchanged):
    url = role_url(member(cast.vera))
    assert client.post(url, {"role": "owner"})["Location"].startswith(reverse("account_login"))
    client.force_login(cast.alice)
    assert client.get(url).status_code == 405


# ---------------------------------------------------------------- leaving and removing


def test_owner_is_asked_and_then_removes(cast, client):
    vera = member(cast.vera)
    token_create(membership=vera, name="phone", scopes=["read"])
    client.force_login(cast.alice)
    page = client.get(remove_url(vera))
    assert "Remove Vera from Alice" in page.content.decode()
    assert Membership.objects.filter(pk=vera.pk).exists()
    assert client.post(remove_url(vera))["Location"] == LIST
    assert not Membership.objects.filter(pk=vera.pk).exists()
    assert not ApiToken.objects.exists()
    entry = AuditEntry.objects.get(action="accounts.member.removed")
    assert entry.data == {"user": cast.vera.pk, "role": "viewer"}


def test_member_leaves(cast, client):
    client.force_login(cast.vera)
    answer = client.post(remove_url(member(cast.vera)))
    assert answer["Location"] == reverse("accounts:organisation-list")
    assert not Membership.objects.filter(user=cast.vera).exists()
    assert AuditEntry.objects.get().action == "accounts.member.left"
    assert client.get(LIST)["Location"].startswith(reverse("accounts:organisation-create"))


def test_last_owner_cannot_leave(cast, client, unchanged):
    client.force_login(cast.alice)
    answer = client.post(remove_url(member(cast.alice)))
    assert answer.status_code == 422
    assert "Make somebody else an owner first" in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_viewer_cannot_remove_others(cast, client, unchanged, method):
    client.force_login(cast.vera)
    assert getattr(client, method)(remove_url(member(cast.bob))).status_code == 403


def test_remove_needs_a_log_in_and_a_known_method(cast, client, unchanged):
    url = remove_url(member(cast.vera))
    assert client.post(url)["Location"].startswith(reverse("account_login"))
    client.force_login(cast.alice)
    assert client.delete(url).status_code == 405

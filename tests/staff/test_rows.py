"""What staff see, and that it is read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import (
    AccountDeletion,
    ApiToken,
    AuditEntry,
    Invitation,
    Membership,
    Organisation,
    OutgoingMail,
    User,
)
from accounts.services.audit import audit_record
from accounts.services.tokens import token_create

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator

    from tests.cast import Cast

pytestmark = pytest.mark.django_db

OURS = [
    User,
    Organisation,
    Membership,
    Invitation,
    ApiToken,
    AuditEntry,
    OutgoingMail,
    AccountDeletion,
]
REFUSED = {
    "account.emailaddress",
    "mfa.authenticator",
    "usersessions.usersession",
    "django_q.success",
    "django_q.failure",
    "django_q.ormq",
    "django_q.schedule",
}


@pytest.fixture
def rows(cast: Cast) -> dict[type, Any]:
    """One row of each kind."""
    alice = Membership.objects.get(user=cast.alice)
    now = timezone.now()
    return {
        User: cast.alice,
        Organisation: cast.studio,
        Membership: alice,
        Invitation: Invitation.objects.create(
            organisation=cast.studio,
            email="dora@example.com",
            role="viewer",
            digest=b"digest of dora's invitation",
            invited_by=cast.alice,
            sent_at=now,
            expires_at=now + timedelta(days=7),
        ),
        ApiToken: token_create(membership=alice, name="robot", scopes=["read"]).token,
        AuditEntry: audit_record(
            action="accounts.token.made", actor=cast.alice, organisation=cast.studio
        ),
        OutgoingMail: OutgoingMail.objects.create(
            template="x", to="a@example.com", message_id="m1", subject="s", text="a secret link"
        ),
        AccountDeletion: AccountDeletion.objects.create(
            user=cast.bob,
            digest=b"d",
            requested_at=now,
            due_at=now + timedelta(days=15),
        ),
    }


def page(model: type, act: str, row: Any = None) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{act}"  # type: ignore[attr-defined]
    return reverse(name, args=[] if row is None else [row.pk])


@pytest.mark.parametrize("model", OURS)
def test_list_and_row_are_shown(staff: Client, rows: dict[type, Any], model: type):
    assert staff.get(page(model, "changelist")).status_code == 200
    assert staff.get(page(model, "changelist") + "?q=alice").status_code == 200
    assert staff.get(page(model, "change", rows[model])).status_code == 200


@pytest.mark.parametrize("model", OURS)
def test_nothing_is_added_or_deleted_by_hand(staff: Client, rows: dict[type, Any], model: type):
    before = model.objects.count()  # type: ignore[attr-defined]
    assert staff.post(page(model, "add"), {}).status_code == 403
    assert staff.post(page(model, "delete", rows[model]), {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [rows[model].pk], "post": "yes"}
    staff.post(page(model, "changelist"), bulk)
    assert model.objects.count() == before  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", [model for model in OURS if model is not User])
def test_nothing_is_changed_by_hand(staff: Client, rows: dict[type, Any], model: type):
    answer = staff.post(page(model, "change", rows[model]), {"name": "Changed", "role": "owner"})
    assert answer.status_code == 403


def test_superuser_closes_an_account_and_the_trail_says_so(staff: Client, cast: Cast):
    form = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0, "is_staff": ""}
    answer = staff.post(page(User, "change", cast.charlie), form)
    assert answer.status_code == 302
    entry = AuditEntry.objects.get(action="accounts.person.access_changed")
    assert (entry.actor, entry.target_id) == (cast.sam, str(cast.charlie.pk))
    assert entry.data == {"is_active": False}
    cast.charlie.refresh_from_db()
    assert (cast.charlie.is_active, cast.charlie.name) == (False, "Charlie")


def test_superuser_does_not_change_themselves(staff: Client, cast: Cast):
    assert staff.post(page(User, "change", cast.sam), {}).status_code == 403
    cast.sam.refresh_from_db()
    assert cast.sam.is_active
    assert not AuditEntry.objects.exists()


def test_staff_without_rights_see_nothing(staff: Client, cast: Cast, rows: dict[type, Any]):
    User.objects.filter(pk=cast.sam.pk).update(is_superuser=False)
    assert [staff.get(page(model, "changelist")).status_code for model in OURS] == [403] * len(OURS)
    assert page(User, "changelist") not in staff.get("/admin/").content.decode()


def test_no_secret_is_shown(staff: Client, rows: dict[type, Any], second_factor: Authenticator):
    for model in OURS:
        body = staff.get(page(model, "change", rows[model])).content.decode()
        for secret in ("digest of dora", "a secret link", "the-secret-of-the-app", "md5$"):
            assert secret not in body, model


def test_what_opens_accounts_or_unpickles_is_not_registered():
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert registered & REFUSED == set()


@pytest.mark.parametrize("model", [Membership, ApiToken, AuditEntry])
def test_list_costs_the_same_for_one_row_and_for_many(
    staff: Client, cast: Cast, rows: dict[type, Any], model: type
):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(page(model, "changelist")).status_code == 200
        return len(queries)

    cost()
    one = cost()
    for number in range(8):
        user = User.objects.create_user(f"p{number}@example.com")
        member = Membership.objects.create(user=user, organisation=cast.label, role="viewer")
        token_create(membership=member, name="t", scopes=["read"])
        audit_record(action="accounts.token.made", actor=user, organisation=cast.label)
    assert cost() == one


def test_sidebar_has_a_section_for_each_app_with_rows(staff: Client):
    body = staff.get("/admin/").content.decode()
    for model in OURS:
        assert f'href="{page(model, "changelist")}"' in body

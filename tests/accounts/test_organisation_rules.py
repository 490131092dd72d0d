"""What the database itself holds about organisations and memberships, whoever writes."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Invitation, Membership, Organisation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "role"), [("creator", "accountant"), ("rights_holder", "editor"), ("creator", "boss")]
)
def test_role_that_the_kind_does_not_have_is_refused(cast, kind, role):
    organisation = Organisation.objects.create(kind=kind, name="New")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(organisation=organisation, user=cast.charlie, role=role)
    assert not organisation.memberships.exists()


def test_membership_cannot_be_changed_to_a_role_the_kind_does_not_have(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=cast.vera).update(role="accountant")
    assert Membership.objects.get(user=cast.vera).role == "viewer"


def test_invitation_to_a_role_the_kind_does_not_have_is_refused(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            organisation=cast.label,
            email="new@example.com",
            role="editor",
            digest=b"1",
            sent_at="2026-01-01T00:00Z",
            expires_at="2026-01-08T00:00Z",
        )
    assert not Invitation.objects.exists()


def test_kind_never_changes(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=cast.studio.pk).update(kind="rights_holder")
    cast.studio.refresh_from_db()
    assert cast.studio.kind == "creator"


@pytest.mark.parametrize("act", ["demote", "delete"])
def test_last_owner_of_an_open_organisation_stays(cast, act):
    alice = Membership.objects.filter(user=cast.alice)
    before = transaction.savepoint()
    alice.update(role="viewer") if act == "demote" else alice.delete()
    with pytest.raises(IntegrityError):
        connection.check_constraints()  # the trigger is deferred: this is what a commit does
    transaction.savepoint_rollback(before)
    assert alice.get().role == "owner"


def test_owner_may_go_when_another_owner_came_in_the_same_transaction(cast):
    Membership.objects.filter(user=cast.alice).update(role="editor")
    Membership.objects.filter(user=cast.bob).update(role="owner")
    connection.check_constraints()


def test_closed_or_deleted_organisation_needs_no_owner(cast):
    Organisation.objects.filter(pk=cast.charlies.pk).update(closed_at="2026-01-01T00:00Z")
    Membership.objects.filter(user=cast.charlie).delete()
    cast.label.delete()
    connection.check_constraints()
    assert Organisation.objects.count() == 2


def test_roles_offered_fit_the_kind():
    assert [r for r, _ in Membership.roles_of("creator")] == ["owner", "editor", "viewer"]
    assert [r for r, _ in Membership.roles_of("rights_holder")] == ["owner", "accountant", "viewer"]

"""Two people at once, with real connections: an organisation keeps an owner, a seat is one seat."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from accounts.models import Invitation, Membership
from accounts.services.invitations import InvitationError, invitation_send
from accounts.services.memberships import (
    MembershipChangeError,
    membership_change_role,
    membership_remove,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run all ``acts`` in threads that start together; return what each gave or raised."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        try:
            start.wait(timeout=10)
            answers[index] = act()
        except Exception as error:  # noqa: BLE001 - handed to the test
            answers[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


@pytest.fixture
def two_owners(cast):
    Membership.objects.filter(user=cast.bob).update(role="owner")
    rows = Membership.objects.filter(organisation=cast.studio).select_related(
        "organisation", "user"
    )
    return rows.get(user=cast.alice), rows.get(user=cast.bob)


@pytest.mark.parametrize("act", ["demote", "remove"])
@pytest.mark.parametrize("attempt", range(5))
def test_two_owners_against_each_other_leave_one_owner(cast, two_owners, act, attempt):
    alice, bob = two_owners

    def against(actor, member):
        if act == "demote":
            return membership_change_role(actor=actor, member=member, role="viewer")
        return membership_remove(actor=actor, member=member)

    answers = at_once(lambda: against(alice, bob), lambda: against(bob, alice))
    refused = [a for a in answers if isinstance(a, Exception)]
    assert [type(error) for error in refused] == [MembershipChangeError]
    owners = Membership.objects.filter(organisation=cast.studio, role="owner")
    assert owners.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_two_owners_who_leave_at_once_leave_one_owner(cast, two_owners, attempt):
    answers = at_once(*(lambda m=m: membership_remove(actor=m, member=m) for m in two_owners))
    refused = [a for a in answers if isinstance(a, Exception)]
    assert [error.code for error in refused] == ["membership.last_owner"]
    assert Membership.objects.filter(organisation=cast.studio, role="owner").count() == 1


def test_trigger_alone_keeps_an_owner_when_the_services_are_bypassed(cast, two_owners):
    """Each deletes the other by plain SQL: the deferred trigger looks again at commit."""
    answers = at_once(
        *(lambda m=m: Membership.objects.filter(pk=m.pk).delete() for m in two_owners)
    )
    assert sum(isinstance(a, Exception) for a in answers) == 1
    assert Membership.objects.filter(organisation=cast.studio, role="owner").count() == 1


def test_one_address_invited_twice_at_once_gets_one_invitation(cast, two_owners):
    answers = at_once(
        *(
            lambda m=m: invitation_send(actor=m, email="new@example.com", role="viewer")
            for m in two_owners
        )
    )
    refused = [a for a in answers if isinstance(a, Exception)]
    assert [type(error) for error in refused] == [InvitationError]
    assert Invitation.objects.count() == 1

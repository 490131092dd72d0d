"""The named cast, for the demo, the docs and the tests: one definition of who is who.

alice    creator, owner of the workspace "Alice's Studio"
bob      her collaborator, editor there
vera     viewer there: reads everything, changes nothing
charlie  a stranger with a workspace of his own: should have no access to Alice's
rita     rights holder, owner of the label "Rita Records"
sam      staff
"""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import Membership, Organisation, User

# Printed in the docs. Where strangers can log in, seed_demo gives out a random one instead.
PASSWORD = "correct-horse-battery"  # noqa: S105

PEOPLE = {
    "alice": "Creator, owner of Alice's Studio",
    "bob": "Editor at Alice's Studio",
    "vera": "Viewer at Alice's Studio",
    "charlie": "A stranger, owner of Charlie's Room",
    "rita": "Rights holder, owner of Rita Records",
    "sam": "Staff",
}
STAFF = frozenset({"sam"})
COLLEAGUE = "olive"
"""Where money is shown: sam begins a month, she approves it."""
# name -> (kind, {person: role})
ORGANISATIONS = {
    "Alice's Studio": ("creator", {"alice": "owner", "bob": "editor", "vera": "viewer"}),
    "Charlie's Room": ("creator", {"charlie": "owner"}),
    "Rita Records": ("rights_holder", {"rita": "owner"}),
}


@dataclass(frozen=True)
class DemoLogin:
    """How to log in as one of the cast."""

    email: str
    password: str
    who: str


def demo_address(name: str) -> str:
    """Return the address of a member of the cast; the domain is reserved and gets no mail."""
    return f"{name}@example.com"


@transaction.atomic
def demo_accounts_seed(*, password: str = PASSWORD) -> list[DemoLogin]:
    """Make the cast and their organisations where they are missing, and return the log-ins.

    Safe to run again: everybody gets ``password`` again, and nothing is made twice.
    """
    people = {name: _person(name, password) for name in PEOPLE}
    for organisation, (kind, roles) in ORGANISATIONS.items():
        _organisation(organisation, kind, {people[name]: role for name, role in roles.items()})
    return [
        DemoLogin(email=demo_address(name), password=password, who=who)
        for name, who in PEOPLE.items()
    ]


@transaction.atomic
def demo_colleague_seed(*, password: str = PASSWORD) -> DemoLogin:
    """Make a second person of the staff, for what two people have to look at; safe to run again."""
    _person(COLLEAGUE, password)
    return DemoLogin(
        email=demo_address(COLLEAGUE), password=password, who="Staff, the second person"
    )


def _person(name: str, password: str) -> User:
    email, is_staff = demo_address(name), name in {*STAFF, COLLEAGUE}
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(
            email, password, name=name.capitalize(), is_staff=is_staff, is_superuser=is_staff
        )
    elif not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user


def _organisation(name: str, kind: str, roles: dict[User, str]) -> None:
    owner = next(user for user, role in roles.items() if role == Membership.Role.OWNER)
    # By its owner, not by name alone: somebody else may have one of the same name.
    organisation = Organisation.objects.active().filter(name=name, members=owner).first()
    if organisation is None:
        organisation = Organisation.objects.create(kind=kind, name=name)
    for user, role in roles.items():
        Membership.objects.get_or_create(
            organisation=organisation, user=user, defaults={"role": role}
        )

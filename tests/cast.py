"""The named cast of ``accounts.services.demo``, as tests want it: by name."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.models import Membership, Organisation, User
from accounts.services.demo import ORGANISATIONS, PASSWORD, PEOPLE, STAFF, demo_address

__all__ = ["PASSWORD", "Cast", "make_cast"]


@dataclass(frozen=True)
class Cast:
    """Everyone, and the organisations they belong to."""

    alice: User
    bob: User
    vera: User
    charlie: User
    rita: User
    sam: User
    studio: Organisation
    charlies: Organisation
    label: Organisation


def make_cast() -> Cast:
    """Save the cast and return it.

    The people and organisations of ``demo_accounts_seed``, which takes sixty statements to leave
    alone what is there; thousands of tests begin with nobody there, and with these four.
    """
    people = {name: _person(name) for name in PEOPLE}
    User.objects.bulk_create(people.values())
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True)
        for user in people.values()
    )
    organisations = [
        Organisation(kind=kind, name=name) for name, (kind, _) in ORGANISATIONS.items()
    ]
    studio, charlies, label = Organisation.objects.bulk_create(organisations)
    Membership.objects.bulk_create(
        Membership(organisation=organisation, user=people[name], role=role)
        for organisation in organisations
        for name, role in ORGANISATIONS[organisation.name][1].items()
    )
    return Cast(**people, studio=studio, charlies=charlies, label=label)


def _person(name: str) -> User:
    is_staff = name in STAFF
    return User(
        email=demo_address(name),
        password=make_password(PASSWORD),
        name=name.capitalize(),
        is_staff=is_staff,
        is_superuser=is_staff,
    )

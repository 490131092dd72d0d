"""The named cast: who does what in tests, in the demo and in the docs.

alice    creator, owner of the workspace "Alice's Studio"
bob      her collaborator, editor there
vera     viewer there: reads everything, changes nothing
charlie  a stranger with a workspace of his own: should have no access to Alice's
rita     rights holder, owner of the label "Rita Records"
sam      staff
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Membership, Organisation, User

PASSWORD = "correct-horse-battery"


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
    """Save the cast and return it."""

    def person(name: str, **fields: bool) -> User:
        return User.objects.create_user(
            f"{name}@example.com", PASSWORD, name=name.capitalize(), **fields
        )

    def organisation(kind: str, name: str, **roles: User) -> Organisation:
        made = Organisation.objects.create(kind=kind, name=name)
        for role, user in roles.items():
            Membership.objects.create(organisation=made, user=user, role=role)
        return made

    alice, bob, vera, charlie, rita = map(person, ["alice", "bob", "vera", "charlie", "rita"])
    return Cast(
        alice=alice,
        bob=bob,
        vera=vera,
        charlie=charlie,
        rita=rita,
        sam=person("sam", is_staff=True, is_superuser=True),
        studio=organisation("creator", "Alice's Studio", owner=alice, editor=bob, viewer=vera),
        charlies=organisation("creator", "Charlie's Room", owner=charlie),
        label=organisation("rights_holder", "Rita Records", owner=rita),
    )

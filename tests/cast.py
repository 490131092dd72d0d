"""The named cast of ``accounts.services.demo``, as tests want it: by name."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Organisation, User
from accounts.services.demo import PASSWORD, demo_accounts_seed, demo_address

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
    """Save the cast and return it."""
    demo_accounts_seed()
    people = {
        name: User.objects.get(email=demo_address(name))
        for name in ("alice", "bob", "vera", "charlie", "rita", "sam")
    }
    return Cast(
        **people,
        studio=Organisation.objects.get(name="Alice's Studio"),
        charlies=Organisation.objects.get(name="Charlie's Room"),
        label=Organisation.objects.get(name="Rita Records"),
    )

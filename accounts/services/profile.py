"""Changes of the person's own row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User


def profile_update(*, user: User, name: str) -> User:
    """Save the name that others see; spaces around it do not count."""
    user.name = name.strip()
    user.save(update_fields=["name"])
    return user

"""Reads of the accounts app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Membership

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


def membership_current(
    *, user: User | AnonymousUser, organisation_id: str | None
) -> Membership | None:
    """Return the membership the person acts under: the chosen one, else their first."""
    if not user.is_authenticated:
        return None
    mine = list(Membership.objects.filter(user=user).select_related("organisation"))
    chosen = [m for m in mine if str(m.organisation_id) == organisation_id]
    return next(iter(chosen or mine), None)

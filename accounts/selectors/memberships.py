"""For whom a person may act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Membership

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User


def memberships_of(user: User) -> list[Membership]:
    """Return the person's memberships of open organisations, by the organisation's name."""
    return list(
        Membership.objects.filter(user=user, organisation__closed_at__isnull=True).select_related(
            "organisation", "user"
        )
    )


def membership_current(
    mine: Iterable[Membership], *, organisation_id: str | None
) -> Membership | None:
    """Return which of their memberships the person acts under: the chosen one, else the oldest."""
    mine = list(mine)
    chosen = [m for m in mine if str(m.organisation_id) == organisation_id]
    return min(chosen or mine, key=lambda m: m.created_at, default=None)

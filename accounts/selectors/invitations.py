"""Invitations as the invited person sees them, and one of an organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress

from accounts.models import Invitation

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import Membership, User


def verified_addresses(user: User) -> set[str]:
    """Return the addresses the person has proved to be theirs, in lower case."""
    rows = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return {address.lower() for address in rows}


def invitations_for(user: User) -> list[Invitation]:
    """Return the invitations that the person can accept now, newest first."""
    return list(
        Invitation.objects.acceptable()
        .filter(email__in=verified_addresses(user))
        .select_related("organisation", "invited_by")
    )


def invitation_get(membership: Membership, invitation_id: UUID) -> Invitation | None:
    """Return an invitation of the organisation, answered ones too, or None for one of others."""
    mine = Invitation.objects.filter(organisation=membership.organisation_id)
    return mine.filter(pk=invitation_id).first()


def invitation_by_digest(digest: bytes | None) -> Invitation | None:
    """Return the acceptable invitation behind a mailed link, or None."""
    if digest is None:
        return None
    open_ones = Invitation.objects.acceptable().select_related("organisation", "invited_by")
    return open_ones.filter(digest=digest).first()

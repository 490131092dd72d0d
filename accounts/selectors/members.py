"""Who belongs to an organisation and who is invited, as its pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import Invitation, Membership
from accounts.policies import can_invite_member

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class MemberRow:
    """One member."""

    id: int
    name: str
    email: str
    role: str
    role_label: str
    joined_at: datetime
    is_me: bool
    is_last_owner: bool


@dataclass(frozen=True)
class InvitationRow:
    """One invitation that nobody has answered yet."""

    id: str
    email: str
    role_label: str
    sent_at: datetime
    expires_at: datetime
    is_expired: bool


@dataclass(frozen=True)
class MembersPage:
    """Everything the page "Members" shows."""

    organisation: str
    members: list[MemberRow]
    invitations: list[InvitationRow]
    roles: list[tuple[str, str]]
    may_manage: bool


def members_page(membership: Membership) -> MembersPage:
    """Return the people of the member's organisation; invitations are for those who may invite."""
    organisation = membership.organisation
    rows = list(
        Membership.objects.filter(organisation=organisation)
        .select_related("user")
        .order_by("created_at", "pk")
    )
    owners = sum(row.role == Membership.Role.OWNER for row in rows)
    may_manage = can_invite_member(membership)
    return MembersPage(
        organisation=organisation.name,
        members=[
            MemberRow(
                id=row.pk,
                name=row.user.display_name,
                email=row.user.email,
                role=row.role,
                role_label=row.get_role_display(),
                joined_at=row.created_at,
                is_me=row.pk == membership.pk,
                is_last_owner=row.role == Membership.Role.OWNER and owners == 1,
            )
            for row in rows
        ],
        invitations=_invitations(membership) if may_manage else [],
        roles=Membership.roles_of(organisation.kind),
        may_manage=may_manage,
    )


def member_get(membership: Membership, member_id: int) -> Membership | None:
    """Return a member of the same organisation, or None."""
    rows = Membership.objects.filter(organisation=membership.organisation_id, pk=member_id)
    return rows.select_related("user", "organisation").first()


def _invitations(membership: Membership) -> list[InvitationRow]:
    now = timezone.now()
    return [
        InvitationRow(
            id=str(row.pk),
            email=row.email,
            role_label=row.get_role_display(),
            sent_at=row.sent_at,
            expires_at=row.expires_at,
            is_expired=row.expires_at <= now,
        )
        for row in Invitation.objects.undecided().filter(organisation=membership.organisation_id)
    ]

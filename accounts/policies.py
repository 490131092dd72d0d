"""Who may do what: ``can_<verb>_<noun>(membership, …) -> bool``.

Each function asks two questions: is the object in the member's organisation, and does the role
allow the act? Views turn the first "no" into a 404 (they look objects up inside the organisation)
and the second into a 403.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Membership

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import ApiToken

Role = Membership.Role

CAN_WRITE = frozenset({Role.OWNER, Role.EDITOR, Role.ACCOUNTANT})


def is_owner(membership: Membership) -> bool:
    """Owners run the organisation: its name, its people, its audit trail."""
    return membership.role == Role.OWNER


def can_change_content(membership: Membership) -> bool:
    """Everyone but a viewer works on what the organisation holds."""
    return membership.role in CAN_WRITE


def can_rename_organisation(membership: Membership) -> bool:
    """Owners only."""
    return is_owner(membership)


def can_close_organisation(membership: Membership) -> bool:
    """Owners only, and any of them keeps it open again."""
    return is_owner(membership)


def can_invite_member(membership: Membership) -> bool:
    """Owners only."""
    return is_owner(membership)


def can_change_member(membership: Membership, other: Membership) -> bool:
    """Owners change the roles of their own organisation, their own role included."""
    return is_owner(membership) and other.organisation_id == membership.organisation_id


def can_remove_member(membership: Membership, other: Membership) -> bool:
    """Owners remove others; everyone may leave (``other`` is their own membership)."""
    same = other.organisation_id == membership.organisation_id
    return same and (is_owner(membership) or other.pk == membership.pk)


def can_create_token(membership: Membership, scopes: Iterable[str]) -> bool:
    """Every member may have tokens, but nobody one that can do more than they can."""
    return "write" not in scopes or can_change_content(membership)


def can_revoke_token(membership: Membership, token: ApiToken) -> bool:
    """People revoke their own tokens; owners revoke every token of the organisation."""
    same = token.membership.organisation_id == membership.organisation_id
    return same and (is_owner(membership) or token.membership_id == membership.pk)

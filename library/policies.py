"""Who may do what with tracks: ``can_<verb>_<noun>(membership, …) -> bool``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Membership, Organisation

if TYPE_CHECKING:
    from library.models import Track

EDITORS = (Membership.Role.OWNER, Membership.Role.EDITOR)


def can_add_track(membership: Membership) -> bool:
    """Owners and editors of a creator workspace may bring songs."""
    is_creator = membership.organisation.kind == Organisation.Kind.CREATOR
    return is_creator and membership.role in EDITORS


def can_view_track(membership: Membership, track: Track) -> bool:
    """Every member of the workspace may see and hear its tracks."""
    return track.organisation_id == membership.organisation_id


def can_change_track(membership: Membership, track: Track) -> bool:
    """Owners and editors may edit, delete and bring back."""
    return can_view_track(membership, track) and can_add_track(membership)

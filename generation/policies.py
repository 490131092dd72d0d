"""Who may do what with songs: ``can_<verb>_<noun>(membership, …) -> bool``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Membership, Organisation

if TYPE_CHECKING:
    from generation.models import Song, Version

EDITORS = (Membership.Role.OWNER, Membership.Role.EDITOR)


def can_add_song(membership: Membership) -> bool:
    """Owners and editors of a creator workspace may make songs."""
    is_creator = membership.organisation.kind == Organisation.Kind.CREATOR
    return is_creator and membership.role in EDITORS


def can_view_song(membership: Membership, song: Song) -> bool:
    """Every member of the workspace may see, hear and download its songs."""
    return song.organisation_id == membership.organisation_id


def can_change_song(membership: Membership, song: Song) -> bool:
    """Owners and editors may rename, edit, rate, delete and bring back."""
    return can_view_song(membership, song) and can_add_song(membership)


def can_view_version(membership: Membership, version: Version) -> bool:
    """As for its song."""
    return can_view_song(membership, version.song)


def can_change_version(membership: Membership, version: Version) -> bool:
    """As for its song."""
    return can_change_song(membership, version.song)

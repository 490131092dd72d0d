"""Who may do what with song sets, matches and deliveries: ``can_<verb>_<noun>(…) -> bool``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Membership, Organisation
from rights.domain.claim_course import OPEN

if TYPE_CHECKING:
    from accounts.models import User
    from rights.models import (
        ImportRun,
        Match,
        Party,
        PayoutBatch,
        RightsClaim,
        SongSet,
        StatementDispute,
    )

EDITORS = (Membership.Role.OWNER, Membership.Role.EDITOR)
DELIVERERS = (Membership.Role.OWNER, Membership.Role.ACCOUNTANT)


def can_add_song_set(membership: Membership) -> bool:
    """Owners and editors of a creator workspace may make song sets."""
    is_creator = membership.organisation.kind == Organisation.Kind.CREATOR
    return is_creator and membership.role in EDITORS


def can_view_song_set(membership: Membership, song_set: SongSet) -> bool:
    """Every member of the workspace may see its song sets."""
    return song_set.organisation_id == membership.organisation_id


def can_change_song_set(membership: Membership, song_set: SongSet) -> bool:
    """Owners and editors may change a set while it is not frozen."""
    is_open = song_set.frozen_at is None and song_set.deleted_at is None
    return is_open and can_view_song_set(membership, song_set) and can_add_song_set(membership)


def can_choose_storefront(membership: Membership, organisation: Organisation) -> bool:
    """Owners and editors say in which country the workspace looks its songs up."""
    return organisation.pk == membership.organisation_id and can_add_song_set(membership)


def can_view_match(membership: Membership, match: Match) -> bool:
    """Every member of the workspace may see what its songs were matched to, and why."""
    return match.track.organisation_id == membership.organisation_id


def can_confirm_match(membership: Membership, match: Match) -> bool:
    """Owners and editors say which recording a song is."""
    return can_view_match(membership, match) and can_add_song_set(membership)


def can_override_match(user: User) -> bool:
    """Staff only, and always with a reason."""
    return bool(user.is_active and user.is_staff)


def can_record_consent(membership: Membership) -> bool:
    """Owners and accountants of a rights holder say what may be done with its recordings."""
    return can_add_import(membership)


def can_add_import(membership: Membership) -> bool:
    """Owners and accountants of a rights holder deliver its catalogue."""
    is_holder = membership.organisation.kind == Organisation.Kind.RIGHTS_HOLDER
    return is_holder and membership.role in DELIVERERS


def can_view_import(membership: Membership, run: ImportRun) -> bool:
    """Every member of the rights holder may see its deliveries."""
    return run.organisation_id == membership.organisation_id


def can_change_import(membership: Membership, run: ImportRun) -> bool:
    """Owners and accountants map, preview, apply and discard."""
    return can_view_import(membership, run) and can_add_import(membership)


def can_add_claim(membership: Membership) -> bool:
    """Owners and accountants of a rights holder claim recordings for it."""
    return can_add_import(membership)


def can_view_claim(membership: Membership, claim: RightsClaim) -> bool:
    """Every member of the rights holder may see its claims."""
    return claim.party.organisation_id == membership.organisation_id


def can_change_claim(membership: Membership, claim: RightsClaim) -> bool:
    """Owners and accountants add evidence and withdraw."""
    return can_view_claim(membership, claim) and can_add_claim(membership)


def can_decide_claim(user: User, claim: RightsClaim) -> bool:
    """A second person of the staff: not who made the claim, nor anybody of those who claim it.

    Whoever belongs to another claimant of the recording would decide for their own side.
    """
    if not (user.is_active and user.is_staff) or claim.claimed_by_id == user.pk:
        return False
    theirs = set(user.memberships.values_list("organisation", flat=True))
    if claim.party.organisation_id in theirs:
        return False
    rivals = type(claim).objects.filter(
        recording=claim.recording_id, right_type=claim.right_type, state__in=OPEN
    )
    return not rivals.filter(party__organisation__in=theirs).exists()


def can_view_payee(membership: Membership, party: Party) -> bool:
    """Every member of the rights holder may see what its payees earn, own and are paid."""
    return party.organisation_id == membership.organisation_id


def can_act_for_payee(membership: Membership) -> bool:
    """Owners and accountants of a rights holder dispute lines and say where it is paid."""
    return can_add_import(membership)


def can_decide_dispute(user: User, dispute: StatementDispute) -> bool:
    """Staff who did not open it and belong to no organisation of the payee."""
    if not (user.is_active and user.is_staff) or dispute.opened_by_id == user.pk:
        return False
    organisation = dispute.line.statement.party.organisation_id
    return organisation is None or not user.memberships.filter(organisation=organisation).exists()


def can_approve_payout_batch(user: User, batch: PayoutBatch) -> bool:
    """Staff who neither made nor approved it, and belong to nobody whom it pays."""
    if not (user.is_active and user.is_staff) or user.pk in (
        batch.created_by_id,
        batch.approved_by_id,
    ):
        return False
    theirs = user.memberships.values("organisation")
    return not batch.payouts.filter(party__organisation__in=theirs).exists()

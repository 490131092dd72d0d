"""Claims: made with evidence, compared with the others, decided by a second person, paid.

Every step locks the recording and with it all that is claimed of it, keeps who made it and why,
looks anew at which claims contradict each other, and lets go what is held and now somebody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from rights.domain.claim_course import OPEN
from rights.exceptions import ClaimRefusedError
from rights.models import ClaimEvidence, RightsClaim
from rights.services.claim_steps import (
    Proof,
    Wanted,
    change_keep,
    claim_drawn,
    claim_locked,
    claim_move,
    claim_record,
    claim_to_decide,
    claims_after,
    claims_compare,
    claims_open,
    decider_require,
    evidence_keep,
    facts_of,
    is_over,
    reason_require,
    room_require,
    wanted_of,
)
from rights.services.suspense import recordings_lock

__all__ = [
    "Proof",
    "Wanted",
    "claim_activate",
    "claim_evidence_add",
    "claim_reject",
    "claim_submit",
    "claim_supersede",
    "claim_withdraw",
]

if TYPE_CHECKING:
    from accounts.models import User
    from rights.models import Party, Recording

State = RightsClaim.State


@transaction.atomic
def claim_submit(
    *, recording: Recording, party: Party, wanted: Wanted, proofs: Sequence[Proof], actor: User
) -> RightsClaim:
    """Claim a share of a recording; return the claim, or the open one that says the same.

    It waits for a decision, in conflict if more than the whole is claimed with it.

    Raises
    ------
    ClaimRefusedError
        If no evidence is given, or the claim makes no sense; nothing was claimed.
    """
    if not any(proof.words.strip() for proof in proofs):
        raise ClaimRefusedError(
            "rights.claim.no_evidence",
            _("A claim rests on evidence. Nothing was claimed. Say what shows that it is yours."),
        )
    claim = claim_drawn(recording, party, wanted)
    recordings_lock([recording.pk])
    for known in claims_open(recording, wanted.right_type):
        if known.party_id == party.pk and facts_of(known) == facts_of(claim):
            return known
    claim.claimed_by = actor
    claim.save(force_insert=True)
    for proof in proofs:
        evidence_keep(claim, proof, actor)
    change_keep(claim, "", State.CLAIMED, "Claimed.", actor)
    claims_compare(recording, wanted.right_type)
    claim.refresh_from_db()
    return claim


@transaction.atomic
def claim_evidence_add(*, claim: RightsClaim, proof: Proof, actor: User) -> ClaimEvidence:
    """Add to what a claim rests on.

    Raises
    ------
    ClaimRefusedError
        If nothing is said, or the claim has ended.
    """
    mine = claim_locked(claim)
    if mine.state not in OPEN or not proof.words.strip():
        raise ClaimRefusedError(
            "rights.claim.evidence",
            _(
                "Evidence is added to an open claim, with a word of what it shows. Nothing was added."
            ),
        )
    evidence = evidence_keep(mine, proof, actor)
    claim_record("rights.claim.evidence_added", mine, actor)
    return evidence


@transaction.atomic
def claim_activate(*, claim: RightsClaim, actor: User, reason: str) -> RightsClaim:
    """Accept a claim, and pay out what was held for it; accepted again, nothing happens.

    Raises
    ------
    StaffOnlyError
        If the person is no staff, or has to do with the claim.
    ClaimRefusedError
        If no reason is given, the claim has ended, or more than the whole would be owned.
    """
    mine = claim_to_decide(claim, actor, reason)
    if mine.state == State.ACTIVE:
        return mine
    room_require(mine, without=())
    change = claim_move(mine, State.ACTIVE, reason, actor)
    claims_after(mine, actor, cause=str(change.pk))
    return mine


@transaction.atomic
def claim_reject(*, claim: RightsClaim, actor: User, reason: str) -> RightsClaim:
    """Refuse a claim, or revoke an active one. What was paid stays paid; from now on it is not.

    Raises
    ------
    StaffOnlyError, ClaimRefusedError
        As ``claim_activate``.
    """
    mine = claim_to_decide(claim, actor, reason)
    change = claim_move(mine, State.REJECTED, reason, actor)
    claims_after(mine, actor, cause=str(change.pk))
    return mine


@transaction.atomic
def claim_withdraw(*, claim: RightsClaim, actor: User, reason: str) -> RightsClaim:
    """Take a claim back, as its claimant; what was paid stays paid.

    Raises
    ------
    ClaimRefusedError
        If no reason is given or the claim has ended.
    """
    mine = claim_locked(claim)
    reason_require(reason)
    change = claim_move(mine, State.WITHDRAWN, reason, actor)
    claims_after(mine, actor, cause=str(change.pk))
    return mine


@transaction.atomic
def claim_supersede(
    *,
    claim: RightsClaim,
    wanted: Wanted,
    actor: User,
    reason: str,
    party: Party | None = None,
) -> RightsClaim:
    """Let an active claim end on the day ``wanted`` begins, and that one count from then on.

    The days before stay as they were, as a claim of their own. ``party`` is given when the share
    passes to somebody else.

    Raises
    ------
    StaffOnlyError, ClaimRefusedError
        As ``claim_activate``; also if the claim is not active, or the day is not within it.
    """
    mine = claim_to_decide(claim, actor, reason)
    day = wanted.active_from
    begins = mine.active_from is None or (day is not None and mine.active_from <= day)
    if mine.state != State.ACTIVE or day is None or not begins or is_over(mine, day):
        raise ClaimRefusedError(
            "rights.claim.supersede",
            _(
                "Only an active claim is superseded, from a day within it. Nothing was changed. "
                "Choose a day on which it counts."
            ),
        )
    successor = claim_drawn(mine.recording, party or mine.party, wanted)
    successor.right_type, successor.supersedes = mine.right_type, mine
    earlier = replace(wanted_of(mine), active_to=day)
    parts = [successor]
    if mine.active_from is None or mine.active_from < day:
        parts.insert(0, claim_drawn(mine.recording, mine.party, earlier))
    for part in parts:
        decider_require(actor, part)
        room_require(part, without=(mine,))
    change = claim_move(mine, State.SUPERSEDED, reason, actor)
    for part in parts:
        part.state, part.claimed_by = State.ACTIVE, mine.claimed_by
        part.save(force_insert=True)
        evidence_keep(part, Proof(reason), actor)
        change_keep(part, "", State.ACTIVE, reason, actor)
    claims_after(mine, actor, cause=str(change.pk))
    return successor

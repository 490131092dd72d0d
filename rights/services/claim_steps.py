"""The steps that a claim goes by: locked, judged, moved with a reason, compared with the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from rights.domain.claim_course import OPEN, OverClaim, is_step, overclaims
from rights.domain.shares import percent_text
from rights.exceptions import ClaimRefusedError, StaffOnlyError
from rights.models import ClaimChange, ClaimEvidence, RightsClaim
from rights.policies import can_decide_claim
from rights.selectors.ownership import share_claim_of
from rights.selectors.run_inputs import NO_COUNTRY
from rights.services.suspense import recordings_lock, suspense_release

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User
    from rights.domain.territories import Territories
    from rights.models import Party, Recording

State = RightsClaim.State


@dataclass(frozen=True)
class Wanted:
    """What somebody claims: a share in ppm, where, from a day up to but not including another."""

    share_ppm: int
    territories: str = "world"
    active_from: date | None = None
    active_to: date | None = None
    right_type: str = RightsClaim.RightType.MASTER
    role: str = RightsClaim.Role.OWNER


@dataclass(frozen=True)
class Proof:
    """What a claim rests on: words, and a document if there is one (its key in the storage)."""

    words: str
    key: str = ""
    name: str = ""


def claim_to_decide(claim: RightsClaim, actor: User, reason: str) -> RightsClaim:
    """Lock a claim for somebody who may decide it and says why."""
    mine = claim_locked(claim)
    decider_require(actor, mine)
    reason_require(reason)
    return mine


def decider_require(actor: User, claim: RightsClaim) -> None:
    """Refuse somebody who is no staff, or has to do with who claims or who stands against it."""
    if not can_decide_claim(actor, claim):
        raise StaffOnlyError(
            "rights.claim.second_person",
            _(
                "A claim is decided by somebody of the staff who did not make it and does not "
                "belong to the claimant, nor to anybody else who claims the recording. Nothing "
                "was changed. Ask a colleague."
            ),
        )


def reason_require(reason: str) -> None:
    """Refuse a step without a reason."""
    if not reason.strip():
        raise ClaimRefusedError(
            "rights.claim.no_reason",
            _("Every step of a claim has a reason. Nothing was changed. Say why."),
        )


def room_require(claim: RightsClaim, *, without: Iterable[RightsClaim]) -> None:
    """Refuse what would let more than the whole be owned anywhere on any day."""
    gone = {one.pk for one in without} | {claim.pk}
    active = [
        share_claim_of(one)
        for one in claims_open(claim.recording, claim.right_type)
        if one.state == State.ACTIVE and one.pk not in gone
    ]
    over = overclaims([*active, share_claim_of(claim)])
    if over:
        worst = max(over, key=lambda one: one.excess_ppm)
        words = _(
            "With this claim %(percent)s %% too much would be owned (%(where)s). Nothing was changed. "
            "Reject or supersede what stands against it first."
        )
        raise ClaimRefusedError(
            "rights.claim.too_much",
            words % {"percent": percent_text(worst.excess_ppm), "where": worst.territories},
        )


def claim_move(claim: RightsClaim, to: str, reason: str, actor: User | None) -> ClaimChange:
    """Move a claim that is locked one step on, and keep the step."""
    before = claim.state
    if not is_step(before, to):
        words = _(
            "The claim is “%(state)s”; this step cannot be made any more. Nothing was changed."
        )
        raise ClaimRefusedError("rights.claim.state", words % {"state": claim.get_state_display()})
    claim.state = to
    claim.save(update_fields=["state"])
    return change_keep(claim, before, to, reason, actor)


def change_keep(
    claim: RightsClaim, before: str, to: str, reason: str, actor: User | None
) -> ClaimChange:
    """Keep who moved a claim and why; nobody is the actor of what follows from other claims."""
    if actor is not None:
        claim_record(f"rights.claim.{to}", claim, actor)
    return ClaimChange.objects.create(
        claim=claim, state_from=before, state_to=to, reason=reason.strip(), made_by=actor
    )


def claims_after(claim: RightsClaim, actor: User | None, *, cause: str) -> None:
    """Compare what is open now, and let go what is held and by now somebody's."""
    claims_compare(claim.recording, claim.right_type)
    if claim.right_type == RightsClaim.RightType.MASTER:
        suspense_release(recordings=[claim.recording_id], cause=cause, actor=actor)


def claims_compare(recording: Recording, right_type: str) -> None:
    """Set waiting claims in conflict, or free them of it, as the open claims stand to each other."""
    claims = claims_open(recording, right_type)
    excess: dict[str, OverClaim] = {}
    for over in overclaims(share_claim_of(claim) for claim in claims):
        for key in over.keys:
            if key not in excess or over.excess_ppm > excess[key].excess_ppm:
                excess[key] = over
    for claim in claims:
        against = excess.get(str(claim.pk))
        if claim.state == State.CLAIMED and against:
            words = f"{against.size} over-claim: {percent_text(against.excess_ppm)} % too much"
            claim_move(claim, State.CONFLICT, f"A {words} ({against.territories}).", None)
        elif claim.state == State.CONFLICT and not against:
            claim_move(claim, State.CLAIMED, "Nothing contradicts it any more.", None)


def claim_locked(claim: RightsClaim) -> RightsClaim:
    """Lock the recording and return its claim as it is now."""
    recordings_lock([claim.recording_id])
    rows = RightsClaim.objects.select_related("recording", "party")
    return rows.select_for_update(of=("self",)).get(pk=claim.pk)


def claims_open(recording: Recording, right_type: str) -> list[RightsClaim]:
    """Lock and return what is claimed of a recording and has not ended, in order."""
    rows = RightsClaim.objects.filter(recording=recording, right_type=right_type, state__in=OPEN)
    return list(rows.order_by("pk").select_for_update())


def claim_drawn(recording: Recording, party: Party, wanted: Wanted) -> RightsClaim:
    """Return the claim, unsaved, if it makes sense."""
    claim = RightsClaim(
        recording=recording,
        party=party,
        right_type=wanted.right_type,
        role=wanted.role,
        share_ppm=wanted.share_ppm,
        territories=wanted.territories,
        active_from=wanted.active_from,
        active_to=wanted.active_to,
    )
    try:
        claim.territories = str(_somewhere(share_claim_of(claim).territories))
    except ValueError as error:
        words = _("The claim makes no sense: %(why)s. Nothing was claimed.")
        raise ClaimRefusedError("rights.claim.nonsense", words % {"why": error}) from error
    return claim


def _somewhere(where: Territories) -> Territories:
    """Refuse the code of no country: what is earned nowhere in particular is for the world."""
    if NO_COUNTRY in where.codes:
        msg = f"{NO_COUNTRY} is the code of no country"
        raise ValueError(msg)
    return where


def evidence_keep(claim: RightsClaim, proof: Proof, actor: User) -> ClaimEvidence:
    """Add a row of evidence."""
    return ClaimEvidence.objects.create(
        claim=claim, words=proof.words.strip(), key=proof.key, name=proof.name[:255], given_by=actor
    )


def is_over(claim: RightsClaim, day: date) -> bool:
    """Say whether a claim counts no more on that day."""
    return claim.active_to is not None and claim.active_to <= day


def wanted_of(claim: RightsClaim) -> Wanted:
    """Return what was claimed."""
    return Wanted(*facts_of(claim))


def facts_of(claim: RightsClaim) -> tuple[int, str, date | None, date | None, str, str]:
    """Return what was claimed, to be compared."""
    return (
        claim.share_ppm,
        claim.territories,
        claim.active_from,
        claim.active_to,
        claim.right_type,
        claim.role,
    )


def claim_record(action: str, claim: RightsClaim, actor: User) -> None:
    """Write the step of a person into the trail."""
    audit_record(action=action, actor=actor, organisation=claim.party.organisation, target=claim)

"""The course of a claim: who may take which step, in which state, and what is kept of it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from accounts.models import AuditEntry, Membership
from rights.exceptions import ClaimRefusedError, StaffOnlyError
from rights.models import ClaimChange, ClaimEvidence, RightsClaim
from rights.services.claims import (
    Proof,
    Wanted,
    claim_activate,
    claim_evidence_add,
    claim_reject,
    claim_submit,
    claim_supersede,
    claim_withdraw,
)
from rights.services.personal_data import personal_data_collect, personal_data_erase
from tests.rights.claims.held import claim, state_of_everything
from tests.rights.factories import make_party, make_recording

pytestmark = pytest.mark.django_db
HALF = 500_000


@pytest.fixture
def ours(cast):
    return make_party("Ours", organisation=cast.label)


@pytest.fixture
def theirs(db):
    return make_party("Theirs")


@pytest.fixture
def tune(db):
    return make_recording("Tide")


def course(one):
    return list(one.changes.order_by("pk").values_list("state_from", "state_to", "made_by"))


def test_a_claim_waits_with_its_evidence_and_who_made_it(cast, ours, tune):
    made = claim_submit(
        recording=tune,
        party=ours,
        wanted=Wanted(
            333_333, "IE GB", date(2020, 1, 1), date(2030, 1, 1), role="SuccessorInTitle"
        ),
        proofs=[Proof(" The contract ", "sha256/aa", "contract.pdf"), Proof("The ℗ line")],
        actor=cast.rita,
    )
    assert (made.state, made.share_ppm, made.territories) == ("claimed", 333_333, "GB IE")
    evidence = made.evidence.values_list("words", "key", "name", "given_by")
    assert list(evidence) == [
        ("The contract", "sha256/aa", "contract.pdf", cast.rita.pk),
        ("The ℗ line", "", "", cast.rita.pk),
    ]
    assert course(made) == [("", "claimed", cast.rita.pk)]
    entry = AuditEntry.objects.get(action="rights.claim.claimed")
    assert (entry.actor, entry.organisation) == (cast.rita, cast.label)


def test_the_same_claim_made_twice_is_one(cast, ours, tune):
    first = claim(tune, ours, cast.rita, HALF)
    assert claim(tune, ours, cast.rita, HALF) == first
    assert claim(tune, ours, cast.rita, HALF - 1) != first
    assert RightsClaim.objects.count() == 2


@pytest.mark.parametrize("proofs", [[], [Proof("  ")]])
def test_without_evidence_nothing_is_claimed(cast, ours, tune, proofs):
    with pytest.raises(ClaimRefusedError, match="rests on evidence"):
        claim_submit(
            recording=tune, party=ours, wanted=Wanted(HALF), proofs=proofs, actor=cast.rita
        )
    assert not RightsClaim.objects.exists()
    assert not ClaimEvidence.objects.exists()


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(0),
        Wanted(1_000_001),
        Wanted(HALF, ""),
        Wanted(HALF, "Germany"),
        Wanted(HALF, "world", date(2026, 2, 1), date(2026, 2, 1)),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused(cast, ours, tune, wanted):
    with pytest.raises(ClaimRefusedError, match="makes no sense"):
        claim_submit(
            recording=tune, party=ours, wanted=wanted, proofs=[Proof("Paper")], actor=cast.rita
        )
    assert not RightsClaim.objects.exists()


def test_more_than_the_whole_is_a_conflict_of_all_that_wait(cast, ours, theirs, tune):
    first = claim(tune, ours, cast.rita, 600_000)
    second = claim(tune, theirs, cast.sam, 440_000)
    first.refresh_from_db()
    assert (first.state, second.state) == ("conflict", "conflict")
    last = first.changes.last()
    assert last.made_by is None
    assert last.reason == "A minor over-claim: 4 % too much (world)."


def test_an_active_claim_stays_active_when_another_contradicts_it(cast, ours, theirs, tune, olive):
    first = claim(tune, ours, cast.rita)
    claim_activate(claim=first, actor=cast.sam, reason="The contract is clear")
    second = claim(tune, theirs, olive, 300_000)
    first.refresh_from_db()
    assert (first.state, second.state) == ("active", "conflict")
    assert second.changes.last().reason.startswith("A major over-claim: 30 % too much")


def test_claims_in_other_countries_days_or_rights_are_no_conflict(cast, ours, theirs, tune):
    claim(tune, ours, cast.rita, territories="DE", active_from=date(2026, 1, 1))
    others = [
        claim(tune, theirs, cast.sam, territories="world -DE"),
        claim(tune, theirs, cast.sam, territories="DE", active_to=date(2026, 1, 1)),
        claim(tune, theirs, cast.sam, right_type="publishing"),
        claim(make_recording(), theirs, cast.sam),
    ]
    assert {one.state for one in others} == {"claimed"}
    assert not RightsClaim.objects.filter(state="conflict").exists()


def test_when_one_goes_the_other_is_out_of_the_conflict(cast, ours, theirs, tune, olive):
    first, second = claim(tune, ours, cast.rita), claim(tune, theirs, cast.sam)
    claim_reject(claim=second, actor=olive, reason="The paper is about another song")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("claimed", "rejected")
    assert first.changes.last().reason == "Nothing contradicts it any more."


def test_accepting_twice_is_one_step(cast, ours, tune):
    one = claim(tune, ours, cast.rita)
    for _ in range(2):
        claim_activate(claim=one, actor=cast.sam, reason="Seen")
    assert course(one) == [("", "claimed", cast.rita.pk), ("claimed", "active", cast.sam.pk)]


def test_what_would_make_more_than_the_whole_is_not_accepted(cast, ours, theirs, tune, olive):
    claim_activate(claim=claim(tune, ours, cast.rita, 700_000), actor=cast.sam, reason="Seen")
    second = claim(tune, theirs, cast.sam, 300_001, territories="DE FR")
    before = state_of_everything()
    with pytest.raises(ClaimRefusedError, match=r"0\.0001 % too much would be owned \(DE FR\)"):
        claim_activate(claim=second, actor=olive, reason="Seen")
    assert state_of_everything() == before


@pytest.mark.parametrize("step", [claim_activate, claim_reject])
def test_nobody_decides_on_a_claim_of_their_own(cast, ours, theirs, tune, step):
    mine = claim(tune, theirs, cast.sam)
    before = state_of_everything()
    with pytest.raises(StaffOnlyError, match="did not make it"):
        step(claim=mine, actor=cast.sam, reason="It is mine")
    assert state_of_everything() == before


@pytest.mark.parametrize("step", [claim_activate, claim_reject])
def test_nobody_of_the_claimant_decides_even_as_staff(cast, ours, tune, step):
    one = claim(tune, ours, cast.rita)
    Membership.objects.create(user=cast.sam, organisation=cast.label, role="viewer")
    before = state_of_everything()
    with pytest.raises(StaffOnlyError):
        step(claim=one, actor=cast.sam, reason="Seen")
    assert state_of_everything() == before


@pytest.mark.parametrize("who", ["alice", "rita", "charlie"])
@pytest.mark.parametrize("step", [claim_activate, claim_reject])
def test_only_staff_decides(cast, ours, theirs, tune, who, step):
    one = claim(tune, theirs, cast.sam)
    before = state_of_everything()
    with pytest.raises(StaffOnlyError):
        step(claim=one, actor=getattr(cast, who), reason="Seen")
    assert state_of_everything() == before


@pytest.mark.parametrize("step", [claim_activate, claim_reject, claim_withdraw])
def test_no_step_without_a_reason(cast, ours, tune, step):
    one = claim(tune, ours, cast.rita)
    before = state_of_everything()
    with pytest.raises(ClaimRefusedError, match="has a reason"):
        step(claim=one, actor=cast.sam, reason=" \n")
    assert state_of_everything() == before


@pytest.mark.parametrize("step", [claim_activate, claim_reject, claim_withdraw])
def test_what_has_ended_takes_no_step(cast, ours, tune, step):
    one = claim(tune, ours, cast.rita)
    claim_withdraw(claim=one, actor=cast.rita, reason="Sold")
    before = state_of_everything()
    with pytest.raises(ClaimRefusedError, match="cannot be made any more"):
        step(claim=one, actor=cast.sam, reason="Anyhow")
    assert state_of_everything() == before


def test_a_rejected_claim_can_be_made_again(cast, ours, tune):
    claim_reject(claim=claim(tune, ours, cast.rita), actor=cast.sam, reason="No paper")
    assert claim(tune, ours, cast.rita).state == "claimed"


def test_evidence_is_added_while_a_claim_is_open(cast, ours, tune):
    one = claim(tune, ours, cast.rita)
    claim_evidence_add(claim=one, proof=Proof("A letter"), actor=cast.rita)
    claim_withdraw(claim=one, actor=cast.rita, reason="Sold")
    for proof in (Proof("Another"), Proof(" ")):
        with pytest.raises(ClaimRefusedError, match="Nothing was added"):
            claim_evidence_add(claim=one, proof=proof, actor=cast.rita)
    assert one.evidence.count() == 2


# ---------------------------------------------------------------- superseding


@pytest.fixture
def active(cast, ours, tune):
    one = claim(tune, ours, cast.rita, active_from=date(2026, 1, 1))
    return claim_activate(claim=one, actor=cast.sam, reason="Seen")


def test_the_old_claim_ends_on_the_day_the_new_one_begins(cast, active, theirs, olive):
    sold = claim_supersede(
        claim=active,
        wanted=Wanted(HALF, "world", date(2026, 7, 1)),
        party=theirs,
        actor=olive,
        reason="Half of it was sold",
    )
    active.refresh_from_db()
    assert (active.state, sold.state, sold.supersedes) == ("superseded", "active", active)
    rows = RightsClaim.objects.filter(state="active").order_by("active_from")
    assert [(row.party, row.share_ppm, row.active_from, row.active_to) for row in rows] == [
        (active.party, 1_000_000, date(2026, 1, 1), date(2026, 7, 1)),
        (theirs, HALF, date(2026, 7, 1), None),
    ]
    reasons = set(ClaimChange.objects.filter(made_by=olive).values_list("reason", flat=True))
    assert reasons == {"Half of it was sold"}


def test_from_its_first_day_on_nothing_of_the_old_claim_is_left(cast, active, theirs, olive):
    claim_supersede(
        claim=active, wanted=Wanted(HALF, "world", active.active_from), actor=olive, reason="A slip"
    )
    assert RightsClaim.objects.filter(state="active").count() == 1


@pytest.mark.parametrize("day", [None, date(2025, 12, 31)])
def test_a_claim_is_superseded_from_a_day_within_it(cast, active, olive, day):
    before = state_of_everything()
    with pytest.raises(ClaimRefusedError, match="from a day within it"):
        claim_supersede(claim=active, wanted=Wanted(HALF, "world", day), actor=olive, reason="Sold")
    assert state_of_everything() == before


def test_a_waiting_claim_is_not_superseded(cast, ours, tune, olive):
    one = claim(tune, ours, cast.rita)
    before = state_of_everything()
    with pytest.raises(ClaimRefusedError, match="Only an active claim"):
        claim_supersede(
            claim=one, wanted=Wanted(1, "world", date(2026, 1, 1)), actor=olive, reason="Sold"
        )
    assert state_of_everything() == before


def test_a_successor_has_room_like_any_other(cast, ours, theirs, tune, olive):
    claim_activate(claim=claim(tune, theirs, cast.rita, HALF), actor=olive, reason="Seen")
    one = claim(tune, ours, cast.rita, HALF)
    claim_activate(claim=one, actor=cast.sam, reason="Seen")
    before = state_of_everything()
    with pytest.raises(ClaimRefusedError, match="10 % too much"):
        claim_supersede(
            claim=one,
            wanted=Wanted(600_000, "world", date(2026, 1, 1)),
            actor=olive,
            reason="Bought more",
        )
    assert state_of_everything() == before


# ---------------------------------------------------------------- who is forgotten


def test_a_person_is_told_of_their_claims_and_can_be_forgotten(cast, ours, tune):
    one = claim(tune, ours, cast.rita, HALF)
    told = personal_data_collect(user_id=cast.rita.pk)
    assert [(each["recording"], each["share_ppm"]) for each in told["claims"]] == [
        (tune.isrc, HALF)
    ]
    assert [each["words"] for each in told["evidence"]] == ["The recording contract of 2019"]
    personal_data_erase(user_id=cast.rita.pk)
    one.refresh_from_db()
    assert (one.claimed_by, one.evidence.get().given_by, course(one)) == (
        None,
        None,
        [("", "claimed", None)],
    )


# ---------------------------------------------------------------- the database's own word


@pytest.mark.parametrize(
    "attack",
    [
        lambda one: RightsClaim.objects.filter(pk=one.pk).update(share_ppm=1),
        lambda one: RightsClaim.objects.filter(pk=one.pk).update(territories="DE"),
        lambda one: RightsClaim.objects.filter(pk=one.pk).delete(),
        lambda one: one.changes.update(reason="Otherwise"),
        lambda one: one.changes.all().delete(),
        lambda one: one.evidence.update(words="Otherwise"),
        lambda one: one.evidence.all().delete(),
    ],
)
def test_what_was_claimed_and_its_course_stay(cast, ours, tune, attack):
    one = claim(tune, ours, cast.rita)
    before = (list(RightsClaim.objects.values()), list(one.changes.values()), list(one.evidence.values()))  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        attack(one)
    assert before == (
        list(RightsClaim.objects.values()),
        list(one.changes.values()),
        list(one.evidence.values()),
    )

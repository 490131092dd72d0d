"""What people and staff may do with a match, and what is refused with nothing changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import AuditEntry, Membership
from config.jobs.models import Job
from rights.exceptions import MatchStateError, RecordingBlockedError, StaffOnlyError
from rights.models import Match, MatchCandidate, MatchChange
from rights.policies import (
    can_add_import,
    can_add_song_set,
    can_change_import,
    can_change_song_set,
    can_confirm_match,
    can_override_match,
    can_view_import,
    can_view_match,
    can_view_song_set,
)
from rights.services.matching import (
    match_confirm,
    match_override,
    match_reopen,
    match_retry,
    match_start,
    match_track_ready,
)
from rights.services.second_tries import matches_try_again
from rights.tasks.sweep import sweep
from tests.library.factories import make_track
from tests.rights.factories import make_block, make_match, make_recording, make_song_set

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


def to_choose(track, *, score=900_000, sources=("shazam",), skew=0, doubt="several") -> Match:
    """Return a match with two candidates."""
    match = make_match(track, "choose", doubt=doubt)
    for rank in (1, 2):
        MatchCandidate.objects.create(
            match=match,
            recording=make_recording(),
            method="shazam",
            score_ppm=score,
            rank=rank,
            evidence={"sources": list(sources), "skew_ppm": skew},
        )
    return match


def snapshot(match: Match) -> dict:
    row = Match.objects.filter(pk=match.pk).values().get()
    return {**row, "changes": match.changes.count(), "trail": AuditEntry.objects.count()}


# ------------------------------------------------------------ begun


def test_a_match_begins_once_however_often_it_is_asked_for(cast):
    track = make_track(cast.studio)
    first = match_start(track=track, actor=cast.alice)
    assert match_start(track=track, actor=cast.bob) == first
    assert Job.objects.filter(kind="track.identify").count() == 1
    assert first.changes.get().actor == cast.alice


def test_what_waits_for_its_analysis_begins_when_that_is_there(cast):
    track = make_track(cast.studio, state="analysing")
    match = match_start(track=track, actor=cast.alice)
    match_track_ready(track=track)
    assert match.job is None
    track.state = "ready"
    track.save()
    for _twice in range(2):
        match_track_ready(track=track)
    match.refresh_from_db()
    assert match.job.kind == "track.identify"
    assert Job.objects.count() == 1


def test_a_ready_track_without_a_match_is_left_alone(cast):
    match_track_ready(track=make_track(cast.studio))
    assert not Match.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "failed"},
        {"state": "refused", "refusal_code": "x"},
        {"deleted_at": timezone.now()},
    ],
)
def test_what_cannot_be_heard_is_not_begun(cast, fields):
    with pytest.raises(MatchStateError):
        match_start(track=make_track(cast.studio, **fields), actor=cast.alice)
    assert not Match.objects.exists()


def test_a_new_round_forgets_the_candidates_and_keeps_the_history(cast):
    match = to_choose(make_track(cast.studio))
    match_retry(match=match, actor=cast.alice)
    again = match_retry(match=match, actor=cast.bob)  # pressed by two people
    assert (again.state, again.round, again.doubt) == ("matching", 2, "")
    assert not again.candidates.exists()
    assert Job.objects.filter(kind="track.identify").count() == 1
    assert again.changes.count() == 1


def test_a_confirmed_match_is_not_identified_again_over_peoples_heads(cast):
    match = make_match(make_track(cast.studio))
    before = snapshot(match)
    with pytest.raises(MatchStateError, match="Reopen it first"):
        match_retry(match=match, actor=cast.alice)
    assert snapshot(match) == before


# ------------------------------------------------------------ confirmed


def test_a_person_confirms_a_candidate_and_it_is_written_down(cast):
    match = to_choose(make_track(cast.studio))
    second = match.candidates.get(rank=2).recording
    match_confirm(match=match, recording=second, actor=cast.bob)
    match.refresh_from_db()
    assert (match.state, match.recording, match.confirmed_by) == ("matched", second, cast.bob)
    assert (match.method, match.score_ppm) == ("shazam", 900_000)
    change = match.changes.get()
    assert (change.from_state, change.to_recording, change.actor) == ("choose", second, cast.bob)
    entry = AuditEntry.objects.get(action="rights.match.confirmed")
    assert (entry.organisation, entry.data["recording"]) == (cast.studio, str(second.pk))


def test_confirming_the_same_again_changes_nothing(cast):
    match = to_choose(make_track(cast.studio))
    first = match.candidates.get(rank=1).recording
    match_confirm(match=match, recording=first, actor=cast.alice)
    before = snapshot(match)
    match_confirm(match=match, recording=first, actor=cast.bob)
    assert snapshot(match) == before


def test_of_two_people_the_first_is_right_and_the_second_is_told(cast):
    match = to_choose(make_track(cast.studio))
    first, second = (candidate.recording for candidate in match.candidates.order_by("rank"))
    match_confirm(match=match, recording=first, actor=cast.alice)
    before = snapshot(match)
    with pytest.raises(MatchStateError, match="matched already"):
        match_confirm(match=match, recording=second, actor=cast.bob)
    assert snapshot(match) == before


def test_what_is_no_candidate_cannot_be_confirmed(cast):
    match = to_choose(make_track(cast.studio))
    before = snapshot(match)
    with pytest.raises(MatchStateError, match="not among the candidates"):
        match_confirm(match=match, recording=make_recording(), actor=cast.alice)
    assert snapshot(match) == before


def test_a_blocked_recording_is_refused_with_the_owners_name(cast):
    match = to_choose(make_track(cast.studio))
    first = match.candidates.get(rank=1).recording
    make_block(recording=first)
    before = snapshot(match)
    with pytest.raises(RecordingBlockedError, match="Rita does not allow"):
        match_confirm(match=match, recording=first, actor=cast.alice)
    assert snapshot(match) == before


def test_a_match_is_reopened_to_its_candidates(cast):
    match = to_choose(make_track(cast.studio))
    match_confirm(match=match, recording=match.candidates.first().recording, actor=cast.alice)
    reopened = match_reopen(match=match, actor=cast.bob)
    assert (reopened.state, reopened.recording, reopened.confirmed_at) == ("choose", None, None)
    assert [change.to_state for change in reopened.changes.all()] == ["matched", "choose"]


# ------------------------------------------------------------ staff


def test_staff_overrule_with_a_reason(cast):
    match = make_match(make_track(cast.studio), doubt="conflict")
    was, right = match.recording, make_recording()
    match_override(match=match, recording=right, actor=cast.sam, reason=" The label showed us. ")
    match.refresh_from_db()
    assert (match.recording, match.method, match.doubt) == (right, "override", "")
    change = match.changes.get()
    assert (change.from_recording, change.reason) == (was, "The label showed us.")
    assert AuditEntry.objects.get(action="rights.match.overridden").actor == cast.sam
    assert Job.objects.get(kind="track.learn").params == {"match": str(match.pk)}


def test_overruling_is_for_staff_and_never_without_a_reason_or_against_an_owner(cast):
    match = make_match(make_track(cast.studio))
    blocked, free = make_recording(), make_recording()
    make_block(recording=blocked)
    before = snapshot(match)
    for actor, recording, reason, error in (
        (cast.alice, free, "I say so", StaffOnlyError),
        (cast.sam, free, "   ", MatchStateError),
        (cast.sam, blocked, "I say so", RecordingBlockedError),
    ):
        with pytest.raises(error):
            match_override(match=match, recording=recording, actor=actor, reason=reason)
    assert snapshot(match) == before


# ------------------------------------------------------------ what the index may learn


@pytest.mark.parametrize(
    ("fields", "learns"),
    [
        ({}, True),
        ({"sources": ("shazam", "isrc")}, True),
        ({"sources": ("isrc",)}, False),
        ({"sources": ("index",)}, False),
        ({"score": 700_000, "doubt": "weak"}, False),
        ({"skew": 5_000, "doubt": "altered"}, False),
        ({"doubt": "conflict"}, False),
    ],
)
def test_the_index_learns_only_what_somebody_outside_has_heard(cast, fields, learns):
    match = to_choose(make_track(cast.studio), **fields)
    match_confirm(match=match, recording=match.candidates.first().recording, actor=cast.alice)
    assert Job.objects.filter(kind="track.learn").exists() is learns


def test_what_was_searched_for_teaches_the_index_nothing(cast):
    match = make_match(make_track(cast.studio), "none")
    match_confirm(match=match, recording=make_recording(), actor=cast.alice, method="search")
    assert not Job.objects.exists()


# ------------------------------------------------------------ who may


def test_roles(cast):
    def member(user, organisation):
        return Membership.objects.get(user=user, organisation=organisation)

    alice, bob, vera = (member(u, cast.studio) for u in (cast.alice, cast.bob, cast.vera))
    charlie, rita = member(cast.charlie, cast.charlies), member(cast.rita, cast.label)
    song_set = make_song_set(cast.studio, 1)
    match = make_match(song_set.entries.get().track)
    may = {"alice": alice, "bob": bob, "vera": vera, "charlie": charlie, "rita": rita}

    def allowed(policy, *about):
        return {name for name, membership in may.items() if policy(membership, *about)}

    assert allowed(can_add_song_set) == {"alice", "bob", "charlie"}
    assert allowed(can_view_song_set, song_set) == {"alice", "bob", "vera"}
    assert allowed(can_change_song_set, song_set) == {"alice", "bob"}
    assert allowed(can_view_match, match) == {"alice", "bob", "vera"}
    assert allowed(can_confirm_match, match) == {"alice", "bob"}
    assert allowed(can_add_import) == {"rita"}
    from rights.models import ImportRun

    run = ImportRun(organisation=cast.label)
    assert allowed(can_view_import, run) == allowed(can_change_import, run) == {"rita"}
    assert [can_override_match(user) for user in (cast.sam, cast.alice)] == [True, False]
    song_set.frozen_at = timezone.now()
    assert allowed(can_change_song_set, song_set) == set()


def test_every_change_of_a_match_has_a_reason(cast):
    match = to_choose(make_track(cast.studio))
    match_confirm(match=match, recording=match.candidates.first().recording, actor=cast.alice)
    match_reopen(match=match, actor=cast.alice)
    match_retry(match=match, actor=cast.alice)
    assert all(MatchChange.objects.values_list("reason", flat=True))


# ------------------------------------------------------------ asked again by itself


def test_what_waited_for_a_service_is_asked_again_by_itself_but_not_for_ever(cast):
    now = timezone.now()
    waiting, tired, fresh, other = (
        make_match(make_track(cast.studio), "problem", **fields)
        for fields in ({}, {"round": 6}, {}, {"problem_code": "no_isrc"})
    )
    Match.objects.exclude(pk=fresh.pk).update(updated_at=now - timedelta(minutes=5))
    assert matches_try_again(now=now) == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.round, waiting.job.kind) == ("matching", 2, "track.identify")
    for untouched in (tired, fresh, other):
        untouched.refresh_from_db()
        assert untouched.state == "problem"
    assert matches_try_again(now=now) == 0


def test_the_look_at_what_waits_is_scheduled(db):
    schedule = apps.get_model("django_q", "Schedule").objects.get(func="rights.tasks.sweep.sweep")
    assert (schedule.minutes, schedule.cluster) == (3, "mail")
    sweep(a_newer_argument=1)

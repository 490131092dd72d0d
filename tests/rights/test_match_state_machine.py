"""Any order of people, staff, answers and re-identifications keeps a match truthful.

Alice and Bob press buttons with what they saw last, staff overrule, owners block and allow, and
answers of old rounds arrive late. The model remembers who confirmed what.
"""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from config.jobs.models import Job
from config.jobs.services import job_cancel
from config.lib.errors import DomainError
from rights.domain.matching import Catalogued, Findings, Heard, decide
from rights.models import Consent, Match, MatchCandidate, MatchEvidence
from rights.selectors.consents import consent_of
from rights.services.identification import Answered, evidence_add, match_decided
from rights.services.matching import (
    match_confirm,
    match_override,
    match_reopen,
    match_retry,
    match_start,
)
from rights.services.song_sets import song_set_accept_strong
from tests.cast import make_cast
from tests.library.factories import make_track
from tests.rights.factories import make_match, make_recording, make_song_set

TODAY = date(2026, 11, 21)
RECORDINGS = 3
PPMS = st.sampled_from([100_000, 500_000, 900_000, 990_000])
ANSWER = st.lists(
    st.tuples(
        st.integers(0, RECORDINGS - 1),
        st.sampled_from(["index", "shazam"]),
        PPMS,
        st.sampled_from([0, 20_000]),
    ),
    max_size=3,
)


class Matching(RuleBasedStateMachine):
    """One song of Alice's studio, three recordings it may be."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.cast = make_cast()
        self.people = [self.cast.alice, self.cast.bob]
        self.recordings = [make_recording() for _ in range(RECORDINGS)]
        self.song_set = make_song_set(self.cast.studio, 1)
        self.track = self.song_set.entries.get().track
        self.match = match_start(track=self.track, actor=self.cast.alice)
        self.evidence = 0
        self.rounds = 1

    def teardown(self) -> None:
        """Forget everything of this example."""
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    # ------------------------------------------------------------ what may happen

    @rule(answer=ANSWER, silent=st.booleans(), late=st.integers(0, 1))
    def an_answer_comes(self, answer: list, silent: bool, late: int) -> None:
        """A round of identification ends, perhaps one that is over."""
        now = self._match()
        number = max(1, now.round - late)
        said = Answered("shazam", "1", "a" * 64, "hit" if answer else "miss", {"hits": []})
        before = MatchEvidence.objects.count()
        evidence_add(match=now, round_number=number, answered=said)
        self.evidence += MatchEvidence.objects.count() - before
        known = {r.isrc: r for r in self.recordings}
        findings = Findings(
            duration_ms=65_900,
            heard=tuple(
                Heard(source, self.recordings[at].isrc, ppm, skew)
                for at, source, ppm, skew in answer
            ),
            catalogue={isrc: Catalogued(isrc, 65_900) for isrc in known},
            silent=("shazam",) if silent else (),
            has_listened=True,
        )
        decision = decide(findings)
        decided = match_decided(match=now, round_number=number, decision=decision, recordings=known)
        if now.state != "matching" or number != now.round:
            assert self._row(decided) == self._row(now), "a late answer changed something"
        elif decided.state == "matched":
            assert not self._is_blocked(decided.recording)

    @rule(who=st.integers(0, 1), at=st.integers(0, RECORDINGS - 1))
    def somebody_confirms(self, who: int, at: int) -> None:
        """A person confirms what they saw as a candidate, whatever has happened since."""
        recording, was = self.recordings[at], self._match()
        is_offered = was.candidates.filter(recording=recording).exists()
        may = was.state != "matched" and is_offered and not self._is_blocked(recording)
        same = was.state == "matched" and was.recording_id == recording.pk
        self._do(
            lambda: match_confirm(match=was, recording=recording, actor=self.people[who]),
            may=may or same,
            changes=may,
        )

    @rule(who=st.integers(0, 1), at=st.integers(0, RECORDINGS - 1))
    def somebody_finds_it_by_search(self, who: int, at: int) -> None:
        """A person confirms what a search showed."""
        recording, was = self.recordings[at], self._match()
        may = was.state != "matched" and not self._is_blocked(recording)
        same = was.state == "matched" and was.recording_id == recording.pk
        actor = self.people[who]
        self._do(
            lambda: match_confirm(match=was, recording=recording, actor=actor, method="search"),
            may=may or same,
            changes=may,
        )

    @rule(who=st.integers(0, 1))
    def somebody_reopens(self, who: int) -> None:
        """A person takes a confirmation back."""
        was = self._match()
        may = was.recording_id is not None
        self._do(lambda: match_reopen(match=was, actor=self.people[who]), may=may, changes=may)

    @rule(who=st.integers(0, 1))
    def somebody_tries_again(self, who: int) -> None:
        """A person asks for another round."""
        was = self._match()
        may = was.state != "matched"
        is_dead = was.job is not None and was.job.state == "cancelled"
        self._do(
            lambda: match_retry(match=was, actor=self.people[who]),
            may=may,
            changes=may and (was.state != "matching" or is_dead),
        )

    @rule(
        at=st.integers(0, RECORDINGS - 1), by_staff=st.booleans(), reason=st.sampled_from(["", "x"])
    )
    def staff_overrule(self, at: int, by_staff: bool, reason: str) -> None:
        """Staff, or somebody who is not, overrule."""
        recording, was = self.recordings[at], self._match()
        actor = self.cast.sam if by_staff else self.cast.alice
        may = by_staff and bool(reason) and not self._is_blocked(recording)
        self._do(
            lambda: match_override(match=was, recording=recording, actor=actor, reason=reason),
            may=may,
            changes=may,
        )

    @rule(who=st.integers(0, 1))
    def somebody_accepts_all_strong(self, who: int) -> None:
        """A person presses the one button."""
        was = self._match()
        accepted = song_set_accept_strong(song_set=self.song_set, actor=self.people[who])
        assert accepted == (self._row(self._match()) != self._row(was))

    @rule(at=st.integers(0, RECORDINGS - 1), state=st.sampled_from(["allowed", "blocked"]))
    def an_owner_speaks(self, at: int, state: str) -> None:
        """An owner blocks a recording, or what was said is withdrawn."""
        recording = self.recordings[at]
        if state == "blocked":
            Consent.objects.create(
                recording=recording,
                state=state,
                valid_from=date(2020, 1, 1),
                said_by="Rita",
                source="contract",
            )
        else:
            from django.utils import timezone

            open_ones = Consent.objects.filter(recording=recording, withdrawn_at=None)
            open_ones.update(withdrawn_at=timezone.now(), withdrawn_reason="x")

    @precondition(lambda self: Job.objects.filter(state="queued").exists())
    @rule()
    def the_job_gives_up(self) -> None:
        """The worker loses the job for good."""
        for job in Job.objects.filter(state="queued"):
            job_cancel(job=job)

    # ------------------------------------------------------------ what must hold

    @invariant()
    def the_history_is_a_chain_that_ends_here(self) -> None:
        """Every change begins where the one before ended, and the last is what stands."""
        match = self._match()
        changes = list(match.changes.order_by("id"))
        ends = [("", None), *((c.to_state, c.to_recording_id) for c in changes)]
        begins = [(c.from_state, c.from_recording_id) for c in changes]
        assert begins == ends[:-1]
        assert ends[-1] == (match.state, match.recording_id)
        assert all(change.reason for change in changes)

    @invariant()
    def what_is_matched_was_confirmed(self) -> None:
        """By somebody, or by the rules; and the method says how."""
        match = self._match()
        if match.state == "matched":
            assert match.recording is not None
            assert match.confirmed_at is not None
            assert match.method
        else:
            assert match.confirmed_at is None
            assert match.confirmed_by is None

    @invariant()
    def evidence_only_grows(self) -> None:
        """Whatever people do, what was found out stays."""
        assert MatchEvidence.objects.filter(match=self.match).count() == self.evidence

    @invariant()
    def rounds_only_grow_and_candidates_belong_to_the_last(self) -> None:
        """A new round begins without candidates."""
        match = self._match()
        assert match.round >= self.rounds
        if match.round > self.rounds:
            assert match.state != "matching" or not match.candidates.exists()
        self.rounds = match.round
        ranks = list(match.candidates.order_by("rank").values_list("rank", flat=True))
        assert ranks == list(range(1, len(ranks) + 1))

    # ------------------------------------------------------------ small things

    def _match(self) -> Match:
        return Match.objects.get(pk=self.match.pk)

    def _row(self, match: Match) -> tuple:
        return (match.state, match.recording_id, match.round, match.confirmed_by_id)

    def _is_blocked(self, recording) -> bool:
        return consent_of(recording, TODAY).is_blocked

    def _do(self, act, *, may: bool, changes: bool) -> None:
        """Do something that is allowed or not; what is refused changes nothing."""
        before, told = self._row(self._match()), self._match().changes.count()
        try:
            with transaction.atomic():
                act()
        except DomainError:
            assert not may
            assert self._row(self._match()) == before
        else:
            assert may
        assert self._match().changes.count() - told == changes


@pytest.mark.slow
@pytest.mark.django_db
def test_any_order_of_people_and_answers_keeps_a_match_truthful():
    run_state_machine_as_test(
        Matching,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_confirm_one_recording(cast):
    match = make_match(make_track(cast.studio), "choose", doubt="several")
    for rank in (1, 2):
        MatchCandidate.objects.create(
            match=match, recording=make_recording(), method="index", score_ppm=900_000, rank=rank
        )
    ready, ended = threading.Barrier(2), []

    def confirm(rank: int, actor) -> None:
        recording = match.candidates.get(rank=rank).recording
        ready.wait(timeout=10)
        try:
            match_confirm(match=match, recording=recording, actor=actor)
            ended.append("confirmed")
        except DomainError as error:
            ended.append(error.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=confirm, args=(1, cast.alice)),
        threading.Thread(target=confirm, args=(2, cast.bob)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(ended) == ["confirmed", "rights.match.matched"]
    assert match.changes.count() == 1

"""What owners allow and forbid: whose word goes before whose, from when, and what a mistake leaves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from rights.exceptions import MatchStateError, RecordingBlockedError
from rights.selectors.consents import consent_of, consents_of
from rights.services.consents import (
    Said,
    consent_check,
    consent_end,
    consent_record,
    consent_withdraw,
)
from tests.rights.factories import make_block, make_party, make_recording

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


def test_a_recordings_own_consent_beats_its_labels(db):
    label = make_party()
    recording, other = make_recording(label=label), make_recording(label=label)
    make_block(label=label)
    said = Said("allowed_with_terms", TODAY, "Rita", "contract", terms="Named in the credits.")
    consent_record(subject=recording, said=said, actor=None)
    answers = consents_of([recording, other, make_recording()], TODAY)
    assert [answer.state for answer in answers.values()] == [
        "allowed_with_terms",
        "blocked",
        "unknown",
    ]
    assert answers[recording.pk].terms == "Named in the credits."


def test_of_equal_rank_the_stricter_holds(db):
    recording = make_recording()
    for state in ("allowed", "blocked", "allowed"):
        consent_record(subject=recording, said=Said(state, TODAY, "Rita", "statement"), actor=None)
    assert consent_of(recording, TODAY).state == "blocked"


def test_training_needs_the_word_of_everybody_who_is_heard(db):
    label = make_party()
    yes = Said("allowed", TODAY, "Rita", "contract", may_train=True)
    no = Said("allowed", TODAY, "Rita", "contract")
    of_label, own, torn = (make_recording(label=label) for _ in range(3))
    consent_record(subject=label, said=yes, actor=None)
    consent_record(subject=own, said=no, actor=None)
    for said in (yes, no):
        consent_record(subject=torn, said=said, actor=None)
    silent = make_recording()
    answers = consents_of([of_label, own, torn, silent], TODAY)
    assert [answer.may_train for answer in answers.values()] == [True, False, False, False]


def test_a_consent_holds_from_its_first_day_to_the_day_before_its_end(cast):
    recording = make_recording()
    said = Said("allowed", TODAY, "Rita", "contract")
    consent = consent_record(subject=recording, said=said, actor=cast.sam)
    consent_end(consent=consent, on=TODAY + timedelta(days=2), actor=cast.sam)
    states = [consent_of(recording, TODAY + timedelta(days=n)).state for n in (-1, 0, 1, 2)]
    assert states == ["unknown", "allowed", "allowed", "unknown"]
    with pytest.raises(MatchStateError):
        consent_end(consent=consent, on=TODAY + timedelta(days=9), actor=cast.sam)
    consent.refresh_from_db()
    assert consent.valid_to == TODAY + timedelta(days=2)


def test_what_was_entered_by_mistake_is_withdrawn_with_a_reason_once(cast):
    recording = make_recording()
    consent = make_block(recording=recording)
    with pytest.raises(MatchStateError):
        consent_withdraw(consent=consent, reason=" ", actor=cast.sam, now=timezone.now())
    assert consent_of(recording, TODAY).is_blocked
    consent_withdraw(consent=consent, reason="Another Rita.", actor=cast.sam, now=timezone.now())
    assert consent_of(recording, TODAY).state == "unknown"
    with pytest.raises(MatchStateError):
        consent_withdraw(consent=consent, reason="Again.", actor=cast.sam, now=timezone.now())
    consent.refresh_from_db()
    assert consent.withdrawn_reason == "Another Rita."


def test_the_check_names_everything_that_is_blocked(db):
    free, first, second = (make_recording(title) for title in ("Free", "One", "Two"))
    assert consent_check(recordings=[free], on=TODAY)[free.pk].state == "unknown"
    for recording in (first, second):
        make_block(recording=recording)
    with pytest.raises(RecordingBlockedError) as refusal:
        consent_check(recordings=[free, first, second], on=TODAY)
    assert "“One”" in refusal.value.message
    assert "“Two”" in refusal.value.message
    assert "“Free”" not in refusal.value.message


def test_ten_answers_cost_two_queries(django_assert_num_queries, db):
    recordings = [make_recording(label=make_party(f"Label {n}")) for n in range(10)]
    with django_assert_num_queries(2):
        consents_of(recordings, TODAY)

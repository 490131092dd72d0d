"""What the database itself refuses, whoever writes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from rights.models import (
    Consent,
    Match,
    MatchChange,
    MatchEvidence,
    OwnerHint,
    Recording,
    RecordingFact,
    SongSet,
    SongSetEntry,
)
from tests.library.factories import make_track
from tests.rights.factories import make_match, make_party, make_recording, make_song_set

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def check_deferred() -> None:
    """Check what the commit would check."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def commit(act: Callable[[], object]) -> None:
    """Do ``act`` in a transaction of its own, to the end."""
    with transaction.atomic():
        act()
        check_deferred()


def frozen_set(cast) -> SongSet:
    song_set = make_song_set(cast.studio, 10, matched=True)
    for entry in song_set.entries.select_related("track__match"):
        entry.recording = entry.track.match.recording
        entry.save()
    SongSet.objects.filter(pk=song_set.pk).update(frozen_at=NOW)
    song_set.refresh_from_db()
    return song_set


@pytest.mark.parametrize(
    "isrc", ["QZTEN260000", "qzten2600001", "12TEN2600001", "QZTEN26A0001", ""]
)
def test_an_isrc_that_is_none_is_refused(db, isrc):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_recording(isrc=isrc)
    assert not Recording.objects.exists()


def test_two_recordings_cannot_share_an_isrc(db):
    first = make_recording()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_recording(isrc=first.isrc)
    assert Recording.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "sure"},
        {"state": "matched", "recording": None},
        {"state": "matched", "confirmed_at": None},
        {"state": "matched", "method": ""},
        {"state": "choose", "doubt": "mood"},
        {"state": "problem", "problem_code": "", "problem": ""},
        {"state": "choose", "problem_code": "x", "problem": "x"},
        {"state": "choose", "confirmed_at": NOW},
        {"state": "none", "score_ppm": 1_000_001},
    ],
)
def test_a_match_that_says_two_things_at_once_is_refused(cast, wrong):
    track = make_track(cast.studio)
    good = {"recording": make_recording(), "method": "isrc", "confirmed_at": NOW}
    fields = (good if wrong["state"] == "matched" else {}) | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(track=track, **fields)
    assert not Match.objects.exists()


def test_a_track_has_one_match(cast):
    track = make_track(cast.studio)
    make_match(track)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_match(track)
    assert Match.objects.count() == 1


def test_evidence_history_facts_and_hints_cannot_be_changed_or_removed(cast):
    match = make_match(make_track(cast.studio))
    recording = match.recording
    rows = [
        MatchEvidence.objects.create(match=match, round=1, recogniser="shazam", outcome="hit"),
        MatchChange.objects.create(match=match, to_state="matched", reason="Ticked by itself."),
        RecordingFact.objects.create(
            recording=recording, field="title", value="A", source="apple_music", confidence_ppm=1
        ),
        OwnerHint.objects.create(
            recording=recording,
            source="p_line",
            role="owner",
            name="A",
            normalised="a",
            confidence_ppm=1,
        ),
    ]
    for row in rows:
        model = type(row)
        for act in (
            lambda m=model: m.objects.update(id=F("id")),
            lambda m=model: m.objects.all().delete(),
        ):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                act()
        assert model.objects.get() == row


def test_what_the_triggers_wrote_about_rows_cannot_be_changed(cast):
    match = make_match(make_track(cast.studio))
    Match.objects.filter(pk=match.pk).update(score_ppm=1)
    events = match._meta.apps.get_model("rights", "MatchEvent").objects
    assert list(events.values_list("pgh_label", "score_ppm")) == [
        ("insert", 990_000),
        ("update", 1),
    ]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        events.all().delete()
    assert events.count() == 2


@pytest.mark.parametrize(
    "change",
    [{"weight_ppm": 1}, {"position": 11}, {"position": 0}],
)
def test_a_set_that_is_not_whole_does_not_commit(cast, change):
    song_set = make_song_set(cast.studio, 3)
    entry = song_set.entries.last()
    with pytest.raises(IntegrityError):
        commit(lambda: SongSetEntry.objects.filter(pk=entry.pk).update(**change))
    assert [e.position for e in song_set.entries.all()] == [1, 2, 3]


def test_a_gap_between_positions_does_not_commit(cast):
    song_set = make_song_set(cast.studio, 2)
    with pytest.raises(IntegrityError, match="last position"):
        commit(lambda: song_set.entries.filter(position=2).update(position=3))
    assert [e.position for e in song_set.entries.all()] == [1, 2]


def test_a_frozen_set_never_changes(cast):
    song_set = frozen_set(cast)
    check_deferred()
    before = list(song_set.entries.values_list("track", "position", "weight_ppm", "recording"))
    entries, sets = song_set.entries, SongSet.objects.filter(pk=song_set.pk)
    acts = [
        lambda: entries.update(weight_ppm=F("weight_ppm")),
        lambda: entries.update(recording=None),
        lambda: entries.first().delete(),
        lambda: song_set.entries.create(position=1, track=make_track(cast.studio), weight_ppm=0),
        lambda: sets.update(frozen_at=None),
        lambda: sets.update(name="Other"),
        lambda: sets.update(deleted_at=NOW),
        sets.delete,
    ]
    for act in acts:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    song_set.refresh_from_db()
    assert (song_set.frozen_at, song_set.name) == (NOW, "Ten")
    after = list(song_set.entries.values_list("track", "position", "weight_ppm", "recording"))
    assert after == before


def test_a_frozen_set_may_forget_the_person(cast):
    song_set = frozen_set(cast)
    SongSet.objects.filter(pk=song_set.pk).update(created_by=None, name="Deleted set")
    song_set.refresh_from_db()
    assert song_set.name == "Deleted set"


@pytest.mark.parametrize("songs", [9, 10])
def test_fewer_than_ten_recordings_cannot_be_frozen(cast, songs):
    song_set = make_song_set(cast.studio, songs, matched=True)
    same = make_recording()
    song_set.entries.update(recording=same)  # ten songs, one recording
    with pytest.raises(IntegrityError, match="ten songs"), transaction.atomic():
        SongSet.objects.filter(pk=song_set.pk).update(frozen_at=NOW)
    song_set.refresh_from_db()
    assert song_set.frozen_at is None


def test_a_set_is_not_born_frozen(cast):
    with pytest.raises(IntegrityError, match="ten songs"), transaction.atomic():
        SongSet.objects.create(organisation=cast.studio, name="Ten", frozen_at=NOW)
    assert not SongSet.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": None},
        {"recording": "one too"},
        {"state": "maybe"},
        {"state": "allowed_with_terms"},
        {"terms": "but nobody said there were"},
        {"valid_to": date(2025, 12, 31)},
        {"said_by": ""},
        {"withdrawn_reason": "though it was not"},
        {"state": "blocked", "may_train": True},
    ],
)
def test_a_consent_that_says_too_little_or_too_much_is_refused(db, wrong):
    if "recording" in wrong:
        wrong = {"recording": make_recording()}
    good = {
        "label": make_party(),
        "state": "allowed",
        "valid_from": date(2026, 1, 1),
        "said_by": "Rita",
        "source": "contract",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(**(good | wrong))
    assert not Consent.objects.exists()


def test_what_was_said_stays_said(db):
    consent = Consent.objects.create(
        label=make_party(), state="blocked", valid_from=NOW.date(), said_by="R", source="contract"
    )
    mine = Consent.objects.filter(pk=consent.pk)
    changes = ({"said_by": "X"}, {"valid_from": date(2020, 1, 1)})
    for change in ({"state": "allowed"}, {"state": "allowed", "may_train": True}, *changes):
        with pytest.raises(IntegrityError, match="stays said"), transaction.atomic():
            mine.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        mine.delete()
    mine.update(withdrawn_at=NOW, withdrawn_reason="Wrong label.")
    with pytest.raises(IntegrityError), transaction.atomic():
        mine.update(withdrawn_at=None, withdrawn_reason="")
    consent.refresh_from_db()
    assert (consent.state, consent.withdrawn_reason) == ("blocked", "Wrong label.")


def test_a_temporary_table_does_not_stand_in_for_the_songs_of_a_set(cast):
    song_set = make_song_set(cast.studio, 2, matched=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE rights_songsetentry ON COMMIT DROP AS SELECT %s::uuid AS "
            "song_set_id, gen_random_uuid() AS recording_id FROM generate_series(1, 10)",
            [song_set.pk],
        )

    with pytest.raises(IntegrityError, match="has not ten songs"), transaction.atomic():
        SongSet.objects.filter(pk=song_set.pk).update(frozen_at=NOW)
    assert SongSet.objects.get(pk=song_set.pk).frozen_at is None

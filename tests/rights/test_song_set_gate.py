"""Song sets: the gate of ten, freezing, accepting in bulk, and the page that shows it."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditEntry
from rights.exceptions import MatchStateError, SongSetRefusedError
from rights.models import Consent, Match, MatchCandidate, SongSet
from rights.selectors.song_set_page import song_set_page
from rights.services.matching import match_reopen
from rights.services.song_sets import (
    song_set_accept_strong,
    song_set_add,
    song_set_delete,
    song_set_freeze,
    song_set_remove,
    song_set_rename,
    song_set_reorder,
    song_set_replace,
    song_set_weights,
)
from tests.library.factories import make_track
from tests.rights.factories import make_match, make_party, make_recording, make_song_set, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("constraints_checked")]


def gate(song_set: SongSet, user):
    return song_set_page(song_set, user=user).gate


# ------------------------------------------------------------ the gate


def test_the_gate_opens_for_ten_of_ten(cast):
    song_set = make_song_set(cast.studio, 10, matched=True)
    assert gate(song_set, cast.alice) == (found := gate(song_set, cast.bob))
    assert (found.open, found.matched, found.reasons, found.places) == (True, 10, (), ())


def test_the_gate_says_exactly_what_is_missing(cast):
    song_set = make_song_set(cast.studio, 8, matched=True)
    matches = [entry.track.match for entry in song_set.entries.order_by("position")]
    open_ = {"recording": None, "confirmed_at": None, "method": ""}
    for index, fields in {
        0: {"state": "choose", **open_},
        1: {"state": "none", **open_},
        2: {"state": "matching", **open_},
        3: {"state": "problem", "problem_code": "no_isrc", "problem": "x", **open_},
        5: {"recording": matches[4].recording},
        6: {"state": "matching", **open_},
    }.items():
        Match.objects.filter(pk=matches[index].pk).update(**fields)
    Consent.objects.create(
        recording=matches[7].recording,
        state="blocked",
        valid_from=date(2020, 1, 1),
        said_by="Rita",
        source="contract",
    )
    found = gate(song_set, cast.alice)
    assert (found.open, found.matched) == (False, 1)
    assert dict(zip(found.reasons, found.places, strict=True)) == {
        "Add 2 more songs.": (9, 10),
        "Choose the right recording for song 1.": (1,),
        "Search for song 2, or remove it: nobody knows it.": (2,),
        "Songs 3 and 7 are still being identified.": (3, 7),
        "Song 4 has a problem; its row says which.": (4,),
        "Song 6 is a recording that is in the set already. Replace it.": (6,),
        "Replace song 8: its owner does not allow its use.": (8,),
    }


def test_a_set_is_frozen_with_its_recordings_once(cast):
    song_set = make_song_set(cast.studio, 10, matched=True)
    frozen = song_set_freeze(song_set=song_set, actor=cast.alice)
    assert frozen.frozen_at is not None
    for entry in frozen.entries.select_related("track__match"):
        assert entry.recording_id == entry.track.match.recording_id
    again = song_set_freeze(song_set=song_set, actor=cast.bob)
    assert again.frozen_at == frozen.frozen_at
    assert AuditEntry.objects.filter(action="rights.song_set.frozen").count() == 1


def test_a_frozen_set_keeps_its_recording_when_a_match_is_reopened(cast):
    song_set = make_song_set(cast.studio, 10, matched=True)
    song_set_freeze(song_set=song_set, actor=cast.alice)
    entry = song_set.entries.first()
    was = entry.track.match.recording_id
    match_reopen(match=entry.track.match, actor=cast.alice)
    entry.refresh_from_db()
    assert entry.recording_id == was


def test_a_closed_gate_cannot_be_frozen_through(cast):
    song_set = make_song_set(cast.studio, 9, matched=True)
    with pytest.raises(SongSetRefusedError, match="Add 1 more song"):
        song_set_freeze(song_set=song_set, actor=cast.alice)
    song_set.refresh_from_db()
    assert song_set.frozen_at is None
    assert not song_set.entries.filter(recording__isnull=False).exists()


def test_a_frozen_or_deleted_set_refuses_every_change(cast):
    frozen = make_song_set(cast.studio, 10, matched=True)
    song_set_freeze(song_set=frozen, actor=cast.alice)
    deleted = make_song_set(cast.studio, 2)
    song_set_delete(song_set=deleted, actor=cast.alice)
    for song_set in (frozen, deleted):
        before = state_of(song_set)
        entry = song_set.entries.first()
        ids = [each.pk for each in song_set.entries.all()]
        who = {"song_set": song_set, "actor": cast.alice}
        for act in (
            lambda w=who: song_set_add(tracks=[make_track(cast.studio)], **w),
            lambda w=who, e=entry: song_set_remove(entry=e, **w),
            lambda w=who, e=entry: song_set_replace(entry=e, track=make_track(cast.studio), **w),
            lambda w=who, i=ids: song_set_reorder(order=i, **w),
            lambda w=who, i=ids: song_set_weights(weights=dict.fromkeys(i, 1), **w),
            lambda w=who: song_set_rename(name="Other", **w),
            lambda w=who: song_set_delete(**w),
        ):
            with pytest.raises(SongSetRefusedError):
                act()
        assert state_of(song_set) == before


# ------------------------------------------------------------ accept all strong


def several(cast, *, doubt="several", score=950_000) -> tuple[SongSet, Match]:
    song_set = make_song_set(cast.studio, 1)
    match = make_match(song_set.entries.get().track, "choose", doubt=doubt)
    for rank in (1, 2):
        MatchCandidate.objects.create(
            match=match, recording=make_recording(), method="shazam", score_ppm=score, rank=rank
        )
    return song_set, match


def test_accepting_all_strong_takes_the_first_of_several(cast):
    song_set, match = several(cast)
    assert song_set_page(song_set, user=cast.alice).strong_waiting == 1
    assert song_set_accept_strong(song_set=song_set, actor=cast.alice) == 1
    match.refresh_from_db()
    assert (match.state, match.confirmed_by) == ("matched", cast.alice)
    assert match.recording == match.candidates.get(rank=1).recording
    assert song_set_accept_strong(song_set=song_set, actor=cast.alice) == 0


@pytest.mark.parametrize(
    "fields", [{"doubt": "weak", "score": 400_000}, {"doubt": "altered"}, {"doubt": "conflict"}]
)
def test_what_has_to_be_looked_at_is_not_accepted_in_bulk(cast, fields):
    song_set, match = several(cast, **fields)
    assert song_set_accept_strong(song_set=song_set, actor=cast.alice) == 0
    match.refresh_from_db()
    assert (match.state, match.recording) == ("choose", None)


def test_accepting_all_strong_leaves_out_what_is_blocked(cast):
    song_set, match = several(cast)
    best = match.candidates.get(rank=1).recording
    best.label = make_party()
    best.save()
    Consent.objects.create(
        label=best.label,
        state="blocked",
        valid_from=date(2020, 1, 1),
        said_by="Rita",
        source="contract",
    )
    assert song_set_accept_strong(song_set=song_set, actor=cast.alice) == 0
    match.refresh_from_db()
    assert match.state == "choose"


# ------------------------------------------------------------ the page


def test_ten_rows_cost_as_many_queries_as_one(cast, django_assert_max_num_queries):
    sizes = []
    for songs in (1, 10):
        song_set = make_song_set(cast.studio, songs)
        for entry in song_set.entries.all():
            match = make_match(entry.track, "choose", doubt="several")
            for rank in (1, 2):
                MatchCandidate.objects.create(
                    match=match,
                    recording=make_recording(label=make_party(f"L{match.pk}{rank}")),
                    method="index",
                    score_ppm=900_000,
                    rank=rank,
                )
        with django_assert_max_num_queries(12) as asked:
            page = song_set_page(song_set, user=cast.alice)
        assert len(page.rows) == songs
        sizes.append(len(asked))
    assert sizes[0] == sizes[1]


def test_the_page_names_the_twin_and_the_blocked(cast):
    song_set = make_song_set(cast.studio, 2, matched=True)
    first, second = (entry.track.match for entry in song_set.entries.order_by("position"))
    Match.objects.filter(pk=second.pk).update(recording=first.recording)
    row = song_set_page(song_set, user=cast.alice).rows[1]
    assert (row.state, row.problem_code, row.twin_of) == ("problem", "twin", 1)
    assert "song 1" in row.problem


def test_the_tag_of_the_page_changes_with_what_is_seen_and_with_nothing_else(cast):
    song_set = make_song_set(cast.studio, 2, matched=True)
    tag = song_set_page(song_set, user=cast.alice).tag
    assert song_set_page(song_set, user=cast.alice).tag == tag
    match_reopen(match=song_set.entries.first().track.match, actor=cast.alice)
    assert song_set_page(song_set, user=cast.alice).tag != tag


def test_reopening_what_is_not_matched_is_refused(cast):
    match = make_match(make_track(cast.studio), "none")
    with pytest.raises(MatchStateError):
        match_reopen(match=match, actor=cast.alice)
    match.refresh_from_db()
    assert match.state == "none"

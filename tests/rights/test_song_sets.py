"""Song sets: filled, emptied, ordered and weighted; and everything that is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from config.jobs.models import Job
from library.models import Track
from rights.domain.weights import PPM, weight_of_newcomer, weights_equal, weights_scaled
from rights.exceptions import SongSetRefusedError
from rights.models import Match, SongSet
from rights.services.song_sets import (
    song_set_add,
    song_set_create,
    song_set_remove,
    song_set_reorder,
    song_set_replace,
    song_set_weights,
)
from tests.library.factories import make_track
from tests.rights.factories import make_song_set, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("constraints_checked")]


def weights_of(song_set: SongSet) -> list[int]:
    return [weight for _track, _position, weight in state_of(song_set)]


# ------------------------------------------------------------ filled and emptied


def test_a_set_is_made_from_the_library_and_begins_to_identify(cast):
    tracks = [make_track(cast.studio) for _ in range(3)]
    song_set = song_set_create(
        organisation=cast.studio, name="  Summer   ten ", actor=cast.alice, tracks=tracks
    )
    assert song_set.name == "Summer ten"
    assert [track for track, _p, _w in state_of(song_set)] == [track.pk for track in tracks]
    assert weights_of(song_set) == [333_334, 333_333, 333_333]
    assert Match.objects.filter(state="matching").count() == 3
    assert Job.objects.filter(kind="track.identify", tenant=cast.studio.pk).count() == 3
    assert AuditEntry.objects.get(action="rights.song_set.created").actor == cast.alice


def test_a_track_that_is_not_ready_waits_for_its_analysis(cast):
    track = make_track(cast.studio, state="analysing")
    song_set_create(organisation=cast.studio, name="", actor=cast.alice, tracks=[track])
    assert Match.objects.get().job is None
    assert not Job.objects.exists()


def test_the_same_track_again_stays_where_it_is(cast):
    song_set = make_song_set(cast.studio, 2)
    before = state_of(song_set)
    first = song_set.entries.first().track
    song_set_add(song_set=song_set, tracks=[first, first], actor=cast.alice)
    assert state_of(song_set) == before


def test_an_eleventh_song_is_refused_and_nothing_is_added(cast):
    song_set = make_song_set(cast.studio, 9)
    before = state_of(song_set)
    two = [make_track(cast.studio), make_track(cast.studio)]
    with pytest.raises(SongSetRefusedError, match="1 places are free"):
        song_set_add(song_set=song_set, tracks=two, actor=cast.alice)
    assert state_of(song_set) == before
    assert not Match.objects.exists()


@pytest.mark.parametrize("fields", [{"state": "refused", "refusal_code": "x"}, {"state": "failed"}])
def test_a_track_that_cannot_be_used_is_refused(cast, fields):
    song_set = make_song_set(cast.studio, 1)
    before = state_of(song_set)
    with pytest.raises(SongSetRefusedError):
        song_set_add(
            song_set=song_set, tracks=[make_track(cast.studio, **fields)], actor=cast.alice
        )
    assert state_of(song_set) == before


def test_a_track_of_another_workspace_is_refused_without_its_name(cast):
    song_set = make_song_set(cast.studio, 1)
    before = state_of(song_set)
    theirs = make_track(cast.charlies, "Secret")
    for act in (
        lambda: song_set_add(song_set=song_set, tracks=[theirs], actor=cast.alice),
        lambda: song_set_replace(
            song_set=song_set, entry=song_set.entries.first(), track=theirs, actor=cast.alice
        ),
    ):
        with pytest.raises(SongSetRefusedError) as refusal:
            act()
        assert "Secret" not in refusal.value.message
    assert state_of(song_set) == before
    assert not Match.objects.filter(track=theirs).exists()


def test_a_song_is_taken_out_once_and_the_others_close_up(cast):
    song_set = make_song_set(cast.studio, 4)
    gone = song_set.entries.get(position=2)
    kept = [track for track, position, _w in state_of(song_set) if position != 2]
    for _twice in range(2):
        song_set_remove(song_set=song_set, entry=gone, actor=cast.alice)
    assert [track for track, _p, _w in state_of(song_set)] == kept
    assert [position for _t, position, _w in state_of(song_set)] == [1, 2, 3]
    assert weights_of(song_set) == [333_334, 333_333, 333_333]
    assert AuditEntry.objects.filter(action="rights.song_set.song_removed").count() == 1
    assert Track.objects.filter(pk=gone.track_id).exists()


def test_a_song_is_replaced_in_its_place_and_with_its_weight(cast):
    song_set = make_song_set(cast.studio, 2)
    first, second = song_set.entries.all()
    song_set_weights(song_set=song_set, weights={first.pk: 3, second.pk: 1}, actor=cast.alice)
    fresh = make_track(cast.studio)
    song_set_replace(song_set=song_set, entry=first, track=fresh, actor=cast.alice)
    assert state_of(song_set)[0] == (fresh.pk, 1, 750_000)
    assert fresh.match.state == "matching"


def test_a_song_cannot_stand_in_two_places(cast):
    song_set = make_song_set(cast.studio, 2)
    first, second = song_set.entries.all()
    before = state_of(song_set)
    with pytest.raises(SongSetRefusedError, match="in the set already"):
        song_set_replace(song_set=song_set, entry=first, track=second.track, actor=cast.alice)
    song_set_remove(song_set=song_set, entry=second, actor=cast.alice)
    with pytest.raises(SongSetRefusedError, match="not in the set any more"):
        song_set_replace(
            song_set=song_set, entry=second, track=make_track(cast.studio), actor=cast.alice
        )
    assert state_of(song_set)[0][0] == before[0][0]


# ------------------------------------------------------------ order and weights


def test_songs_are_brought_into_any_order(cast):
    song_set = make_song_set(cast.studio, 3)
    ids = [entry.pk for entry in song_set.entries.all()]
    song_set_reorder(song_set=song_set, order=[ids[2], ids[0], ids[1]], actor=cast.alice)
    found = song_set.entries.order_by("position").values_list("pk", flat=True)
    assert list(found) == [ids[2], ids[0], ids[1]]


@pytest.mark.parametrize("wrong", [[], [0], [0, 0, 1], [0, 1, 2, 2]])
def test_an_order_that_does_not_name_each_song_once_is_refused(cast, wrong):
    song_set = make_song_set(cast.studio, 3)
    before = state_of(song_set)
    ids = [entry.pk for entry in song_set.entries.all()]
    with pytest.raises(SongSetRefusedError):
        song_set_reorder(song_set=song_set, order=[ids[i] for i in wrong], actor=cast.alice)
    assert state_of(song_set) == before


def test_weights_are_scaled_to_a_million(cast):
    song_set = make_song_set(cast.studio, 3)
    ids = [entry.pk for entry in song_set.entries.all()]
    wanted = {ids[0]: 1, ids[1]: 1, ids[2]: 5}
    song_set_weights(song_set=song_set, weights=wanted, actor=cast.alice)
    assert weights_of(song_set) == [142_857, 142_857, 714_286]


@pytest.mark.parametrize("wrong", [{}, {0: 1}, {0: 1, 1: 1, 2: -1}])
def test_weights_that_leave_a_song_out_or_are_negative_are_refused(cast, wrong):
    song_set = make_song_set(cast.studio, 3)
    before = state_of(song_set)
    ids = [entry.pk for entry in song_set.entries.all()]
    weights = {ids[index]: weight for index, weight in wrong.items()}
    with pytest.raises(SongSetRefusedError):
        song_set_weights(song_set=song_set, weights=weights, actor=cast.alice)
    assert state_of(song_set) == before


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=10))
def test_scaled_weights_are_a_million_and_keep_the_order(wanted):
    scaled = weights_scaled(wanted)
    assert sum(scaled) == PPM
    if any(wanted):
        total = sum(wanted)
        assert all(
            abs(s * total - PPM * w) < 2 * total for s, w in zip(scaled, wanted, strict=True)
        )
    assert weights_scaled(scaled) == scaled or max(scaled) - min(scaled) <= 1


@given(st.lists(st.booleans(), max_size=30))
def test_adding_and_removing_never_makes_equal_songs_unequal(steps):
    weights: list[int] = []
    for is_add in steps:
        if is_add and len(weights) < 10:
            weights = weights_scaled([*weights, weight_of_newcomer(weights)])
        elif not is_add and weights:
            weights = weights_scaled(weights[1:])
        assert weights == weights_equal(len(weights))

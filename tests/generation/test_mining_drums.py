"""Heard strokes and played ones: what leaks from one drum's band into another's is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.composition.mining.drums import (
    BACKBEAT,
    BEATS,
    HALF_TIME,
    MOST_KICKS,
    MOST_LATE,
    MOST_SNARES,
    mine_drums,
    mine_grooves,
    played_hits,
)
from generation.composition.mining.measured import read_analysis
from generation.composition.units import STEPS
from library.analysis.types import DrumHit
from tests.generation.songs import analysis

heard = st.lists(
    st.builds(
        DrumHit,
        step=st.integers(0, STEPS - 1),
        piece=st.sampled_from(["kick", "snare", "hat"]),
        velocity=st.integers(30, 127),
        offset_ms=st.floats(-20, 20),
        probability=st.floats(0.5, 1),
    ),
    max_size=40,
    unique_by=lambda hit: (hit.step, hit.piece),
)


def hits(**rows):
    """Return heard strokes from rows of sixteen characters: X loud, x soft."""
    found = [
        DrumHit(step, piece, 120 if c == "X" else 80, 0.0, 1.0)
        for piece, row in rows.items()
        for step, c in enumerate(row)
        if c != "."
    ]
    return tuple(sorted(found, key=lambda hit: (hit.step, hit.piece)))


def row(played, piece):
    """Return where a piece is struck, as the row it came from."""
    own = {hit.step for hit in played if hit.piece == piece}
    return "".join("x" if step in own else "." for step in range(STEPS))


# ---------------------------------------------------------------- leaks into the snare


def test_a_snare_under_a_kick_is_the_kicks_beater():
    """What the analysis of a breakbeat hears, and what its drummer plays."""
    played = played_hits(hits(kick="X.X.......Xx....", snare="x.x.X.....x.X..."))
    assert row(played, "snare") == "....x.......x..."
    assert row(played, "kick") == "x.x.......xx...."


def test_a_backbeat_with_a_kick_under_it_stays():
    played = played_hits(hits(kick="X...X...X...X...", snare="....X.......X..."))
    assert row(played, "snare") == "....x.......x..."


def test_a_snare_between_kicks_stays_whatever_it_plays():
    played = played_hits(hits(kick="X.......X.......", snare="....X..x....X..x"))
    assert row(played, "snare") == "....x..x....x..x"


def test_a_snare_on_three_stays_where_there_is_none_on_two_and_four():
    slow = played_hits(hits(kick="X.......X.......", snare="x.......X......."))
    assert row(slow, "snare") == "........x......."


def test_a_snare_on_three_over_a_kick_goes_where_two_and_four_have_one():
    usual = played_hits(hits(kick="X.......X.......", snare="x...X...x...X..."))
    assert row(usual, "snare") == "....x.......x..."


def test_hats_are_never_touched():
    crowded = hits(kick="XXXXXXXXXXXXXXXX", snare="XXXXXXXXXXXXXXXX", hat="X.xxX.xxX.xxX.xx")
    assert row(played_hits(crowded), "hat") == "x.xxx.xxx.xxx.xx"


# ---------------------------------------------------------------- leaks into the kick


def test_a_house_beat_is_freed_from_the_bass_between_its_kicks():
    played = played_hits(hits(kick="X.X.X.x.X.X.X.X.", snare="....X.......X..."))
    assert row(played, "kick") == "x...x...x...x..."


def test_six_kicks_are_a_foot_and_stay():
    busy = "X..X..X.X..X..X."
    assert row(played_hits(hits(kick=busy)), "kick") == busy.lower()


def test_of_too_many_kicks_the_beats_stay_and_then_the_loudest():
    played = played_hits(hits(kick="X.xX..XxX.XxXxx."))
    own = row(played, "kick")
    assert own.count("x") == MOST_KICKS
    assert [own[step] for step in (0, 8, 12)] == ["x", "x", "x"]
    assert [own[step] for step in (3, 6, 10)] == ["x", "x", "x"]


def test_of_too_many_snares_the_backbeat_stays():
    played = played_hits(hits(kick="X...............", snare=".xxXxxXx.xXxxXxX"))
    own = row(played, "snare")
    assert own.count("x") == MOST_SNARES
    assert own[4] == own[12] == "x"


# ---------------------------------------------------------------- any bar


@given(heard)
def test_what_is_played_was_heard(strokes):
    played = played_hits(strokes)
    assert set(played) <= set(strokes)
    assert [hit for hit in strokes if hit in set(played)] == list(played)


@given(heard)
def test_one_foot_and_one_hand_can_play_it(strokes):
    played = played_hits(strokes)
    assert sum(hit.piece == "kick" for hit in played) <= MOST_KICKS
    assert sum(hit.piece == "snare" for hit in played) <= MOST_SNARES


@given(heard)
def test_the_beats_of_the_kick_are_never_lost(strokes):
    before = {hit.step for hit in strokes if hit.piece == "kick"} & BEATS
    after = {hit.step for hit in played_hits(strokes) if hit.piece == "kick"}
    assert before <= after


@given(heard)
def test_the_backbeat_is_never_lost(strokes):
    before = {hit.step for hit in strokes if hit.piece == "snare"}
    after = {hit.step for hit in played_hits(strokes) if hit.piece == "snare"}
    assert before & BACKBEAT <= after
    if not before & BACKBEAT:
        assert before & {HALF_TIME} <= after


@given(heard)
def test_hearing_what_was_played_changes_little(strokes):
    """A second pass finds no leak that the first one left, unless kicks went that hid a snare."""
    once = played_hits(strokes)
    assert set(played_hits(once)) <= set(once)
    if sum(hit.piece == "kick" for hit in strokes) <= MOST_KICKS:
        assert played_hits(once) == once


@given(heard, st.randoms())
def test_the_order_of_the_strokes_decides_nothing(strokes, random):
    shuffled = list(strokes)
    random.shuffle(shuffled)
    assert set(played_hits(shuffled)) == set(played_hits(strokes))


# ---------------------------------------------------------------- whole songs


@pytest.fixture(scope="module")
def song():
    return read_analysis(analysis(1))


def test_a_unit_holds_the_played_strokes_of_its_pattern(song):
    for unit, pattern in zip(mine_drums(song, "s"), song.drums, strict=True):
        assert {(hit.step, hit.piece, hit.velocity) for hit in unit.hits} == {
            (hit.step, hit.piece, hit.velocity) for hit in played_hits(pattern.hits)
        }
        assert unit.is_heard
        assert 0 < unit.energy <= 1


def test_a_fuller_bar_has_more_energy(song):
    few, many = (
        replace(song, drums=(replace(song.drums[0], hits=strokes),))
        for strokes in (
            hits(kick="X.......X.......", snare="....X.......X...", hat="X......."),
            hits(kick="X.......X.......", snare="....X.......X...", hat="XxXxXxXxXxXxXxXx"),
        )
    )
    assert mine_drums(few, "s")[0].energy < mine_drums(many, "s")[0].energy


@pytest.mark.parametrize(
    "spoilt",
    [
        {"confidence": 0.49},
        {"steps": 12},
        {"hits": hits(kick="X.......X...")},
        {"hits": hits(hat="XxXxXxXxXxXxXxXx")},
    ],
)
def test_a_pattern_that_is_unsure_in_three_or_hardly_there_gives_nothing(song, spoilt):
    one = replace(song, drums=(replace(song.drums[0], **spoilt),))
    assert mine_drums(one, "s") == mine_grooves(one, "s") == ()


def test_a_groove_is_late_against_the_strong_beats_and_within_bounds(song):
    strokes = tuple(
        replace(hit, offset_ms=9.0 if hit.step % 8 == 0 else 400.0)
        for hit in hits(kick="X.......X.......", hat="X.X.X.X.X.X.X.X.")
    )
    groove = mine_grooves(replace(song, drums=(replace(song.drums[0], hits=strokes),)), "s")[0]
    assert groove.late[0] == groove.late[8] == 0
    assert groove.late[2] == groove.late[4] == MOST_LATE
    assert groove.late[1] == 0


def test_a_groove_accents_what_was_struck_harder_than_its_own_mean(song):
    strokes = hits(kick="X.......X.......", hat="X.x.X.x.X.x.X.x.")
    groove = mine_grooves(replace(song, drums=(replace(song.drums[0], hits=strokes),)), "s")[0]
    assert groove.accent[4] > 1 > groove.accent[6]
    assert all(0.7 <= accent <= 1.25 for accent in groove.accent)

"""A bar of drums states its beat: what a heard bar lacks is added, what was written is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.composition.timekeeping import (
    BACKBEAT,
    BACKBEATERS,
    BEATS,
    BETWEEN,
    EIGHTHS,
    HALF_TIME,
    OFF_BEAT,
    OPEN,
    TIME_KEEPERS,
    added_hits,
    lacking,
    pulse,
)
from generation.composition.units import STEPS, DrumUnit, Hit

HEARD, WRITTEN = 0.8, 1.0
PIECES = ("kick", "snare", "hat", "open", "ride", "rim", "clap", "shaker", "tom")
strokes = st.builds(
    Hit,
    step=st.integers(0, STEPS - 1),
    piece=st.sampled_from(PIECES),
    velocity=st.integers(1, 127),
)
bars = st.lists(strokes, max_size=24, unique_by=lambda hit: (hit.step, hit.piece)).map(tuple)


def bar(confidence=HEARD, **rows):
    """Return a bar from rows of sixteen characters: "x" is a stroke."""
    hits = [
        Hit(step, piece, 100)
        for piece, row in rows.items()
        for step, c in enumerate(row)
        if c == "x"
    ]
    return DrumUnit(id="bar", confidence=confidence, hits=tuple(hits), energy=0.5)


def unit(hits, confidence=HEARD):
    return DrumUnit(id="any", confidence=confidence, hits=hits, energy=0.5)


def whole(one, others=()):
    """Return every stroke that is played of a bar."""
    return (*one.hits, *added_hits(one, others))


def steps(hits, *pieces):
    return {hit.step for hit in hits if hit.piece in pieces}


PLAIN = bar(kick="x.......x.......", snare="....x.......x...", hat="x.x.x.x.x.x.x.x.")
BREAK = bar(kick="x.x.......xx....", snare="....x.......x...", hat="x.x.x..x....x.x.")


# ---------------------------------------------------------------- what is added


def test_a_bar_that_states_its_beat_is_played_as_it_was_heard():
    assert added_hits(PLAIN) == ()
    assert lacking(PLAIN) == 0


@given(bars)
def test_every_heard_bar_is_played_with_a_one_a_backbeat_and_a_clock(hits):
    played = whole(unit(hits))
    assert 0 in steps(played, "kick")
    snares = steps(played, *BACKBEATERS)
    assert set(BACKBEAT) <= snares or HALF_TIME in snares
    assert steps(played, *TIME_KEEPERS)


@given(bars)
def test_on_every_beat_of_a_heard_bar_something_with_highs_is_struck(hits):
    assert set(BEATS) <= steps(whole(unit(hits)), *TIME_KEEPERS, *BACKBEATERS)


@given(bars)
def test_nothing_is_struck_twice_and_nothing_heard_is_taken_away(hits):
    added = added_hits(unit(hits))
    places = [(hit.step, hit.piece) for hit in (*hits, *added)]
    assert len(places) == len(set(places))
    assert all(0 <= hit.step < STEPS and 1 <= hit.velocity <= 127 for hit in added)


@given(bars)
def test_a_bar_with_what_was_added_lacks_nothing_more(hits):
    complete = unit(whole(unit(hits)))
    assert added_hits(complete) == ()
    assert lacking(complete) == 0


def test_a_missing_backbeat_is_struck_on_both_beats():
    silent = bar(kick="x.......x.......", hat="x.x.x.x.x.x.x.x.")
    assert steps(added_hits(silent), "snare") == {4, 12}


@pytest.mark.parametrize("piece", BACKBEATERS)
def test_half_a_backbeat_is_completed_on_the_piece_that_plays_it(piece):
    half = bar(kick="x.......x.......", hat="x.x.x.x.x.x.x.x.", **{piece: "....x..........."})
    assert [(hit.step, hit.piece) for hit in added_hits(half)] == [(12, piece)]


def test_half_time_is_no_missing_backbeat():
    slow = bar(kick="x.........x.....", snare="........x.......", hat="x.x.x.x.x.x.x.x.")
    assert added_hits(slow) == ()


def test_a_snare_on_three_beside_one_on_two_is_no_half_time():
    both = bar(kick="x...............", snare="....x...x.......", hat="x.x.x.x.x.x.x.x.")
    assert steps(added_hits(both), "snare") == {12}


def test_a_kick_opens_a_bar_that_begins_without_one():
    late = bar(kick="..x...x.........", snare="....x.......x...", hat="x.x.x.x.x.x.x.x.")
    assert steps(added_hits(late), "kick") >= {0}
    assert 0 not in steps(late.hits, "kick")


def test_where_nobody_keeps_time_a_hat_plays_eighths():
    bare = bar(kick="x.......x.......", snare="....x.......x...")
    assert added_hits(bare) == EIGHTHS
    assert steps(EIGHTHS, "hat") == set(range(0, STEPS, 2))


def test_the_eighths_lean_on_the_beats():
    on = [hit.velocity for hit in EIGHTHS if hit.step % 4 == 0]
    off = [hit.velocity for hit in EIGHTHS if hit.step % 4]
    assert min(on) > max(off)


# ---------------------------------------------------------------- the third beat


def test_a_third_beat_that_nobody_strikes_gets_a_kick():
    assert (8, "kick") in [(hit.step, hit.piece) for hit in added_hits(BREAK)]


def test_a_third_beat_that_bass_or_comping_strikes_is_left_to_them():
    assert steps(added_hits(BREAK, {8, 3}), "kick") == set()
    assert steps(added_hits(BREAK, {6, 10}), "kick") == {8}


@given(bars, st.sets(st.integers(0, STEPS - 1)))
def test_whatever_the_others_play_the_third_beat_is_stated(hits, others):
    played = whole(unit(hits), others)
    assert HALF_TIME in others | steps(played, "kick", *BACKBEATERS)


@given(bars, st.sets(st.integers(0, STEPS - 1)))
def test_what_the_others_play_changes_nothing_but_the_third_kick(hits, others):
    alone, together = added_hits(unit(hits)), added_hits(unit(hits), others)
    differ = set(alone) ^ set(together)
    assert {(hit.step, hit.piece) for hit in differ} <= {(HALF_TIME, "kick")}
    assert len(together) <= len(alone)


# ---------------------------------------------------------------- what was written


@given(bars)
def test_what_a_person_wrote_gets_a_clock_or_nothing(hits):
    added = added_hits(unit(hits, WRITTEN))
    keeps_time = bool(steps(hits, *TIME_KEEPERS))
    assert added == (() if keeps_time else EIGHTHS)


def test_a_written_bar_is_left_alone_and_yet_weighed_by_the_same_measure():
    written = bar(WRITTEN, kick="x.......x.......", hat="x.x.x.x.x.x.x.x.")
    assert added_hits(written) == ()
    assert lacking(written) == lacking(unit(written.hits)) > 0


def test_only_what_an_analysis_heard_is_heard():
    assert unit((), HEARD).is_heard
    assert not unit((), WRITTEN).is_heard


# ---------------------------------------------------------------- how much is missing


@given(bars)
def test_lack_is_a_part(hits):
    assert 0 <= lacking(unit(hits)) <= 1


def test_a_silent_bar_lacks_everything():
    assert lacking(unit(())) == 1


@given(bars, strokes)
def test_one_stroke_more_never_makes_a_bar_lack_much_more(hits, stroke):
    """A stroke can turn half time into a broken backbeat, and no more than that."""
    more = tuple({(hit.step, hit.piece): hit for hit in (*hits, stroke)}.values())
    assert lacking(unit(more)) <= lacking(unit(hits)) + 1 / 3 + 1 / 12 + 1e-9


def test_a_missing_drum_weighs_more_than_a_missing_hat():
    no_kick = bar(snare="....x.......x...", hat="x.x.x.x.x.x.x.x.")
    no_hat = bar(kick="x.......x.......", snare="....x.......x...", hat="..x...x...x...x.")
    assert lacking(no_kick) > lacking(no_hat) > 0


# ---------------------------------------------------------------- the pulse


@given(strokes)
def test_strokes_on_beats_keep_their_force_and_none_gains_any(stroke):
    factor = pulse(stroke)
    assert 0 < factor <= 1
    if stroke.step % 4 == 0:
        assert factor == 1


@pytest.mark.parametrize("piece", ["kick", "snare", "hat", "clap", "rim", "tom"])
def test_the_farther_from_the_beat_the_softer(piece):
    on, eighth, sixteenth = (pulse(Hit(step, piece, 100)) for step in (4, 6, 7))
    assert (on, eighth, sixteenth) == (1.0, OFF_BEAT, BETWEEN)
    assert on > eighth > sixteenth


@pytest.mark.parametrize("piece", sorted(OPEN))
def test_what_lives_between_the_beats_keeps_its_force_there(piece):
    assert {pulse(Hit(step, piece, 90)) for step in range(STEPS)} == {1.0}

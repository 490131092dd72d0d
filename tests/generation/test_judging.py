"""Which attempt at a cell is kept: each habit of a good line is worth something, by itself."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.composition.chords import Chord
from generation.composition.judging import (
    MOST_IN_A_ROW,
    MOST_REPEATS,
    STEPWISE,
    WANTED_CHORD_TONES,
    WANTED_RANGE,
    WANTED_STEPS,
    judge,
)
from generation.composition.singer import Sung, Task

SCALE = (0, 2, 4, 5, 7, 9, 11)
TONIC = Chord(0, "maj")


def pitch_of(degree):
    return 60 + 12 * (degree // 7) + SCALE[degree % 7]


def line(*degrees, step=4, logp=-1.0):
    """Return a line of scale steps above middle C, one to a beat."""
    return [
        Sung(
            step=step * n,
            length=step,
            degree=degree,
            pitch=pitch_of(degree),
            owed=np.array([1.0]),
            follows=False,
            changed=False,
            order=1,
            logp=logp,
        )
        for n, degree in enumerate(degrees)
    ]


def task(count, **change):
    given_ = {
        "strokes": tuple((4 * n, 4) for n in range(count)),
        "chords": (TONIC,) * count,
        "first_step": 0,
        "low": 55,
        "high": 79,
        "centre": 66.0,
        "closing": "",
    }
    return Task(**{**given_, **change})


def worth(*degrees, **change):
    return judge(task(len(degrees), **change), line(*degrees))


PLAIN = (0, 1, 2, 3, 4, 3, 2, 0)
degrees = st.lists(st.integers(-3, 10), min_size=2, max_size=12)


# ---------------------------------------------------------------- one habit at a time


def test_a_line_that_steps_is_worth_more_than_one_that_jumps():
    assert worth(*PLAIN) > worth(0, 4, 0, 4, 0, 4, 0, 4)


def test_steps_are_wanted_two_times_of_three():
    """A line of steps alone is as far from it as one with a leap in every third move too many."""
    assert 0.5 < WANTED_STEPS < 0.8
    scale, mixed = (0, 1, 2, 3, 4, 5, 4, 3), (0, 2, 3, 4, 6, 5, 4, 2)
    shares = [
        sum(abs(pitch_of(b) - pitch_of(a)) <= 2 for a, b in itertools.pairwise(one)) / 7
        for one in (scale, mixed)
    ]
    gaps = [STEPWISE * abs(share - WANTED_STEPS) for share in shares]
    assert gaps[0] > gaps[1]


def test_a_line_off_the_chord_on_every_beat_is_worth_less():
    off = [Chord(10, "maj")] * 8
    assert worth(*PLAIN) > judge(task(8, chords=tuple(off)), line(*PLAIN))


def test_off_beats_may_be_off_the_chord():
    between = line(*PLAIN, step=2)
    for chords in ((TONIC,) * 8, (TONIC, Chord(10, "maj")) * 4):
        on_chord = judge(task(8, chords=chords), between)
        assert on_chord == pytest.approx(judge(task(8), between))


def test_a_leap_beyond_a_fifth_costs_each_time():
    one, two = worth(0, 5, 4, 3, 4, 3, 2, 0), worth(0, 5, 0, 5, 4, 3, 2, 0)
    assert worth(*PLAIN) > one > two


def test_a_line_that_stands_still_is_worth_less_the_longer_it_does():
    three, four, five = (
        worth(*(0,) * count, 1, 2, 3, 4)
        for count in (MOST_IN_A_ROW, MOST_IN_A_ROW + 1, MOST_IN_A_ROW + 2)
    )
    assert three > four > five


def test_one_peak_is_worth_more_than_two():
    assert worth(0, 1, 2, 4, 3, 2, 1, 0) > worth(0, 1, 4, 2, 4, 2, 1, 0)


def test_a_line_far_from_its_place_is_worth_less():
    near, far = (worth(*PLAIN, centre=centre) for centre in (64.0, 76.0))
    assert near > far


def test_a_contour_that_is_followed_is_worth_more():
    followed = tuple(b - a for a, b in itertools.pairwise(PLAIN))
    against = tuple(-move for move in followed)
    assert worth(*PLAIN, contour=followed) > worth(*PLAIN, contour=against)


def test_what_the_singers_find_likelier_is_worth_more():
    likely, unlikely = (judge(task(8), line(*PLAIN, logp=logp)) for logp in (-0.5, -4.0))
    assert likely - unlikely == pytest.approx(0.35)


def test_ideas_that_hardly_move_and_ideas_that_reach_too_far_are_worth_less():
    low, high = WANTED_RANGE
    narrow, wide = (0, 1, 0, 1, 0, 1, 0, 0), (0, 2, 4, 6, 8, 10, 5, 0)
    spans = [max(map(pitch_of, one)) - min(map(pitch_of, one)) for one in (narrow, wide)]
    assert spans[0] < low
    assert spans[1] > high
    assert worth(*PLAIN) > max(worth(*narrow), worth(*wide))


def test_repeats_are_free_up_to_a_third_of_the_moves():
    assert MOST_REPEATS > 1 / 7
    assert worth(0, 0, 1, 2, 3, 4, 3, 2) > worth(0, 0, 1, 1, 2, 2, 1, 1)


# ---------------------------------------------------------------- any line


@given(degrees)
def test_every_line_has_a_finite_worth_that_only_itself_decides(notes):
    value = worth(*notes)
    assert np.isfinite(value)
    assert value == worth(*notes)


@given(degrees, st.integers(-12, 12))
def test_where_the_song_stands_decides_nothing(notes, bars):
    assert worth(*notes) == worth(*notes, first_step=16 * (bars + 12))


def test_a_single_note_is_neither_good_nor_bad():
    assert worth(3) == 0.0


def test_without_a_note_on_a_beat_nothing_is_said_about_chords():
    shifted = [
        Sung(n.step + 1, n.length, n.degree, n.pitch, n.owed, n.follows, n.changed, n.order, n.logp)
        for n in line(*PLAIN)
    ]
    wrong = (Chord(10, "maj"),) * 8
    assert judge(task(8), shifted) == pytest.approx(judge(task(8, chords=wrong), shifted))
    assert 0 < WANTED_CHORD_TONES < 1

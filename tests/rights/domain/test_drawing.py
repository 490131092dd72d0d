"""Charts as numbers: what is drawn is what is written, to the thousandth of the width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.drawing import LEAST, WHOLE, Scale, bars, line, round_top, waterfall
from rights.domain.settlement import Label

AMOUNTS = st.integers(-(10**20), 10**20)


def test_bars_are_as_long_as_their_amounts():
    assert [(bar.start, bar.width) for bar in bars([1_000, 500, 250])] == [
        (0, 1000),
        (0, 500),
        (0, 250),
    ]


def test_what_was_taken_back_stands_on_the_other_side_of_zero():
    sold, back = bars([750, -250])
    assert (sold.start, sold.width, sold.is_negative) == (250, 750, False)
    assert (back.start, back.width, back.is_negative) == (0, 250, True)


def test_nothing_has_no_bar_and_very_little_has_one():
    assert [bar.width for bar in bars([10**9, 1, 0])] == [WHOLE, LEAST, 0]
    assert bars([]) == ()
    assert bars([0])[0].width == 0


@given(st.lists(AMOUNTS, max_size=20))
def test_no_bar_leaves_the_drawing(amounts):
    for bar in bars(amounts):
        assert 0 <= bar.start <= bar.start + bar.width <= WHOLE


def test_a_waterfall_hangs_every_step_where_the_last_one_ended():
    steps = [
        (Label.OPENING, 100),
        (Label.EARNED, 900),
        (Label.FEE, -150),
        (Label.WITHHELD, -50),
        ("closing", 800),
    ]
    opening, earned, fee, withheld, closing = waterfall(steps)
    assert (opening.start, opening.end) == (0, 100)
    assert (earned.start, earned.end) == (100, 1000)
    assert (fee.start, fee.width, fee.end, fee.is_negative) == (850, 150, 850, True)
    assert (withheld.start, withheld.end) == (800, 800)
    assert (closing.start, closing.width, closing.end) == (0, 800, withheld.end)


def test_a_waterfall_that_ends_below_zero_goes_to_the_left_of_it():
    opening, earned, closing = waterfall(
        [(Label.OPENING, 0), (Label.EARNED, -40), ("closing", -40)]
    )
    assert opening.width == 0
    assert (earned.start, earned.width) == (closing.start, closing.width) == (0, WHOLE)
    assert closing.is_negative


@given(st.lists(AMOUNTS, min_size=1, max_size=12))
def test_the_closing_bar_ends_where_the_last_step_ended(amounts):
    steps = [(Label.EARNED, amount) for amount in amounts]
    *before, closing = waterfall([*steps, ("closing", sum(amounts))])
    assert closing.end == before[-1].end


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 0), (-5, 0), (1, 1), (10, 10), (11, 20), (21, 25), (26, 50), (51, 100), (1_730_000, 2_000_000)],
)  # fmt: skip
def test_an_axis_ends_at_a_round_number(highest, top):
    assert round_top(highest) == top


@given(st.integers(1, 10**30))
def test_an_axis_is_never_too_short_nor_much_too_long(highest):
    assert highest <= round_top(highest) <= 2 * highest + 1


def test_a_line_stands_in_the_middle_of_its_columns():
    drawn = line([0, 50, 100, 25], Scale(0, 100))
    assert [(dot.x, dot.y) for dot in drawn.dots] == [(125, 1000), (375, 500), (625, 0), (875, 750)]
    assert drawn.path == "M125 1000L375 500L625 0L875 750"
    assert drawn.area == "M125 1000L125 1000L375 500L625 0L875 750L875 1000Z"


def test_what_is_not_known_is_a_gap_and_not_a_zero():
    drawn = line([10, None, 10, 10], Scale(0, 10))
    assert drawn.dots[1] is None
    assert drawn.path == "M125 0M625 0L875 0"
    assert drawn.area == "M625 1000L625 0L875 0L875 1000Z"


def test_a_line_of_nothing_is_empty():
    assert line([], Scale(0, 0)).path == ""
    assert line([None, None], Scale(0, 10)).area == ""


def test_without_a_range_everything_lies_in_the_middle():
    assert Scale(0, 0).place(0) == 500

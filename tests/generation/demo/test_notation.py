"""Rhythm and melody as text."""

from __future__ import annotations

import pytest

from generation.demo_catalogue.errors import PieceInvalidError
from generation.demo_catalogue.notation import DEGREES, Sign, read_line
from generation.demo_catalogue.piece import read_piece
from tests.generation.demo.pieces import SHORT, short_piece


def test_a_sign_holds_as_long_as_dashes_follow():
    line = read_line("1---3-..5.......", "135")
    assert line.bars == 1
    assert line.signs == (Sign(0, 4, "1"), Sign(4, 2, "3"), Sign(8, 1, "5"))


def test_a_note_may_be_held_over_the_bar():
    line = read_line("............1---|----............", "1")
    assert line.signs == (Sign(12, 8, "1"),)


def test_bars_are_set_apart_by_strokes_and_by_lines():
    text = "\nx...............|..x.............\n....x...........\n"
    assert [sign.step for sign in read_line(text, "x").signs] == [0, 18, 36]


def test_a_line_is_repeated_and_cut_off_at_the_end():
    line = read_line("............1---|----............", "1")
    assert line.over(3) == (Sign(12, 8, "1"), Sign(44, 4, "1"))


def test_degrees_run_over_three_octaves():
    assert (DEGREES["t"], DEGREES["1"], DEGREES["a"], DEGREES["g"]) == (-7, 0, 7, 13)
    assert sorted(DEGREES.values()) == list(range(-7, 14))


@pytest.mark.parametrize("text", ["x..", "x" * 17, "q...............", "................|x"])
def test_a_bar_that_cannot_be_read_is_named(text):
    with pytest.raises(ValueError, match=r"bar [12] has"):
        read_line(text, "x")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('key = "D minor"', 'key = "D dorian"', "no such mode"),
        ('key = "D minor"', 'key = "H minor"', "'H'"),
        ('role = "verse"', 'role = "solo"', "no such role"),
        ('lead = "tune"', 'lead = "song"', "'song' is not there"),
        ("bars = 4", "bars = 5", "do not fill"),
        ('loop = "i VI iv-V i"', 'loop = "i IX iv i"', "no numeral"),
        ('kick = "X...', 'gong = "X...', "nobody plays 'gong'"),
        ('kick = "X...', 'kick = "X..', "drums 'beat', kick: bar 1 has"),
        ('hit = "X...', 'hit = "9...', "comp 'hit'"),
        ("centre = 66", "middle = 66", "middle"),
        ("bpm = 120", "bpm = fast", "Invalid value"),
    ],
)
def test_a_piece_with_a_mistake_is_refused_and_the_place_is_named(old, new, said):
    assert old in SHORT
    with pytest.raises(PieceInvalidError, match=r"^wrong: ") as caught:
        read_piece("wrong", SHORT.replace(old, new, 1))
    assert said in caught.value.message


def test_a_piece_knows_its_length_and_key():
    piece = short_piece()
    assert (piece.bars, piece.seconds) == (4, 8.0)
    assert (piece.tonic, piece.mode) == (5, "minor")
    major = short_piece(**{'key = "D minor"': 'key = "Bb major"'})
    assert (major.tonic, major.mode) == (10, "major")

"""How people play: late and early, but never far, and on the whole not at all."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.rendering.arrangement import Note
from generation.rendering.feel import BREATH_S, FEELS, OVERLAP_S, chords, played, strummed, sung

STEADY = [Note(0.05 + 0.25 * n, 0.2, 60 + n % 5, 90) for n in range(2000)]


@pytest.mark.parametrize("part", sorted(FEELS))
def test_jitter_is_bounded_and_has_no_direction(part):
    moved = played(STEADY, part, seed=3)
    late = [b.start_s - a.start_s for a, b in zip(STEADY, moved, strict=True)]
    bound = FEELS[part].late_s
    assert max(map(abs, late)) <= bound
    assert max(late) > 0.4 * bound
    assert min(late) < -0.4 * bound
    assert abs(sum(late) / len(late)) < 0.08 * bound


@pytest.mark.parametrize("part", sorted(FEELS))
def test_force_varies_about_what_was_written(part):
    moved = played(STEADY, part, seed=3)
    forces = [note.velocity for note in moved]
    assert len(set(forces)) > 3
    assert max(abs(force - 90) for force in forces) <= 90 * FEELS[part].force + 0.5
    assert abs(sum(forces) / len(forces) - 90) < 0.5


def test_pitch_length_and_order_stay():
    moved = played(STEADY, "Comp", seed=3)
    assert [(n.pitch, n.length_s) for n in moved] == [(n.pitch, n.length_s) for n in STEADY]


def test_two_players_are_not_late_together():
    hats, snare = (played(STEADY, part, seed=3) for part in ("Hats", "Snare"))
    together = sum(
        (a.start_s - n.start_s) * (b.start_s - n.start_s) > 0
        for n, a, b in zip(STEADY, hats, snare, strict=True)
    )
    assert 0.35 < together / len(STEADY) < 0.65


def test_the_first_note_of_a_song_is_never_before_it():
    notes = [Note(0.0, 0.5, 60, 90)] * 3
    assert all(n.start_s >= 0 for seed in range(20) for n in played(notes, "Pad", seed))


CHORD = [Note(1.0, 0.5, pitch, 80) for pitch in (52, 59, 64, 68)]


def test_a_strum_goes_down_on_the_beat_and_up_between_and_keeps_its_middle():
    down = strummed(CHORD, 0.012, 0.25)
    up = strummed([Note(1.25, 0.5, n.pitch, 80) for n in CHORD], 0.012, 0.25)
    assert [n.pitch for n in down] == [52, 59, 64, 68]
    assert [n.pitch for n in up] == [68, 64, 59, 52]
    assert sum(n.start_s for n in down) / 4 == pytest.approx(1.0)
    gaps = [b.start_s - a.start_s for a, b in pairwise(down)]
    assert gaps == pytest.approx([gaps[0]] * 3)
    assert 0.008 < gaps[0] < 0.02


def test_a_soft_strum_is_slower():
    soft = strummed([Note(1.0, 0.5, n.pitch, 40) for n in CHORD], 0.012, 0.25)
    hard = strummed([Note(1.0, 0.5, n.pitch, 120) for n in CHORD], 0.012, 0.25)
    assert soft[-1].start_s - soft[0].start_s > 1.5 * (hard[-1].start_s - hard[0].start_s)


def test_chords_apart_by_more_than_a_hand_are_two():
    assert [len(chord) for chord in chords([*CHORD, Note(1.2, 0.1, 50, 80)])] == [4, 1]


def test_a_short_rest_is_sung_through_and_a_long_one_is_a_breath():
    line = [Note(0.0, 0.45, 60, 90), Note(0.5, 0.3, 62, 90), Note(1.5, 0.5, 64, 90)]
    first, second, third = sung(line)
    assert first.start_s + first.length_s == pytest.approx(0.5 + OVERLAP_S)
    assert second.length_s == 0.3
    assert third.length_s == 0.5
    assert line[1].start_s + line[1].length_s + BREATH_S < line[2].start_s


def test_the_middle_of_a_phrase_is_louder_than_its_ends():
    line = [Note(0.5 * n, 0.49, 60 + n, 90) for n in range(9)]
    forces = [note.velocity for note in sung(line)]
    assert forces[4] > forces[0]
    assert forces[4] > forces[-1]
    assert abs(sum(forces) / 9 - 90) < 2


notes = st.lists(
    st.builds(
        Note,
        start_s=st.floats(0, 60, allow_nan=False),
        length_s=st.floats(0.01, 4),
        pitch=st.integers(30, 90),
        velocity=st.integers(1, 127),
    ),
    max_size=25,
)


@given(notes)
def test_whatever_is_written_is_sung_and_strummed_once_each(written):
    pitches = sorted(n.pitch for n in written)
    for heard in (sung(written), strummed(written, 0.012, 0.25)):
        assert sorted(n.pitch for n in heard) == pitches
        assert all(n.start_s >= 0 and n.length_s > 0 and 1 <= n.velocity <= 127 for n in heard)

"""Chords, scale steps, random streams and the Markov model: the alphabet of the engine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.composition.chords import (
    Chord,
    dominant_chord,
    nearest_degree,
    read_loop,
    read_numeral,
    scale_pitch,
    tonic_chord,
)
from generation.composition.stream import Stream
from generation.composition.vom import STEPS, MarkovModel

chords = st.builds(Chord, root=st.integers(0, 11), quality=st.sampled_from(["maj", "min"]))


@pytest.mark.parametrize(
    ("numeral", "mode", "chord"),
    [
        ("I", "major", Chord(0, "maj")),
        ("vi", "major", Chord(9, "min")),
        ("iv", "major", Chord(5, "min")),
        ("V/vi", "major", Chord(4, "maj")),
        ("II", "major", Chord(2, "maj")),
        ("i", "minor", Chord(9, "min")),
        ("V", "minor", Chord(4, "maj")),
        ("VII", "minor", Chord(7, "maj")),
        ("III", "minor", Chord(0, "maj")),
    ],
)
def test_numerals_mean_the_same_frame_in_both_modes(numeral, mode, chord):
    assert read_numeral(numeral, mode) == chord


@pytest.mark.parametrize("text", ["viii", "", "IV/V", "H"])
def test_what_is_no_numeral_is_refused(text):
    with pytest.raises(ValueError, match=r"numeral|only V/x"):
        read_numeral(text, "major")


def test_a_loop_has_two_chords_to_the_bar():
    assert read_loop("I ii-V", "major") == (
        Chord(0, "maj"),
        Chord(0, "maj"),
        Chord(2, "min"),
        Chord(7, "maj"),
    )
    with pytest.raises(ValueError, match="more than two chords"):
        read_loop("I-IV-V", "major")


@given(chords)
def test_alterations_turn_the_scale_into_the_chord(chord):
    bent = {(scale_pitch(degree, 0, chord)) % 12 for degree in chord.degrees}
    assert bent == set(chord.pitch_classes)


def test_the_dominant_of_a_minor_key_raises_its_third():
    assert dominant_chord("minor").alterations == {4: 1}
    assert tonic_chord("minor").alterations == {}
    # G over E major in A minor is sung as G sharp.
    assert scale_pitch(4, 60, dominant_chord("minor")) == 68


@given(st.integers(-20, 20), st.integers(0, 11))
def test_scale_steps_and_pitches_are_inverse(degree, tonic):
    assert nearest_degree(scale_pitch(degree, 60 + tonic), 60 + tonic) == (degree, True)


@given(st.integers(20, 110), st.integers(0, 11))
def test_a_foreign_pitch_goes_to_the_step_below(pitch, tonic):
    degree, inside = nearest_degree(pitch, 60 + tonic)
    assert pitch - scale_pitch(degree, 60 + tonic) == (0 if inside else 1)


def test_streams_are_the_same_everywhere_and_split_by_name():
    """Frozen: other numbers would be another song for every seed."""
    first = Stream(7, "a")
    drawn = [first.unit() for _ in range(3)]
    assert drawn == [0.6176587061093496, 0.9487997741559663, 0.34077620880295]
    again = Stream(7, "a")
    again.split("b").unit()
    assert [again.unit() for _ in range(3)] == drawn
    assert Stream(7, "a").split("b", 1).unit() == Stream(7, "a/b/1").unit()
    assert Stream(8, "a").unit() != drawn[0]


def test_a_stream_draws_evenly_and_in_proportion():
    stream = Stream(1)
    units = [stream.unit() for _ in range(20_000)]
    assert min(units) >= 0
    assert max(units) < 1
    assert abs(np.mean(units) - 0.5) < 0.01
    counts = np.bincount([stream.index([1.0, 0.0, 3.0]) for _ in range(8_000)], minlength=3)
    assert counts[1] == 0
    assert abs(counts[2] / 8_000 - 0.75) < 0.02
    assert all(abs(stream.spread(4.0)) <= 4.0 for _ in range(100))
    assert abs(np.mean([stream.chance(0.3) for _ in range(5_000)]) - 0.3) < 0.03


def test_the_longest_known_context_speaks_first():
    model = MarkovModel([[1, 1, -2, 1, 1, -2, 1, 1, -2]])
    p, order = model.next([1, 1])
    assert order == 2
    assert STEPS[int(p.argmax())] == -2
    assert p[STEPS.index(-2)] > 0.55
    assert abs(p.sum() - 1) < 1e-12


def test_an_unknown_context_falls_back_and_never_excludes_anything():
    model = MarkovModel([[1, 2, 3]])
    p, order = model.next([7, -7])
    assert order == 0
    assert (p > 0).all()
    even, order = MarkovModel([]).next([1])
    assert order == 0
    np.testing.assert_allclose(even, 1 / len(STEPS))

"""Voicings: the cheapest path of all, every third present, small movement, no shadow of the bass."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.composition.accompaniment import COMP_HAND
from generation.composition.bassline import HIGHEST_ROOT, LOWEST, root_pitches
from generation.composition.chords import Chord, read_loop
from generation.composition.voicing import (
    Hand,
    _lie,
    _moves,
    _options,
    _parallels,
    movement,
    voice,
)

HAND = Hand(low=53, high=74, voices=3, spread=9)
diatonic = st.sampled_from(
    [
        Chord(0, "maj"),
        Chord(2, "min"),
        Chord(4, "min"),
        Chord(5, "maj"),
        Chord(7, "maj"),
        Chord(9, "min"),
    ]
)


@given(st.lists(diatonic, min_size=1, max_size=24), st.integers(0, 11))
@settings(max_examples=30, deadline=None)
def test_every_chord_is_whole_in_range_and_near_the_one_before(chords, tonic):
    voicings = voice(chords, root_pitches(chords, tonic), tonic, HAND)
    assert len(voicings) == len(chords)
    for chord, notes in zip(chords, voicings, strict=True):
        assert {note % 12 for note in notes} == {(c + tonic) % 12 for c in chord.pitch_classes}
        assert list(notes) == sorted(set(notes))
        assert HAND.low <= notes[0] <= notes[-1] <= HAND.high
    assert movement(voicings) <= 4.5


def test_the_path_is_the_cheapest_of_all_paths():
    chords = read_loop("I IV V", "major")[::2]
    bass = root_pitches(chords, 0)
    options = [_options(chord, 0, HAND) for chord in chords]

    def cost(path):
        total = sum(_lie(chords[n], 0, HAND)[at] for n, at in enumerate(path))
        for n in range(1, len(path)):
            before, now = options[n - 1][[path[n - 1]]], options[n][[path[n]]]
            total += float(_moves(before, now)[0, 0])
            total += float(_parallels(before, now, bass[n] - bass[n - 1])[0, 0])
        return total

    best = min(product(*(range(len(o)) for o in options)), key=cost)
    found = voice(chords, bass, 0, HAND)
    assert found == [tuple(options[n][at].tolist()) for n, at in enumerate(best)]


def test_pop_loops_move_by_less_than_three_semitones_a_voice():
    for text in ("I V vi IV", "I vi ii V", "vi IV I V", "IV V vi I"):
        chords = read_loop(" ".join([text] * 4), "major")
        assert movement(voice(chords, root_pitches(chords, 2), 2, HAND)) <= 3.0


def test_outer_voices_do_not_shadow_the_bass():
    chords = read_loop("I ii iii IV", "major")[::2]
    bass = root_pitches(chords, 0)
    voicings = voice(chords, bass, 0, HAND)
    for n in range(1, len(chords)):
        step = bass[n] - bass[n - 1]
        assert voicings[n][-1] - voicings[n - 1][-1] != step
        assert voicings[n][0] - voicings[n - 1][0] != step


def test_four_voices_hold_every_tone_of_the_chord():
    hand = Hand(low=48, high=68, voices=4, spread=16)
    for notes in voice(read_loop("I IV V vi", "major"), [36] * 8, 0, hand):
        assert len(notes) == 4
        assert len({note % 12 for note in notes}) == 3


@given(
    st.lists(
        st.builds(
            Chord,
            st.sampled_from([0, 2, 4, 5, 7, 9, 11]),
            st.sampled_from(["maj", "min"]),
            st.sampled_from(["7", "maj7", "add9"]),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 11),
)
@settings(max_examples=30, deadline=None)
def test_three_voices_of_a_coloured_chord_are_its_shell_root_third_and_colour(chords, tonic):
    """Without its root Fmaj7 is an A minor, and a verse without a pad was heard as one."""
    for chord, notes in zip(
        chords, voice(chords, root_pitches(chords, tonic), tonic, COMP_HAND), strict=True
    ):
        root, third, _, colour = chord.tones
        assert {note % 12 for note in notes} == {(t + tonic) % 12 for t in (root, third, colour)}


def test_a_fourth_voice_is_added_to_the_shell():
    hand = Hand(low=48, high=74, voices=4, spread=14, colours=True)
    [notes] = voice([Chord(5, "maj", "maj7")], [41], 0, hand)
    assert {note % 12 for note in notes} >= {5, 9, 4}


def test_what_plays_no_colours_keeps_the_whole_triad():
    [notes] = voice([Chord(5, "maj", "maj7")], [41], 0, HAND)
    assert {note % 12 for note in notes} == {5, 9, 0}


def test_nothing_is_voiced_for_no_chords():
    assert voice([], [], 0, HAND) == []
    assert movement([]) == 0.0
    assert movement([(60, 64, 67), (60, 64, 67)]) == 0.0
    assert movement([(60, 64, 67), (60, 65, 69)]) == pytest.approx(1.0)


@given(st.lists(diatonic, min_size=1, max_size=30), st.integers(0, 11))
@settings(max_examples=30, deadline=None)
def test_bass_roots_stay_in_their_range(chords, tonic):
    roots = root_pitches(chords, tonic)
    assert all(LOWEST <= root <= HIGHEST_ROOT for root in roots)
    assert [r % 12 for r in roots] == [(c.root + tonic) % 12 for c in chords]

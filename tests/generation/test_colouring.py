"""Colours of the harmony: what the base adds to a loop, and what it must never take from it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.composition.chords import (
    ADDED,
    PITCHES,
    SCALE,
    Chord,
    Quality,
    dominant_chord,
    read_loop,
    scale_pitch,
    tonic_chord,
)
from generation.composition.colouring import coloured
from generation.composition.stream import Stream

DIATONIC: list[tuple[int, Quality]] = [
    (0, "maj"),
    (2, "min"),
    (4, "min"),
    (5, "maj"),
    (7, "maj"),
    (9, "min"),
]
plain = st.sampled_from([Chord(root, quality) for root, quality in DIATONIC])
bars = st.lists(plain, min_size=4, max_size=4)
modes = st.sampled_from(["major", "minor"])
colours = st.sampled_from(["", *ADDED, "sus4"])
any_chord = st.builds(
    Chord,
    root=st.integers(0, 11),
    quality=st.sampled_from(["maj", "min"]),
    colour=colours,
    over=st.none() | st.integers(0, 11),
)


def halves(four):
    return tuple(chord for chord in four for _ in range(2))


# ---------------------------------------------------------------- chords with more than a triad


@given(any_chord)
def test_a_coloured_chord_keeps_its_plain_core(chord):
    core = chord.core
    assert (core.root, core.quality, core.colour, core.over) == (
        chord.root,
        chord.quality,
        "",
        None,
    )
    assert core.core is core
    assert core.pitch_classes[::2] == chord.pitch_classes[::2]
    assert chord.is_diatonic == core.is_diatonic


@given(any_chord)
def test_tones_are_the_triad_and_one_more_where_a_colour_adds_one(chord):
    assert chord.tones[:3] == chord.pitch_classes
    assert len(chord.tones) == (4 if chord.colour in ADDED else 3)
    assert all(0 <= tone < 12 for tone in chord.tones)


@given(any_chord)
def test_degrees_and_alterations_spell_the_triad_of_any_chord(chord):
    """What the melody believes is a chord tone sounds as one."""
    spelled = {(SCALE[degree] + chord.alterations.get(degree, 0)) % 12 for degree in chord.degrees}
    assert spelled == set(chord.pitch_classes)


@given(any_chord, st.integers(0, 11), st.integers(-14, 28))
def test_a_scale_step_that_the_chord_spells_is_one_of_its_pitches(chord, tonic, degree):
    pitch = scale_pitch(degree, 60 + tonic, chord)
    if degree % 7 in chord.degrees:
        assert (pitch - tonic) % 12 in chord.pitch_classes


def test_a_suspended_chord_has_a_fourth_and_no_third():
    chord = Chord(7, "maj", "sus4")
    assert chord.pitch_classes == (7, 0, 2)
    assert 11 not in chord.tones


@pytest.mark.parametrize(
    ("chord", "tonic", "name"),
    [
        (Chord(0, "maj"), 0, "C"),
        (Chord(9, "min", "7"), 0, "Am7"),
        (Chord(7, "maj", "sus4"), 0, "Gsus4"),
        (Chord(0, "maj", "", 4), 0, "C/E"),
        (Chord(5, "maj", "maj7"), 2, "Gmaj7"),
        (Chord(2, "min", "7", 5), 7, "Am7/C"),
    ],
)
def test_symbols_are_the_usual_ones_in_any_key(chord, tonic, name):
    assert chord.symbol(tonic) == name


@given(any_chord, st.integers(0, 11))
def test_a_symbol_begins_with_the_root_and_ends_with_the_bass(chord, tonic):
    symbol = chord.symbol(tonic)
    assert symbol.startswith(PITCHES[(chord.root + tonic) % 12])
    assert ("/" in symbol) == (chord.over is not None)
    assert chord.bass == (chord.root if chord.over is None else chord.over)


# ---------------------------------------------------------------- loops


@settings(max_examples=200)
@given(bars, modes, st.integers(0, 10_000))
def test_the_first_half_of_a_bar_keeps_its_root_unless_a_dominant_is_prepared(four, mode, seed):
    loop = halves(four)
    rich = coloured(loop, mode, Stream(seed))
    assert len(rich) == len(loop)
    for at in range(0, len(loop), 2):
        if rich[at].core != loop[at]:
            assert loop[at].root == 7
            assert rich[at] == Chord(2, "min", "7")
            assert rich[at + 1].core == loop[at + 1]


@settings(max_examples=200)
@given(bars, modes, st.integers(0, 10_000))
def test_a_chord_from_outside_leads_to_the_next_one(four, mode, seed):
    """A second half of another root is the dominant of what follows, or a borrowed subdominant."""
    loop = halves(four)
    rich = coloured(loop, mode, Stream(seed))
    for at in range(1, len(loop), 2):
        if rich[at].core != loop[at]:
            # A loop goes on with its own beginning as that was coloured.
            coming = {loop[(at + 1) % len(loop)], rich[(at + 1) % len(loop)].core}
            is_dominant = rich[at].core in {Chord((c.root + 7) % 12, "maj") for c in coming}
            is_borrowed = rich[at] == Chord(5, "min") and tonic_chord("major") in coming
            assert is_dominant or is_borrowed


@given(bars, modes, st.integers(0, 10_000))
def test_suspensions_stand_on_dominants_alone_and_resolve_at_once(four, mode, seed):
    rich = coloured(halves(four), mode, Stream(seed))
    for at, chord in enumerate(rich):
        if chord.colour == "sus4":
            assert at % 2 == 0
            assert chord.core in (dominant_chord(mode), Chord(7, "maj"))
            assert rich[at + 1].core == chord.core
            assert rich[at + 1].colour != "sus4"


@given(bars, modes, st.integers(0, 10_000))
def test_inversions_stand_on_the_third_and_lead_up_a_fourth(four, mode, seed):
    rich = coloured(halves(four), mode, Stream(seed))
    for at, chord in enumerate(rich):
        if chord.over is not None:
            assert at % 2 == 1
            assert chord.over == chord.pitch_classes[1]
            assert (rich[(at + 1) % 8].root - chord.root) % 12 in (5, 7, 2)


@given(bars, modes, st.integers(0, 10_000))
def test_the_same_stream_colours_alike_and_the_loop_given_is_not_changed(four, mode, seed):
    loop = halves(four)
    kept = tuple(loop)
    assert coloured(loop, mode, Stream(seed)) == coloured(loop, mode, Stream(seed))
    assert loop == kept


@given(st.lists(plain, min_size=8, max_size=8), st.integers(0, 999))
def test_bars_of_two_chords_keep_both(eight, seed):
    rich = coloured(eight, "major", Stream(seed))
    for at in range(0, 8, 2):
        if eight[at] != eight[at + 1]:
            assert [chord.core for chord in rich[at : at + 2]] == eight[at : at + 2]


def test_colours_are_frequent_and_chords_from_outside_are_rare():
    loop = read_loop("I vi IV V", "major")
    seen = Counter()
    for seed in range(400):
        rich = coloured(loop, "major", Stream(seed))
        for given_chord, chord in zip(loop, rich, strict=True):
            foreign = chord.core != given_chord
            seen["foreign" if foreign else chord.colour or "plain"] += 1
    total = sum(seen.values())
    assert 0.02 < seen["foreign"] / total < 0.15
    assert 0.25 < seen["plain"] / total < 0.65
    for colour in ("7", "maj7", "add9", "sus4"):
        assert seen[colour] > 0.02 * total

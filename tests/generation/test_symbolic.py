"""The measures against melodies small enough to count by hand."""

from __future__ import annotations

import math

import pytest

from generation.quality.symbolic import ChordSpan, MelodyNote, measure, melody_patterns

C_MAJOR = ChordSpan(0.0, frozenset({0, 4, 7}), "C")
G_MAJOR = ChordSpan(4.0, frozenset({7, 11, 2}), "G")


def line(*notes):
    return [MelodyNote(start, length, pitch) for start, length, pitch in notes]


def test_intervals_are_counted_as_steps_leaps_and_repeats():
    found = measure(
        line((0, 1, 60), (1, 1, 60), (2, 1, 62), (3, 1, 72), (4, 1, 69)), [C_MAJOR], 2, 120
    )
    assert found.steps == 0.5
    assert found.repeated_notes == 0.25
    assert found.leaps == 0.25


def test_chord_tones_are_weighed_by_duration_and_counted_on_beats():
    found = measure(
        line((0, 2, 60), (2, 1, 62), (3.5, 0.5, 65), (4, 1, 67)), [C_MAJOR, G_MAJOR], 2, 120
    )
    assert found.chord_tones == pytest.approx(3 / 4.5)
    assert found.chord_tones_on_beat == pytest.approx(2 / 3)


def test_a_note_a_hair_before_the_chord_belongs_to_it():
    """Chord at onset + 20 ms: .04 beats at 120 BPM."""
    early = line((3.97, 1, 71), (5, 1, 67))
    assert measure(early, [C_MAJOR, G_MAJOR], 2, 120).chord_tones == 1.0
    assert measure(line((3.9, 1, 71), (5, 1, 67)), [C_MAJOR, G_MAJOR], 2, 120).chord_tones == 0.5


def test_an_even_twelve_tone_row_has_the_largest_entropy_and_little_scale():
    row = measure(line(*((n, 1, 60 + n) for n in range(12))), [C_MAJOR], 3, 120)
    assert row.pitch_class_entropy == pytest.approx(math.log2(12))
    assert row.scale_consistency == pytest.approx(7 / 12)
    one = measure(line((0, 1, 60), (1, 1, 72)), [C_MAJOR], 1, 120)
    assert one.pitch_class_entropy == 0
    assert one.scale_consistency == 1


def test_a_scale_is_wholly_inside_itself_and_not_a_hair_more():
    notes = line(
        *((n / 3, 0.1 * (n % 7 + 1), 60 + (0, 2, 4, 5, 7, 9, 11)[n % 7]) for n in range(50))
    )
    assert measure(notes, [C_MAJOR], 5, 120).scale_consistency == 1.0


def test_groove_compares_neighbouring_active_bars():
    bars = line((0, 1, 60), (2, 1, 60), (4, 1, 60), (6, 1, 60), (8, 1, 60), (9, 1, 60))
    # Bars 1 and 2 are alike; bars 2 and 3 differ in two of sixteen places.
    assert measure(bars, [C_MAJOR], 3, 120).groove_consistency == pytest.approx((1 + 14 / 16) / 2)


def test_density_counts_distinct_sixteenths_of_active_bars():
    found = measure(line((0, 1, 60), (0.01, 1, 64), (1, 1, 62), (8, 1, 62)), [C_MAJOR], 4, 120)
    assert found.notes_per_active_bar == 1.5
    assert found.active_bars == 0.5


def test_patterns_come_back_transposed_but_not_in_another_rhythm():
    first = [(0, 1, 60), (1, 1, 62), (2, 1, 64)]
    higher = [(4 + s, d, p + 5) for s, d, p in first]
    late = [(8.5 + s, d, p) for s, d, p in first]
    patterns = melody_patterns(line(*first, *higher, *late))
    assert patterns[0] == patterns[1] == ((0, 4, 8), (2, 2))
    assert patterns[2] != patterns[0]


def test_repeats_need_more_than_eight_bars_and_count_those_heard_before():
    bar = [(0, 1, 60), (1, 1, 62), (2, 1, 64)]
    nine = line(*((4 * n + s, d, p) for n in range(9) for s, d, p in bar))
    assert measure(nine, [C_MAJOR], 9, 120).bar_pattern_repeat == pytest.approx(8 / 9)
    eight = [note for note in nine if note.start < 32]
    assert math.isnan(measure(eight, [C_MAJOR], 8, 120).bar_pattern_repeat)


def test_the_same_rhythm_on_other_notes_repeats_the_rhythm_only():
    notes = line(*((4 * n + s, 1, 60 + (n * s * 3) % 11) for n in range(10) for s in (0, 1, 2)))
    found = measure(notes, [C_MAJOR], 10, 120)
    assert found.rhythm_repeat == 0.9
    assert found.bar_pattern_repeat < 0.6


def test_range_leaves_out_the_rarest_notes():
    notes = line(*((n, 1, 60 + n % 12) for n in range(98)), (98, 1, 100), (99, 1, 20))
    assert measure(notes, [C_MAJOR], 25, 120).range_semitones == pytest.approx(11, abs=0.1)


def test_chords_are_counted():
    found = measure(line((0, 1, 60), (1, 1, 62)), [C_MAJOR, G_MAJOR], 2, 120)
    assert (found.chords_per_bar, found.distinct_chords) == (1.0, 2)

"""From a piece to notes: pitches, chords, swing, fills."""

from __future__ import annotations

from itertools import groupby

import pytest

from generation.demo_catalogue.compiling import compile_piece, drum_notes, pitched_notes
from generation.rendering.drumkit import KITS
from generation.rendering.instruments import INSTRUMENTS
from tests.generation.demo.pieces import short_piece

KICK, SNARE, HAT, TOM = 36, 38, 42, 45


@pytest.fixture(scope="module")
def piece():
    return short_piece()


def notes(piece, part):
    return [(n.step, n.pitch) for n in pitched_notes(piece, part)]


def test_degrees_become_pitches_of_the_key_nearest_to_the_centre(piece):
    assert notes(piece, "lead")[:4] == [(0, 62), (4, 65), (8, 69), (12, 74)]


def test_the_signs_of_the_lower_octave_lie_an_octave_below(piece):
    assert (26, 50) in notes(piece, "lead")


def test_a_note_over_a_raised_chord_is_raised_with_it(piece):
    # The fourth chord is the dominant with its raised third: C becomes C sharp there.
    assert (40, 73) in notes(piece, "lead")


def test_the_bass_counts_from_the_root_of_the_chord_in_the_scale(piece):
    first = [note for note in notes(piece, "bass") if note[0] < 32]
    assert first == [(0, 38), (8, 45), (12, 50), (16, 34), (24, 41), (28, 46)]


def test_broken_chords_climb_through_their_octaves(piece):
    pitches = [pitch for step, pitch in notes(piece, "arp") if step < 16]
    assert pitches == [62, 65, 69, 74, 77, 74, 69, 65]


def test_a_held_chord_is_struck_again_where_the_harmony_changes_under_it(piece):
    struck = sorted({step for step, _ in notes(piece, "pad")})
    assert struck == [0, 16, 32, 40, 48]


def test_chords_hold_every_tone_and_the_colour_that_is_asked_for(piece):
    for part, sizes in (("pad", {4}), ("comp", {4})):
        grouped = groupby(pitched_notes(piece, part), key=lambda n: n.step)
        for step, chord in grouped:
            held = [note.pitch for note in chord]
            triad = {
                (piece.tonic + p) % 12 for p in piece.passages[0].chords[step // 8].pitch_classes
            }
            assert {pitch % 12 for pitch in held} >= triad
            assert len(held) in sizes
            assert max(held) - min(held) <= 24


def test_the_seventh_is_the_one_of_the_key(piece):
    first = {pitch % 12 for step, pitch in notes(piece, "comp") if step == 0}
    assert first == {2, 5, 9, 0}


def test_the_fill_takes_the_place_of_the_beat_in_the_last_bar(piece):
    hits = list(drum_notes(piece))
    last = [hit for hit in hits if hit.step >= 48]
    assert {hit.pitch for hit in last} == {TOM}
    assert {hit.pitch for hit in hits if hit.step < 48} == {KICK, SNARE, HAT}
    assert len([hit for hit in hits if hit.pitch == KICK]) == 12


def test_loud_signs_are_louder(piece):
    first, soft = sorted(
        (hit for hit in drum_notes(piece) if hit.pitch == HAT and hit.step < 2),
        key=lambda hit: hit.step,
    )
    assert first.velocity > soft.velocity


def test_swing_delays_the_second_of_a_pair_and_nothing_else():
    straight = compile_piece(short_piece(**{"swing = 0.6": "swing = 0.5"}))
    swung = compile_piece(short_piece())
    before, after = (
        sorted(n.start_s for p in made.parts if p.name == "Hats" for n in p.notes)
        for made in (straight, swung)
    )
    step_s = 60 / 120 / 4
    moved = [round((b - a) / step_s, 3) for a, b in zip(before, after, strict=True)]
    assert moved[::2] == [0.0] * len(moved[::2])
    assert moved[1::2] == [0.2] * len(moved[1::2])


def test_eighths_can_be_swung_instead():
    swung = compile_piece(short_piece(**{"swung = 2": "swung = 4"}))
    arp = next(part for part in swung.parts if part.name == "Arp")
    step_s = 60 / 120 / 4
    assert arp.notes[1].start_s == pytest.approx(2.4 * step_s, abs=0.01)


def test_an_arrangement_is_whole(piece):
    made = compile_piece(piece)
    assert (made.seconds, made.bpm, made.seed) == (8.0, 120.0, 99999)
    names = [part.name for part in made.parts]
    assert names == ["Lead", "Comp", "Pad", "Arp", "Bass", "Kick", "Snare", "Hats", "Percussion"]
    for part in made.parts:
        assert part.instrument in INSTRUMENTS or part.instrument in KITS
        assert all(0 <= n.start_s < made.seconds and n.length_s > 0 for n in part.notes)
        assert all(1 <= n.velocity <= 127 for n in part.notes)
    assert [(s.role, s.start_s, s.end_s) for s in made.sections] == [("verse", 0.0, 8.0)]


def test_the_same_data_is_the_same_arrangement(piece):
    assert compile_piece(piece) == compile_piece(short_piece())


def test_a_part_that_never_plays_is_left_out():
    made = compile_piece(short_piece(**{'arp = "run"\nbass': "bass"}))
    assert "Arp" not in [part.name for part in made.parts]

"""Names of notes, chords and keys."""

from __future__ import annotations

import pytest

from generation.composition.chords import Chord, read_numeral
from generation.exports.spelling import Key, Spelled


@pytest.mark.parametrize(
    ("tonic", "mode", "name", "slug", "fifths"),
    [
        (0, "major", "C major", "Cmaj", 0),
        (0, "minor", "A minor", "Amin", 0),
        (6, "major", "F sharp major", "Fsmaj", 6),
        (6, "minor", "D sharp minor", "Dsmin", 6),
        (3, "major", "E flat major", "Ebmaj", -3),
        (1, "minor", "B flat minor", "Bbmin", -5),
        (9, "minor", "F sharp minor", "Fsmin", 3),
    ],
)
def test_a_key_has_a_name_a_file_name_and_a_signature(tonic, mode, name, slug, fifths):
    key = Key(tonic, mode)
    assert (key.name, key.slug, key.fifths) == (name, slug, fifths)
    assert sum(key.signature.values()) == fifths
    assert key.slug.isascii()


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_every_pitch_keeps_its_sound_in_every_key(tonic, mode):
    key = Key(tonic, mode)
    chords = [None, *(read_numeral(text, "major") for text in ("V/vi", "V/ii", "iv"))]
    for pitch in range(36, 97):
        for chord in chords:
            spelled = key.spell(pitch, chord)
            natural = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[spelled.letter]
            assert 12 * (spelled.octave + 1) + natural + spelled.alter == pitch
            assert abs(spelled.alter) <= 2


def test_the_scale_needs_no_accidental():
    for tonic in range(12):
        key = Key(tonic, "major")
        for step in (0, 2, 4, 5, 7, 9, 11):
            spelled = key.spell(60 + tonic + step)
            assert spelled.alter == key.signature[spelled.letter]


def test_a_chord_decides_between_sharp_and_flat():
    key = Key(0, "major")
    assert key.spell(68, read_numeral("V/vi", "major")).text == "G#"
    assert key.spell(68, read_numeral("iv", "major")).text == "Ab"
    assert key.spell(68).text == "G#"
    assert key.spell(70).text == "Bb"


def test_b_sharp_and_c_flat_lie_in_the_octave_they_are_written_in():
    c_sharp = read_numeral("V/vi", "major")  # in F sharp: A sharp, C double sharp, E sharp
    assert Key(6, "major").spell(65).text == "E#"
    assert Key(6, "major").spell(62, c_sharp) == Spelled("C", 2, 4)
    assert Key(1, "major").spell(69, read_numeral("iv", "major")).text == "Bbb"
    low = Key(4, "major").spell(60, read_numeral("V/vi", "major"))
    assert (low.text, low.octave) == ("B#", 3)
    high = Key(3, "major").spell(71, read_numeral("iv", "major"))
    assert (high.text, high.octave) == ("Cb", 5)


@pytest.mark.parametrize(
    ("tonic", "chord", "name"),
    [
        (0, Chord(9, "min"), "Am"),
        (0, Chord(10, "maj"), "Bb"),
        (0, Chord(5, "min"), "Fm"),
        (3, Chord(8, "maj"), "Cb"),
        (9, Chord(4, "min"), "C#m"),
        (8, Chord(5, "maj"), "Db"),
        (4, Chord(6, "maj"), "A#"),
    ],
)
def test_chords_are_named_in_their_key(tonic, chord, name):
    assert Key(tonic, "major").chord_name(chord) == name

"""Key, chords, bass and sections of songs that we made ourselves."""

from __future__ import annotations

import mir_eval
import numpy as np
import pytest

from library.analysis.pipeline import analyse_pcm
from library.analysis.sections import assign_roles
from tests.audio import signals
from tests.audio.conftest import FORM

PROGRESSIONS = {
    ("C", "major"): ["C:maj", "A:min", "F:maj", "G:maj"],
    ("A", "minor"): ["A:min", "D:min", "E:maj", "A:min"],
    ("D#", "major"): ["D#:maj", "G#:maj", "A#:maj", "C:min"],
    ("F#", "minor"): ["F#:min", "D:maj", "C#:maj", "F#:min"],
}


@pytest.fixture(scope="module", params=PROGRESSIONS, ids=" ".join)
def played(request):
    samples, truth = signals.song(3 * PROGRESSIONS[request.param], 44_100, bpm=104)
    return request.param, truth, analyse_pcm(samples, 44_100)


def test_the_key_is_found(played):
    (tonic, mode), _, analysis = played
    assert (analysis.key.tonic, analysis.key.mode) == (tonic, mode)
    assert analysis.key.confidence > 0.4


def test_the_chords_are_found(played):
    _, truth, analysis = played
    found = dict.fromkeys(("right", "all"), 0.0)
    for start_s, end_s, label in truth["chords"]:
        for chord in analysis.chords:
            overlap = min(end_s, chord.end_s) - max(start_s, chord.start_s)
            if overlap > 0:
                found["all"] += overlap
                found["right"] += overlap * (chord.label == label)
    assert found["right"] / found["all"] > 0.9


def test_every_label_is_one_that_mir_eval_reads(played):
    _, _, analysis = played
    for chord in analysis.chords:
        mir_eval.chord.validate_chord_label(chord.label)


def test_the_bass_plays_the_roots(played):
    _, truth, analysis = played
    right = total = 0.0
    for start_s, end_s, label in truth["chords"]:
        root = signals.PITCHES.index(label.split(":")[0])
        for note in analysis.bass.notes:
            if start_s <= note.start_s + 0.02 < end_s:
                total += note.end_s - note.start_s
                right += (note.end_s - note.start_s) * (note.pitch % 12 == root)
    assert total > 0
    assert right / total > 0.85


def test_silence_between_music_is_no_chord():
    rate = 44_100
    music, _ = signals.song(["C:maj"] * 3, rate)
    gap = signals.silence(6, rate)
    analysis = analyse_pcm(np.concatenate([music, gap, music]), rate)
    middle = len(music) / rate + 3
    assert next(c.label for c in analysis.chords if c.start_s <= middle < c.end_s) == "N"


def boundaries(truth):
    bars = truth["downbeats_s"]
    return np.array([bars[8 * i] for i in range(1, len(FORM)) if FORM[i] != FORM[i - 1]])


def test_sections_begin_where_the_material_changes(formed):
    analysis, truth = formed
    ours = np.array([s.start_s for s in analysis.sections[1:]])
    for at in boundaries(truth):
        assert np.abs(ours - at).min() < 0.5, at


def test_equal_material_has_an_equal_letter(formed):
    analysis, truth = formed
    bars = truth["downbeats_s"]
    label_at = [
        next(s.label for s in analysis.sections if s.start_s <= bars[8 * i + 4] < s.end_s)
        for i in range(len(FORM))
    ]
    for i, own in enumerate(FORM):
        for j, other in enumerate(FORM):
            assert (label_at[i] == label_at[j]) == (own == other), (i, j, label_at)


def test_the_repeated_and_louder_material_is_the_chorus(formed):
    analysis, truth = formed
    at = truth["downbeats_s"][8 * 2 + 4]
    chorus = {s.label for s in analysis.sections if s.role == "chorus"}
    assert chorus == {next(s.label for s in analysis.sections if s.start_s <= at < s.end_s)}


def test_each_letter_with_two_bars_has_a_drum_pattern(formed):
    analysis, _ = formed
    assert [p.section for p in analysis.drums] == list(
        dict.fromkeys(s.label for s in analysis.sections)
    )


def test_a_song_that_never_changes_has_one_letter_and_a_role_for_each_section():
    samples, _ = signals.song(["C:maj", "F:maj", "G:maj", "C:maj"] * 8, 44_100, bpm=120)
    analysis = analyse_pcm(samples, 44_100)
    assert {s.label for s in analysis.sections} == {"A"}
    assert {s.role for s in analysis.sections} <= {"whole", "chorus"}


@pytest.mark.parametrize("labels", ["A", "AA", "AAA", "AB", "ABC", "ABAB", "AABA"])
def test_every_order_of_letters_has_roles(labels):
    levels = [-14.0 - (letter != "B") for letter in labels]
    roles = assign_roles(list(labels), np.full(len(labels), 8), levels)
    assert len(roles) == len(labels)
    if len(labels) > 1:
        assert "chorus" in roles
    by_letter = {}
    for letter, role in zip(labels, roles, strict=True):
        by_letter.setdefault(letter, set()).add(role)
    assert all(len(own) == 1 for own in by_letter.values())

"""The SoundFont, where the system has one: found with its licence, in tune, darker when soft."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generation.rendering.arrangement import RATE, Note
from generation.rendering.fonts import KNOWN, find_soundfont, sound_sources
from generation.rendering.soundfont import DARKER, FontLayer, FontPlayer
from tests.generation.rendering.measures import centroid_hz, cents_off, rms

PIANO, STRINGS, FLUTE = 0, 48, 73


@pytest.fixture(scope="module")
def font():
    found = find_soundfont()
    if found is None:
        pytest.skip("no SoundFont on this machine: install fluid-soundfont-gm")
    return FontPlayer(found.path)


def played(font, layer, notes, seconds=2.0):
    canvas = np.zeros((round(seconds * RATE), 2), np.float32)
    font.play(canvas, layer, notes)
    return canvas


def test_a_font_that_is_not_there_is_not_found_and_said_so(tmp_path):
    assert find_soundfont(tmp_path / "none.sf2") is None
    said = sound_sources(None)
    assert "own voices only" in said
    assert "fluid-soundfont-gm" in said


def test_a_chosen_font_goes_before_the_system_and_its_licence_is_not_guessed(tmp_path):
    chosen = tmp_path / "mine.sf2"
    chosen.write_bytes(b"RIFF")
    found = find_soundfont(chosen)
    assert (found.path, found.name, found.licence) == (chosen, "mine", "")
    assert "mine" in sound_sources(chosen)
    assert "owner" in sound_sources(chosen)


def test_only_fonts_whose_licence_is_written_down_are_taken_unasked():
    found = find_soundfont()
    assert set(KNOWN.values()) == {"MIT"}
    if found is None:
        pytest.skip("no SoundFont on this machine: install fluid-soundfont-gm")
    assert found.licence == KNOWN[Path(found.path).name]
    assert f"({found.licence})" in sound_sources(found.path)


@pytest.mark.parametrize("program", [PIANO, STRINGS, FLUTE])
def test_a_recorded_note_is_in_tune_and_can_be_tuned(font, program):
    note = [Note(0.1, 1.5, 69, 100)]
    plain = cents_off(played(font, FontLayer(program), note)[8000:60_000], 69)
    moved = cents_off(played(font, FontLayer(program, cents=9.0), note)[8000:60_000], 69)
    assert abs(plain) < 10
    assert moved - plain == pytest.approx(9, abs=1.5)


def test_a_note_begins_at_its_sample_and_not_at_a_block(font):
    first = []
    for at in (0.1, 0.1 + 17 / RATE):
        x = played(font, FontLayer(PIANO), [Note(at, 0.5, 60, 110)], 1.0)
        first.append(int(np.argmax(np.abs(x).max(axis=1) > 0)))
    assert first[1] - first[0] == 17
    assert 0 <= first[0] - round(0.1 * RATE) < 0.003 * RATE


def test_soft_notes_are_darker_and_not_only_softer(font):
    soft, hard = (
        played(font, FontLayer(PIANO), [Note(0.0, 1.0, 60, velocity)]) for velocity in (45, 110)
    )
    assert rms(hard) > 2 * rms(soft)
    assert centroid_hz(hard) > 1.1 * centroid_hz(soft)
    assert DARKER[0][0] == 0


def test_the_same_key_in_a_row_takes_turns(font):
    x = played(font, FontLayer(PIANO), [Note(float(n), 0.4, 60, 100) for n in range(2)], 2.0)
    first, second = x[: RATE // 2], x[RATE : RATE + RATE // 2]
    assert not np.allclose(first, second, atol=1e-4)


def test_one_part_leaves_nothing_behind_for_the_next(font):
    note = [Note(0.0, 0.3, 64, 90)]
    before = played(font, FontLayer(FLUTE, sways=True), note)
    played(font, FontLayer(STRINGS, cents=20.0), [Note(0.0, 1.9, 50, 120)])
    assert np.array_equal(played(font, FontLayer(FLUTE, sways=True), note), before)


def test_a_long_blown_note_sways_after_a_while(font):
    still = played(font, FontLayer(FLUTE), [Note(0.0, 1.8, 72, 100)])
    swaying = played(font, FontLayer(FLUTE, sways=True), [Note(0.0, 1.8, 72, 100)])
    assert not np.allclose(still, swaying, atol=1e-3)
    assert abs(cents_off(swaying[8000:70_000], 72) - cents_off(still[8000:70_000], 72)) < 5


def test_silence_leaves_the_canvas_alone(font):
    assert not played(font, FontLayer(PIANO), []).any()
    x = played(font, FontLayer(PIANO), [Note(1.0, 0.3, 60, 100)])
    assert not x[: RATE - 10].any()


def test_a_dense_part_loses_no_notes(font):
    """At the library's default of 256 voices a part this dense loses half of its power."""
    dense = [Note(0.002 * n, 1.7, 40 + n % 50, 70) for n in range(240)]
    whole = played(font, FontLayer(STRINGS), dense)
    # In lots of a multiple of four every note keeps its channel.
    apart = sum(played(font, FontLayer(STRINGS), dense[n : n + 80]) for n in (0, 80, 160))
    assert rms(whole - apart) < 0.01 * rms(apart)


def test_a_drum_is_struck_softer_and_darker(font):
    hard, soft = font.stroke(38, 0, 1.0), font.stroke(38, 0, 0.3)
    assert rms(hard) > 2 * rms(soft)
    assert centroid_hz(hard) > 1.1 * centroid_hz(soft)

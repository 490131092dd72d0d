"""Every voice of our own, note by note: in tune, alive, clean, and silent in the end."""

from __future__ import annotations

import numpy as np
import pytest

from generation.rendering.arrangement import RATE, Note
from generation.rendering.voices.clouds import STRINGS, WARM
from generation.rendering.voices.lead import SAW_LEAD, VOX, phrases
from generation.rendering.voices.player import ToneVoice
from generation.rendering.voices.registry import VOICES
from tests.generation.rendering.measures import centroid_hz, cents_off, played, rms, section

NAMES = sorted(VOICES)
TONES = sorted(name for name, voice in VOICES.items() if isinstance(voice, ToneVoice))
WIDE = ("strings", "warm", "bright", "hollow", "choir", "saw-lead", "steel", "rhodes", "pluck")


def usual_pitch(name):
    return 40 if "bass" in name else 64


@pytest.mark.parametrize("name", NAMES)
def test_a_note_is_in_tune_without_offset_or_click_and_ends_in_silence(name):
    pitch = usual_pitch(name)
    x = played(VOICES[name], pitch)
    assert np.isfinite(x).all()
    assert rms(x[: RATE // 2]) > 0.005
    assert abs(cents_off(x[4000 : round(0.95 * RATE)], pitch)) < 10
    assert np.abs(x[-RATE // 4 :]).max() == 0
    assert abs(float(x.mean())) < 2e-4 * np.abs(x).max()
    steps = np.abs(np.diff(x, axis=0)).max(axis=1)
    end = round((1.0 + 0.02) * RATE)
    # After the attack nothing jumps, and least of all where the note is let go.
    assert steps[end:].max() <= steps[:end].max() * 1.05


@pytest.mark.parametrize("name", NAMES)
def test_a_harder_stroke_is_louder_and_brighter(name):
    soft = played(VOICES[name], usual_pitch(name), velocity=45)
    hard = played(VOICES[name], usual_pitch(name), velocity=100)
    assert rms(hard) > 1.6 * rms(soft)
    assert centroid_hz(hard) > 1.004 * centroid_hz(soft)


@pytest.mark.parametrize("name", TONES)
def test_the_same_key_twice_is_not_the_same_sound(name):
    voice = VOICES[name]
    canvas = np.zeros((2 * RATE, 2), np.float32)
    pitch = usual_pitch(name)
    voice.play(canvas, [Note(at, 0.4, pitch, 100) for at in (0.0, 1.0)], (section(),), 1.0)
    first, second = canvas[: RATE // 2], canvas[RATE : RATE + RATE // 2]
    assert not np.array_equal(first, second)
    assert 0.5 < rms(first) / rms(second) < 2


@pytest.mark.parametrize("name", ["steel", "nylon", "harp", "finger-bass", "rhodes", "poly"])
@pytest.mark.parametrize("pitch", [33, 57, 81])
def test_an_instrument_is_in_tune_over_its_whole_range(name, pitch):
    x = played(VOICES[name], pitch)
    assert abs(cents_off(x[1000 : RATE // 2], pitch)) < 10


@pytest.mark.parametrize("name", WIDE)
def test_wide_voices_are_wide_and_survive_mono(name):
    x = played(VOICES[name], usual_pitch(name))
    mono = x.mean(axis=1)
    assert rms(x[:, 0] - x[:, 1]) > 0.05 * rms(x)
    assert 20 * np.log10(rms(mono) / rms(x)) > -4.5


def test_a_plucked_string_dies_away_and_its_high_partials_first():
    x = played(VOICES["steel"], 52, length_s=2.5)
    early, late = x[2000 : RATE // 2], x[3 * RATE // 2 : 2 * RATE]
    assert rms(late) < 0.35 * rms(early)
    assert centroid_hz(late) < 0.6 * centroid_hz(early)


def test_a_brighter_section_opens_the_filters_of_tones():
    dark, bright = np.zeros((RATE, 2), np.float32), np.zeros((RATE, 2), np.float32)
    note = [Note(0.0, 0.8, 60, 100)]
    VOICES["stab"].play(dark, note, (section(brightness=0.1),), 1.0)
    VOICES["stab"].play(bright, note, (section(brightness=0.9),), 1.0)
    assert centroid_hz(bright) > 1.25 * centroid_hz(dark)


def test_a_cloud_has_no_seam_and_no_two_notes_begin_at_the_same_place():
    long = played(WARM, 60, length_s=9.0, seconds=10.0)
    steady = long[2 * RATE : 8 * RATE]
    jumps = np.abs(np.diff(steady, axis=0)).max(axis=1)
    assert jumps.max() < 8 * jumps.mean()
    canvas = np.zeros((4 * RATE, 2), np.float32)
    STRINGS.play(canvas, [Note(at, 0.8, 64, 90) for at in (0.0, 2.0)], (), 1.0)
    assert not np.array_equal(canvas[:RATE], canvas[2 * RATE : 3 * RATE])


def test_a_lead_glides_between_bound_notes_and_starts_anew_after_a_rest():
    bound = [Note(0.0, 0.5, 60, 90), Note(0.5, 0.5, 64, 90), Note(1.5, 0.5, 67, 90)]
    runs = list(phrases(bound))
    assert [[note.pitch for note in run] for run in runs] == [[60, 64], [67]]
    canvas = np.zeros((3 * RATE, 2), np.float32)
    SAW_LEAD.play(canvas, bound, (section(),), 1.0)
    joint = canvas[round(0.48 * RATE) : round(0.52 * RATE)]
    assert rms(joint) > 0.3 * rms(canvas[: RATE // 2])
    assert np.abs(canvas[round(1.25 * RATE) : round(1.45 * RATE)]).max() == 0


def test_a_lead_never_sounds_two_notes_that_were_written_at_once():
    together = [Note(0.0, 0.5, 60, 90), Note(0.0, 0.5, 67, 90)]
    assert [[n.pitch for n in run] for run in phrases(together)] == [[67]]


def test_a_singing_voice_changes_its_vowel_from_note_to_note():
    canvas = np.zeros((3 * RATE, 2), np.float32)
    VOX.play(canvas, [Note(0.0, 1.0, 64, 95), Note(1.0, 1.0, 64, 95)], (section(),), 1.0)
    first, second = canvas[RATE // 4 : 3 * RATE // 4], canvas[5 * RATE // 4 : 7 * RATE // 4]
    assert centroid_hz(first) > 1.15 * centroid_hz(second)


def test_nothing_is_played_beyond_the_end_of_the_canvas():
    for name in ("rhodes", "warm", "saw-lead", "steel"):
        canvas = np.zeros((RATE // 2, 2), np.float32)
        VOICES[name].play(canvas, [Note(0.4, 2.0, 60, 100), Note(9.0, 1.0, 60, 100)], (), 1.0)
        assert np.isfinite(canvas).all()
        assert canvas.any()

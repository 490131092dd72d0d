"""Kits: every key that is written has a sound, and the sounds are where drums sound."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from generation.composition.drumming import KEYS
from generation.rendering.arrangement import RATE, Note
from generation.rendering.drumkit import (
    DRUM_PARTS,
    KITS,
    LEVEL,
    PIECE_OF,
    Drummer,
    part_of,
    piece_of,
)
from tests.generation.rendering.measures import centroid_hz, fall_s, rms, share_between

KICK, SNARE, CLAP, HAT, OPEN = 36, 38, 39, 42, 46


def struck(kit, key, velocity=115, seconds=4.0):
    canvas = np.zeros((round(seconds * RATE), 2), np.float32)
    Drummer(KITS[kit]).play(canvas, [Note(0.0, 0.1, key, velocity)])
    return canvas


def test_every_piece_the_composer_writes_and_all_of_general_midi_has_a_sound():
    for kit in KITS.values():
        for key in {*KEYS.values(), *range(35, 83)}:
            assert piece_of(key) in kit.pieces
            assert part_of(key) in DRUM_PARTS
    assert {PIECE_OF[key] for key in KEYS.values()} >= {"kick", "snare", "hat", "open", "crash"}


def test_the_parts_are_as_an_engineer_would_lay_them():
    expected = {KICK: "Kick", SNARE: "Snare", 37: "Snare", CLAP: "Snare", HAT: "Hats"}
    expected |= {OPEN: "Hats", 51: "Hats", 49: "Percussion", 45: "Percussion", 70: "Percussion"}
    assert {key: part_of(key) for key in expected} == expected


@pytest.mark.parametrize("kit", sorted(KITS))
def test_every_stroke_is_clean_and_ends(kit):
    for key in sorted(set(KEYS.values())):
        x = struck(kit, key)
        assert np.isfinite(x).all()
        assert 0.05 < np.abs(x).max() <= LEVEL[piece_of(key)]
        assert abs(float(x.mean())) < 1e-3
        assert np.abs(x[-RATE // 10 :]).max() == 0


@pytest.mark.parametrize("kit", sorted(KITS))
def test_energy_lies_where_it_belongs(kit):
    assert share_between(struck(kit, KICK), 20, 160) > 0.7
    snare = struck(kit, SNARE)
    assert share_between(snare, 150, 1000) > 0.15
    assert share_between(snare, 1000, 16_000) > 0.3
    assert share_between(struck(kit, CLAP), 700, 8000) > 0.8
    assert share_between(struck(kit, HAT), 5000, 20_000) > 0.6


@pytest.mark.parametrize("kit", sorted(KITS))
def test_open_hats_ring_and_closed_ones_do_not(kit):
    assert fall_s(struck(kit, HAT), 20) < 0.08
    assert fall_s(struck(kit, OPEN), 20) > 0.08
    assert 0.08 < fall_s(struck(kit, KICK), 20) < 0.7


@pytest.mark.parametrize("key", [KICK, SNARE, HAT, 49, 45])
def test_a_harder_stroke_is_louder_and_brighter(key):
    soft, hard = struck("studio", key, 40), struck("studio", key, 120)
    assert rms(hard) > 2 * rms(soft)
    assert centroid_hz(hard) > 1.05 * centroid_hz(soft)


@pytest.mark.parametrize("key", [SNARE, HAT, CLAP])
def test_strokes_in_a_row_differ(key):
    canvas = np.zeros((4 * RATE, 2), np.float32)
    Drummer(KITS["studio"]).play(canvas, [Note(float(n), 0.1, key, 100) for n in range(4)])
    strokes = [canvas[n * RATE : n * RATE + RATE // 2] for n in range(4)]
    for first in range(4):
        for second in range(first):
            assert not np.array_equal(strokes[first], strokes[second])


def test_a_closing_hat_ends_the_open_one():
    canvas = np.zeros((2 * RATE, 2), np.float32)
    together = [Note(0.0, 0.1, OPEN, 110), Note(0.25, 0.1, HAT, 60)]
    Drummer(KITS["studio"]).play(canvas, together)
    alone = struck("studio", OPEN, 110)
    late = slice(round(0.45 * RATE), RATE)
    assert rms(alone[late]) > 5 * rms(canvas[late])


def test_a_recorded_stroke_joins_ours_at_the_same_moment():
    def late_click(key, program, force):
        x = np.zeros((RATE // 2, 2), np.float32)
        x[2000:2200] = 0.5
        return x

    canvas = np.zeros((RATE, 2), np.float32)
    Drummer(KITS["studio"], late_click).play(canvas, [Note(0.0, 0.1, SNARE, 120)])
    own = struck("studio", SNARE, 120)
    assert not np.array_equal(canvas, own[:RATE])
    assert np.argmax(np.abs(canvas).max(axis=1) > 0.1) < 200


def test_who_has_played_holds_the_font_no_longer_without_a_collector():
    class Font:
        def stroke(self, key, program, force):
            return np.zeros((RATE // 2, 2), np.float32)

    font = Font()
    held, drummer = weakref.ref(font), Drummer(KITS["studio"], font.stroke)
    gc.disable()
    try:
        drummer.play(np.zeros((RATE, 2), np.float32), [Note(0.0, 0.1, SNARE, 120)])
        del font, drummer
        assert held() is None
    finally:
        gc.enable()

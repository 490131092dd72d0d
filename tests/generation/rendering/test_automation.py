"""Levels from section to section, and gains that follow measured loudness."""

from __future__ import annotations

import numpy as np
import pytest

from generation.rendering.arrangement import RATE
from generation.rendering.automation import (
    FADE_S,
    MOST_DOWN_DB,
    MOST_UP_DB,
    ROLE_LU,
    automation_gains,
    colour_of,
    last_fade,
    section_gains_db,
    width_of,
)
from generation.rendering.balance import MOST_MOVED_DB, balanced_db, section_lufs, staged_db
from generation.rendering.channel import STRIPS
from generation.rendering.envelope import GRID_S, edges_of
from generation.rendering.equaliser import magnitude_db
from generation.rendering.spectrum import ReferenceSound, octave_distances_db
from library.analysis.long_term import BANDS_HZ, WINDOW_S, Frames, spectrum_of
from tests.generation.rendering.measures import section

SONG = [
    section(10, role="verse"),
    section(20, role="chorus", start_s=10.0),
    section(30, role="bridge", start_s=20.0),
]


def test_each_role_is_brought_to_its_level_under_the_choruses():
    gains = section_gains_db(SONG, [-20.0, -20.0, -20.0])
    assert gains == pytest.approx([ROLE_LU["verse"], 0.0, ROLE_LU["bridge"]])


def test_what_already_lies_right_is_left_alone():
    levels = [-20 + ROLE_LU["verse"], -20.0, -20 + ROLE_LU["bridge"]]
    assert section_gains_db(SONG, levels) == pytest.approx([0, 0, 0], abs=1e-9)


def test_no_section_is_moved_by_more_than_six_db():
    assert section_gains_db(SONG, [0.0, -20.0, -60.0])[0] == -MOST_DOWN_DB
    assert section_gains_db(SONG, [0.0, -20.0, -60.0])[2] == MOST_UP_DB


def test_without_a_chorus_the_loudest_leads_and_silence_is_left():
    verses = [section(10, role="verse"), section(20, role="verse", start_s=10.0)]
    assert section_gains_db(verses, [-20.0, -22.0]) == pytest.approx(
        [ROLE_LU["verse"], ROLE_LU["verse"] + 2]
    )
    assert section_gains_db(verses, [float("-inf")] * 2) == (0.0, 0.0)
    assert section_gains_db(verses, [-20.0, float("-inf")])[1] == 0.0
    assert section_gains_db([], []) == ()


def test_a_ramp_ends_where_the_section_begins():
    gains = automation_gains(SONG, [-6.0, 0.0, -6.0], 30 * RATE)
    at = {second: gains[round(second / GRID_S)] for second in (5.0, 9.7, 9.999, 15.0, 25.0)}
    assert at[5.0] == pytest.approx(10 ** (-6 / 20), rel=1e-6)
    assert at[9.7] == pytest.approx(10 ** (-6 / 20), rel=1e-6)
    assert at[9.999] == pytest.approx(1.0, abs=0.02)
    assert at[15.0] == 1.0
    assert at[25.0] == pytest.approx(10 ** (-6 / 20), rel=1e-6)
    assert (automation_gains([], [], 1_000) == 1).all()


def test_the_last_fade_ends_in_nothing():
    gains = last_fade(4 * RATE)
    assert len(gains) == edges_of(4 * RATE)
    assert gains[-1] == 0
    assert gains[: round((4 - FADE_S) / GRID_S)].min() == 1
    assert (np.diff(gains) <= 0).all()


def test_brightness_and_weight_tilt_and_the_middle_does_nothing():
    hz = np.array([40.0, 700.0, 15_000.0])
    assert magnitude_db(colour_of(SONG[0]), hz) == pytest.approx([0, 0, 0], abs=1e-6)
    bright = magnitude_db(colour_of(section(brightness=1.0, weight=0.0)), hz)
    assert bright == pytest.approx([-1.0, 0.0, 1.5], abs=0.15)
    beyond = magnitude_db(colour_of(section(brightness=7.0, weight=-3.0)), hz)
    assert beyond == pytest.approx(bright)


def test_a_chorus_is_wider_than_a_verse_of_the_same_sound():
    assert width_of(section(role="chorus")) > width_of(section(role="verse"))
    assert 0.8 <= width_of(section(width=0.0)) < width_of(section(width=1.0)) <= 1.25


def frames(levels_db, weighted_db=0.0):
    """Return twenty equal frames of these band levels."""
    bands = np.tile(10 ** (np.asarray(levels_db, np.float64) / 10), (20, 1))
    return Frames(bands, np.full(20, 10 ** (weighted_db / 10)), WINDOW_S)


def test_stems_are_staged_by_what_they_measure_and_silence_by_nothing():
    flat = [-30.0] * len(BANDS_HZ)
    gains = staged_db([frames(flat, -20), frames(flat, -40), frames(flat, -90)], [-3, -3, -3])
    assert gains == pytest.approx([17.69, 37.69, 0.0], abs=0.01)


def low_and_high():
    low = np.where(np.array(BANDS_HZ) < 500, 0.0, -40.0)
    return [frames(low), frames(-40 - low)]


def test_the_balance_moves_towards_the_reference_within_its_bounds():
    stems = low_and_high()
    for wanted_db in (-3.0, 3.0, 30.0):
        target = ReferenceSound(tuple(np.where(np.array(BANDS_HZ) < 500, wanted_db, 0.0)))
        gains = balanced_db(stems, np.zeros(2), target)
        moved = gains[0] - gains[1]
        assert np.sign(moved) == np.sign(wanted_db)
        assert abs(moved) <= min(abs(wanted_db), 2 * MOST_MOVED_DB) + 1e-6
        assert np.abs(gains).max() <= MOST_MOVED_DB + 1e-9
        mixed = sum(s.bands.mean(0) * 10 ** (g / 10) for s, g in zip(stems, gains, strict=True))
        plain = sum(s.bands.mean(0) for s in stems)
        off = [
            float((octave_distances_db(spectrum_of(one, 1.0), target) ** 2).mean())
            for one in (mixed, plain)
        ]
        assert off[0] < off[1]


def test_a_balance_that_is_right_or_has_no_reference_stays():
    stems = low_and_high()
    right = ReferenceSound(spectrum_of(sum(s.bands.mean(0) for s in stems), 1.0))
    assert balanced_db(stems, np.zeros(2), right) == pytest.approx([0, 0], abs=0.01)
    assert (balanced_db(stems, np.array([1.0, 2.0]), None) == [1, 2]).all()
    assert len(balanced_db([], np.zeros(0), right)) == 0


def test_sections_are_measured_by_their_own_frames():
    power = np.repeat([1e-2, 1e-4, 0.0], 20)
    spans = [(n * 20 * WINDOW_S, (n + 1) * 20 * WINDOW_S) for n in range(3)]
    assert section_lufs(power, WINDOW_S, spans) == pytest.approx((-20.691, -40.691, float("-inf")))


def test_the_balance_takes_no_stem_farther_than_its_strip_lets_it():
    stems = low_and_high()
    target = ReferenceSound(tuple(np.where(np.array(BANDS_HZ) < 500, 30.0, 0.0)))
    free = balanced_db(stems, np.zeros(2), target)
    held = balanced_db(stems, np.zeros(2), target, [(-4.0, 0.0), (-0.5, 4.0)])
    assert free[0] > 1
    assert held[0] <= 1e-9
    assert held[1] >= -0.5 - 1e-9


def test_what_accompanies_is_never_lifted_and_the_lead_hardly_lowered():
    for name, strip in STRIPS.items():
        low, high = strip.reach_db
        assert -MOST_MOVED_DB <= low <= 0 <= high <= MOST_MOVED_DB
        if name in ("Comp", "Pad", "Arp", "Double"):
            assert high == 0, name
    assert STRIPS["Lead"].reach_db[0] >= -0.5

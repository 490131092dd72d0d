"""Gain over time: the grid, the compressor and the dips under the kick."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.rendering import envelope
from generation.rendering.arrangement import RATE, Note
from generation.rendering.compressor import (
    Compression,
    compressor_gains,
    reduction_db,
    release,
)
from generation.rendering.sidechain import duck_gains

HARD = Compression(threshold_db=-20, ratio=4, attack_ms=10, release_ms=100, knee_db=0)


@pytest.mark.parametrize("samples", [0, 1, 63, 64, 65, 640, 1_000, 70_001])
def test_a_curve_is_drawn_straight_between_the_grid_points(samples):
    gains = np.linspace(0.2, 0.9, envelope.edges_of(samples))
    mono, stereo = np.ones(samples, np.float32), np.ones((samples, 2), np.float32)
    envelope.apply(mono, gains)
    envelope.apply(stereo, gains)
    at = np.arange(samples) / envelope.GRID
    assert mono == pytest.approx(np.interp(at, np.arange(len(gains)), gains), abs=1e-6)
    assert (stereo == mono[:, None]).all()


def test_a_signal_in_pieces_is_refused_and_left_as_it_was():
    four = np.ones((640, 4), np.float32)
    with pytest.raises(ValueError, match="copy"):
        envelope.apply(four[:, :2], np.zeros(envelope.edges_of(640)))
    assert (four == 1).all()


def test_block_peaks_see_both_signs_and_the_last_piece():
    signal = np.zeros(200, np.float32)
    signal[[5, 70, 199]] = 0.5, -0.75, 0.25
    assert envelope.block_peaks(signal) == pytest.approx([0.5, 0.75, 0.0, 0.25])


def test_the_level_of_a_stem_is_what_it_has_while_it_sounds():
    part = np.full(4 * RATE, 0.1, np.float32)
    gaps = part.copy()
    gaps[2 * RATE :] = 0
    silent = np.zeros_like(part)
    assert envelope.sounding_level(part, silent) == pytest.approx(0.1, rel=1e-3)
    assert envelope.sounding_level(gaps, silent) == pytest.approx(0.1, rel=1e-2)
    assert envelope.sounding_level(part, part) == pytest.approx(0.1 * 2**0.5, rel=1e-3)
    assert envelope.sounding_level(silent, silent) == 0
    assert envelope.sounding_level(part[:100], silent[:100]) == pytest.approx(0.1, rel=1e-3)
    assert envelope.sounding_level(part[:0], silent[:0]) == 0


def test_the_static_curve_bends_at_the_threshold():
    assert reduction_db(np.array([-40.0, -20.0, -12.0, 0.0]), HARD) == pytest.approx(
        [0.0, 0.0, 6.0, 15.0]
    )


def test_a_knee_begins_early_and_meets_the_line():
    soft = Compression(-20, 4, 10, 100, knee_db=6)
    levels = np.linspace(-40, 0, 401)
    apart = reduction_db(levels, soft) - reduction_db(levels, HARD)
    assert apart.min() > -1e-9
    assert apart.max() == pytest.approx(6 / 8 * 0.75, abs=0.01)
    assert np.diff(reduction_db(levels, soft)).min() >= 0


def test_a_steady_level_is_taken_down_by_the_static_curve():
    gains = compressor_gains(np.full(2_000, 10 ** (-8 / 20), np.float32), HARD)
    assert 20 * np.log10(gains[-1]) == pytest.approx(-9.0, abs=0.01)
    assert (np.diff(gains) <= 1e-12).all()


def test_attack_and_release_take_their_time():
    peaks = np.full(1_000, 1e-3, np.float32)
    peaks[300:500] = 1.0
    taken = -20 * np.log10(compressor_gains(peaks, HARD))
    after_attack = 300 + round(0.010 / envelope.GRID_S)
    after_release = 500 + round(0.100 / envelope.GRID_S)
    assert taken[299] == pytest.approx(0, abs=1e-6)
    assert taken[after_attack] == pytest.approx(15 * (1 - np.exp(-1)), rel=0.12)
    assert taken[after_release] == pytest.approx(15 * np.exp(-1), rel=0.12)


def test_what_is_quiet_or_empty_is_left_alone():
    assert (compressor_gains(np.zeros(50, np.float32), HARD) == 1).all()
    assert (compressor_gains(np.zeros(0, np.float32), HARD) == 1).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 20), min_size=1, max_size=60), st.floats(5, 500))
def test_release_is_the_running_maximum_of_decays(reductions, release_ms):
    found = release(np.array(reductions), release_ms, 0.01)
    fading = np.exp(-0.01 / (release_ms / 1_000))
    slow, wanted = 0.0, []
    for value in reductions:
        slow = max(value, slow * fading)
        wanted.append(slow)
    assert found == pytest.approx(wanted, abs=1e-9)


def dips(kicks, duck_db=3.5, seconds=2.0):
    samples = round(seconds * RATE)
    return -20 * np.log10(duck_gains(kicks, duck_db, samples))


def test_pad_and_sub_dip_as_deep_as_asked_and_are_back_before_the_next_beat():
    taken = dips([Note(0.5, 0.1, 36, 100), Note(1.0, 0.1, 36, 100)])
    assert taken.max() == pytest.approx(3.5, abs=0.01)
    at = {second: round(second / envelope.GRID_S) for second in (0.45, 0.5, 0.62, 0.99, 1.0)}
    assert taken[at[0.45]] == 0
    assert taken[at[0.5]] == pytest.approx(3.5, abs=0.01)
    assert taken[at[0.62]] == pytest.approx(3.5 * np.exp(-1), rel=0.05)
    assert taken[at[0.99] - 8] < 0.1
    assert taken[at[1.0]] == pytest.approx(3.5, abs=0.01)


def test_a_soft_kick_takes_less_and_none_takes_nothing():
    assert dips([Note(0.5, 0.1, 36, 50)]).max() == pytest.approx(1.75, abs=0.01)
    assert dips([Note(0.5, 0.1, 36, 127)]).max() == pytest.approx(3.5, abs=0.01)
    assert (dips([]) == 0).all()


def test_a_kick_outside_the_song_still_counts_at_its_edge():
    assert dips([Note(-0.01, 0.1, 36, 100)])[0] == pytest.approx(3.5, abs=0.01)
    assert np.isfinite(dips([Note(99.0, 0.1, 36, 100)])).all()


def test_the_dip_begins_before_the_kick_and_never_jumps():
    taken = dips([Note(0.5, 0.1, 36, 100)])
    assert np.abs(np.diff(taken)).max() < 3.5 / 4

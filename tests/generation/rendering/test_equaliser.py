"""Responses against the formulas they come from, and long convolution against the plain one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfreqz

from generation.rendering.arrangement import RATE
from generation.rendering.convolution import Convolver, impulse_response
from generation.rendering.equaliser import (
    Band,
    coefficients,
    magnitude_db,
    minimum_phase,
    response,
    steep_highpass,
)

SIZE = 1 << 15
HZ = np.fft.rfftfreq(SIZE, 1 / RATE)


def decibels(values):
    return 20 * np.log10(np.maximum(np.abs(values), 1e-9))


@pytest.mark.parametrize("hz", [28.0, 120.0, 2_000.0])
def test_a_highpass_is_butterworth_of_the_second_order(hz):
    wanted = sosfreqz(butter(2, hz, "highpass", fs=RATE, output="sos"), HZ[1:], fs=RATE)[1]
    assert np.abs(response([Band("highpass", hz)], SIZE)[1:] - wanted).max() < 1e-4


def test_a_steep_highpass_is_butterworth_of_the_fourth_order():
    wanted = sosfreqz(butter(4, 120, "highpass", fs=RATE, output="sos"), HZ[1:], fs=RATE)[1]
    assert np.abs(response(steep_highpass(120), SIZE)[1:] - wanted).max() < 1e-4
    assert magnitude_db(steep_highpass(120), np.array([60.0]))[0] == pytest.approx(-24.1, abs=0.2)


@pytest.mark.parametrize("gain_db", [-6.0, -1.0, 1.5, 9.0])
def test_a_peak_has_its_gain_at_its_frequency_and_none_far_away(gain_db):
    at = magnitude_db([Band("peak", 1_000, gain_db, 2.0)], np.array([20.0, 1_000.0, 20_000.0]))
    assert at == pytest.approx([0.0, gain_db, 0.0], abs=0.02)


@pytest.mark.parametrize(("kind", "low", "high"), [("lowshelf", 1.0, 0.0), ("highshelf", 0.0, 1.0)])
def test_a_shelf_lifts_one_side_and_half_of_it_at_its_corner(kind, low, high):
    at = magnitude_db([Band(kind, 1_000, 6.0)], np.array([5.0, 1_000.0, 21_900.0]))
    assert at == pytest.approx([6 * low, 3.0, 6 * high], abs=0.05)


def test_every_filter_is_stable():
    for kind in ("highpass", "peak", "lowshelf", "highshelf"):
        for hz in (20.0, 300.0, 9_000.0, 18_000.0):
            _, back = coefficients(Band(kind, hz, -12.0, 0.5))
            assert np.abs(np.roots(back)).max() < 1


def test_filters_in_a_row_add_their_decibels():
    bands = [Band("highpass", 40), Band("peak", 300, -2.0, 1.0), Band("highshelf", 5_000, 3.0)]
    one_by_one = sum(decibels(response([band], SIZE)[4:]) for band in bands)
    together = decibels(response(bands, SIZE)[4:])
    assert np.abs(one_by_one - together).max() < 1e-3
    assert np.abs(magnitude_db(bands, HZ[4:]) - together).max() < 1e-2


def test_minimum_phase_goes_through_the_gains_asked_for():
    hz, gains = (100.0, 1_000.0, 8_000.0), (-3.0, 2.0, -1.0)
    made = minimum_phase(hz, gains, SIZE)
    at = [round(one * SIZE / RATE) for one in hz]
    assert decibels(made[at]) == pytest.approx(gains, abs=0.05)
    assert decibels(made[5]) == pytest.approx(-3.0, abs=0.05)


def test_minimum_phase_answers_at_once_and_rings_briefly():
    wave = impulse_response(minimum_phase((50.0, 500.0, 5_000.0), (-3.0, 3.0, -3.0), SIZE), SIZE)
    energy = np.cumsum(wave.astype(np.float64) ** 2)
    assert energy[64] > 0.9 * energy[-1]
    assert np.abs(wave[SIZE // 2 :]).max() < 1e-4


def test_no_gain_at_all_is_no_filter():
    assert np.abs(minimum_phase((100.0, 1_000.0), (0.0, 0.0), SIZE) - 1).max() < 1e-6


def test_convolution_in_blocks_equals_the_plain_one():
    rng = np.random.default_rng(0)
    signal = rng.standard_normal(9_000).astype(np.float32)
    kernel = rng.standard_normal(500).astype(np.float32)
    convolver = Convolver(2_048, 512)
    out = np.zeros(10_000, np.float32)
    convolver.add(signal, 100, [(np.fft.rfft(kernel, 2_048).astype(np.complex64), out)])
    wanted = np.zeros(10_000)
    wanted[100 : 100 + 9_499] = np.convolve(signal, kernel)
    assert np.abs(out - wanted).max() < 1e-3


def test_convolution_stops_at_the_end_of_the_output_and_skips_silence():
    convolver, out = Convolver(256, 64), np.zeros(300, np.float32)
    one = np.ones(129, np.complex64)
    convolver.add(np.zeros(1_000, np.float32), 0, [(one, out)])
    assert not out.any()
    convolver.add(np.ones(1_000, np.float32), 200, [(one, out)])
    assert out[:200].max() < 1e-6
    assert out[200:] == pytest.approx(1, abs=1e-5)

"""Loudness against the test signals of EBU Tech 3341 and 3342 and ITU-R BS.1770-4."""

from __future__ import annotations

import numpy as np
import pytest

from library.analysis.loudness import (
    integrated_lufs,
    lufs_between,
    measure_loudness,
    true_peak,
)
from tests.audio import signals

RATES = (22_050, 44_100, 48_000, 96_000)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("level_db", [-23.0, -33.0])
def test_a_stereo_sine_of_1_khz_measures_its_peak_level(rate, level_db):
    # EBU Tech 3341, cases 1 and 2; their tolerance is .1 LU.
    loudness = measure_loudness(signals.sine(6, rate, 1_000, 10 ** (level_db / 20)), rate)
    assert loudness.integrated_lufs == pytest.approx(level_db, abs=0.1)


@pytest.mark.parametrize("seconds", [0.01, 0.4, 7.3])
def test_the_integrated_loudness_alone_is_the_one_of_the_whole_measurement(seconds):
    audio = signals.sine(seconds, 44_100, 440, 0.3)
    assert integrated_lufs(audio, 44_100) == measure_loudness(audio, 44_100).integrated_lufs
    assert integrated_lufs(np.zeros_like(audio), 44_100) == float("-inf")


def test_quiet_ends_are_gated_out():
    # EBU Tech 3341, case 3: -36, -23 and -36 dBFS for 10, 60 and 10 s.
    parts = [
        signals.sine(s, 48_000, 1_000, 10 ** (db / 20))
        for s, db in ((10, -36), (60, -23), (10, -36))
    ]
    loudness = measure_loudness(np.concatenate(parts), 48_000)
    assert loudness.integrated_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("levels_db", "range_lu"), [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20)]
)
def test_two_levels_of_twenty_seconds_have_the_range_between_them(levels_db, range_lu):
    # EBU Tech 3342, cases 1 to 3; their tolerance is 1 LU.
    parts = [signals.sine(20, 48_000, 1_000, 10 ** (db / 20)) for db in levels_db]
    loudness = measure_loudness(np.concatenate(parts), 48_000)
    assert loudness.range_lu == pytest.approx(range_lu, abs=1)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_the_true_peak_lies_between_the_samples(rate):
    # A quarter of the rate at 45 degrees: every sample is 3 dB below the peak of the wave.
    t = np.arange(rate)
    wave = signals.stereo(0.5 * np.sin(np.pi * t / 2 + np.pi / 4))
    assert np.abs(wave).max() == pytest.approx(0.5 / np.sqrt(2), abs=1e-4)
    # BS.1770 Annex 2 allows +.2 and -.4 dB for oversampling of this kind.
    assert -0.4 < 20 * np.log10(true_peak(wave[100:-100], rate) / 0.5) < 0.2


def test_the_true_peak_of_a_low_sine_is_its_sample_peak():
    wave = signals.sine(1, 44_100, 100, 0.7)
    assert true_peak(wave, 44_100) == pytest.approx(0.7, rel=0.002)


def test_clipped_audio_reports_a_peak_above_full_scale():
    loudness = measure_loudness(np.clip(4 * signals.noise(5, 44_100), -1, 1), 44_100)
    assert loudness.true_peak_dbtp > 0.1


def test_the_level_of_a_stretch_is_the_level_of_that_stretch():
    parts = [signals.sine(10, 44_100, 1_000, 10 ** (db / 20)) for db in (-30, -12)]
    loudness = measure_loudness(np.concatenate(parts), 44_100)
    assert lufs_between(loudness, 1, 9) == pytest.approx(-30, abs=0.1)
    assert lufs_between(loudness, 11, 19) == pytest.approx(-12, abs=0.1)

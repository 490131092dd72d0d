"""The ceiling: no burst, however rude, comes out above it, between the samples neither."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

from generation.rendering.arrangement import RATE
from generation.rendering.limiter import MARGIN_DB, ceiling_gains, limit, peak_blocks
from library.analysis.loudness import true_peak
from tests.generation.rendering.desk import db, noise, tone


def oversampled_db(audio, factor=8):
    """The true peak by a much longer filter than the limiter's own."""
    return max(db(np.abs(resample_poly(channel, factor, 1)).max()) for channel in audio.T)


def bursts(seed, count, loudest):
    """Noise, clicks, steps and tones near half the sampling rate, at random places."""
    rng = np.random.default_rng(seed)
    audio = 0.05 * rng.standard_normal((6_000, 2))
    for _ in range(count):
        at, size = int(rng.integers(0, 5_800)), int(rng.integers(1, 900))
        kind = int(rng.integers(0, 4))
        length = min(size, 6_000 - at)
        shapes = (
            rng.standard_normal(length),
            np.ones(length),
            np.cos(np.pi * rng.uniform(0.1, 0.9) * np.arange(length) + rng.uniform(0, 6)),
            np.eye(1, length).ravel(),
        )
        audio[at : at + length, int(rng.integers(0, 2))] += loudest * shapes[kind]
    return audio.astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.floats(0.3, 8.0), st.floats(-6.0, 0.0))
def test_no_burst_passes_the_ceiling(seed, count, loudest, ceiling_dbtp):
    limited = limit(bursts(seed, count, loudest), ceiling_dbtp)
    assert db(np.abs(limited).max()) <= ceiling_dbtp - MARGIN_DB + 1e-4
    # What lies between four points and eight, and a step's ringing, stays within a third of a dB.
    assert oversampled_db(limited) <= ceiling_dbtp + 0.3


def test_music_stays_under_the_ceiling_for_every_meter():
    loud = noise(1.5, level=0.5) + tone(1.5, 55, 0.8) + tone(1.5, 9_700, 0.5)
    limited = limit(loud, -1.0)
    # White noise is the worst there is between the samples: music has nothing near half the rate.
    assert oversampled_db(limited) <= -0.9
    assert db(true_peak(limited, RATE)) <= -0.85


def test_a_peak_between_two_samples_is_seen():
    # A sine at a quarter of the rate, sampled 45 degrees beside its crests: 3 dB lie in between.
    wave = np.sin(np.pi / 2 * np.arange(4_000) + np.pi / 4).astype(np.float32)
    audio = np.stack([wave, wave], axis=1)
    assert np.abs(audio).max() == pytest.approx(2**-0.5, abs=1e-6)
    assert peak_blocks(audio, 0.8)[100:-100].max() == pytest.approx(1.0, abs=0.01)
    assert oversampled_db(limit(audio, -1.0)[200:-200]) <= -1.0


def test_what_is_below_the_ceiling_is_left_as_it_is():
    quiet = noise(0.5, level=0.05)
    limited = limit(quiet, -1.0)
    assert (limited == quiet).all()
    assert limited is not quiet


def test_both_channels_are_turned_down_alike():
    audio = tone(0.3, 440, 0.2)
    audio[6_000:6_400, 0] *= 10
    limited = limit(audio, -1.0)
    middle = slice(6_050, 6_350)
    assert (limited[middle, 0] / audio[middle, 0])[1:5] == pytest.approx(
        (limited[middle, 1] / audio[middle, 1])[1:5], rel=1e-4
    )


def test_it_is_ready_before_the_peak_and_lets_go_afterwards():
    audio = np.full((RATE, 2), 0.5, np.float32)
    audio[20_000] = 2.0
    gain = limit(audio, -1.0)[:, 0] / audio[:, 0]
    assert gain[19_800] == pytest.approx(1.0, abs=1e-3)
    assert gain[19_990] < 0.5
    assert 0.55 < gain[20_000 + round(0.035 * RATE)] < 0.9
    assert gain[-1] == pytest.approx(1.0, abs=1e-3)
    assert np.abs(np.diff(np.delete(gain, 20_000))).max() < 0.02


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 30), min_size=1, max_size=80), st.integers(2, 10), st.floats(1, 200))
def test_gains_hold_the_ceiling_on_both_sides_of_every_block(peaks, hold, release_ms):
    gains = ceiling_gains(np.array(peaks), 0.9, hold, release_ms, 0.001)
    assert len(gains) == len(peaks) + 1
    assert (np.maximum(gains[:-1], gains[1:]) * peaks <= 0.9 * (1 + 1e-9)).all()
    assert (gains <= 1).all()
    assert (gains > 0).all()


@pytest.mark.parametrize("frames", [1, 7, 8, 9, 100])
def test_the_shortest_signals_are_limited_too(frames):
    limited = limit(np.full((frames, 2), 3.0, np.float32), -1.0)
    assert limited.shape == (frames, 2)
    assert np.abs(limited).max() <= 10 ** (-1 / 20)


def test_silence_and_nothing_stay_so():
    assert not limit(np.zeros((500, 2), np.float32), -1.0).any()
    assert limit(np.zeros((0, 2), np.float32), -1.0).shape == (0, 2)

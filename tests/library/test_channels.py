"""Several channels become one without costing a bit."""

from __future__ import annotations

import numpy as np
import pytest

from library.analysis.channels import downmix


def drawn(channels: int, frames: int = 50_000):
    loud = np.random.default_rng(channels).normal(0, 1, (frames, channels)).astype(np.float32)
    # Far apart, so that a sum in another order or in another width would be rounded otherwise.
    return loud * np.float32(10.0) ** -np.arange(channels, dtype=np.float32)


@pytest.mark.parametrize("order", ["C", "F"])
def test_stereo_is_to_the_bit_the_mean_that_numpy_takes(order):
    samples = np.asarray(drawn(2), order=order)
    ours = downmix(samples)
    assert ours.dtype == np.float32
    assert np.array_equal(ours, samples.mean(axis=1))


def test_one_channel_is_itself():
    samples = drawn(1)
    assert np.array_equal(downmix(samples), samples[:, 0])


def test_six_channels_are_their_mean():
    samples = drawn(6)
    assert np.allclose(downmix(samples), samples.astype(np.float64).mean(axis=1), atol=1e-6)


def test_nothing_stays_nothing():
    assert downmix(np.zeros((0, 2), np.float32)).shape == (0,)

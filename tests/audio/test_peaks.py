"""Waveform peaks: what a player draws is what the samples do."""

from __future__ import annotations

import json

import numpy as np
import pytest

from library.analysis.peaks import OVERVIEW_POINTS, peaks_as_json, peaks_overview, peaks_zoom
from tests.audio import signals


@pytest.mark.parametrize("duration_s", [1, 7.3, 30])
@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
def test_the_overview_has_at_most_two_thousand_points_and_covers_the_song(duration_s, rate):
    samples = signals.noise(duration_s, rate)
    peaks = peaks_overview(samples, rate)
    assert len(peaks.points) <= OVERVIEW_POINTS
    assert len(peaks.points) > 0.9 * OVERVIEW_POINTS
    assert len(peaks.points) * peaks.samples_per_point >= len(samples)
    assert (len(peaks.points) - 1) * peaks.samples_per_point < len(samples)


def test_each_point_holds_the_extremes_of_its_stretch():
    samples = signals.chirp(2, 44_100)
    peaks = peaks_zoom(samples, 44_100, samples_per_point=256)
    for i in (0, 17, 200, len(peaks.points) - 1):
        stretch = samples[256 * i : 256 * (i + 1)]
        low, high = peaks.points[i]
        assert low == round(127 * float(stretch.min()))
        assert high == round(127 * float(stretch.max()))


def test_the_louder_channel_is_drawn():
    samples = np.stack([0.1 * np.ones(1_000), -0.9 * np.ones(1_000)], 1).astype(np.float32)
    points = peaks_zoom(samples, 44_100, samples_per_point=100).points
    assert points.tolist() == [[-114, 13]] * 10


def test_full_scale_does_not_wrap():
    samples = np.array([[2.0], [-2.0]], np.float32)
    assert peaks_zoom(samples, 8_000, samples_per_point=2).points.tolist() == [[-128, 127]]


def test_silence_is_a_flat_line_and_nothing_is_nothing():
    assert not peaks_overview(signals.silence(1, 44_100), 44_100).points.any()
    assert len(peaks_overview(np.zeros((0, 2), np.float32), 44_100).points) == 0


def test_the_json_is_audiowaveform_version_2():
    peaks = peaks_overview(signals.sine(3, 44_100), 44_100, points=300)
    document = json.loads(json.dumps(peaks_as_json(peaks)))
    assert document["version"] == 2
    assert document["bits"] == 8
    assert document["channels"] == 1
    assert document["sample_rate"] == 44_100
    assert document["samples_per_pixel"] == peaks.samples_per_point
    assert document["length"] == len(document["data"]) // 2 == len(peaks.points)
    assert min(document["data"]) == -127
    assert max(document["data"]) == 127

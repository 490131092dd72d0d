"""Reverbs that are ours and always the same, and echoes where phrases end."""

from __future__ import annotations

import numpy as np
import pytest

from generation.rendering.arrangement import RATE, Note
from generation.rendering.convolution import impulse_response
from generation.rendering.delay import TAPS_DB, add_echoes, phrase_ends
from generation.rendering.reverb import HALL, LOW_CUT_HZ, ROOM, SHAPES, reverb, ring_samples
from tests.generation.rendering.desk import db

SIZE = 1 << 17


def channels(name):
    """Return the left and right impulse responses of a reverb."""
    mid, side = (impulse_response(one, SIZE) for one in reverb(name, SIZE))
    return mid + side, mid - side


def seconds_to(wave, decibels):
    """Return when the energy still to come has fallen by so many dB (Schroeder's integral)."""
    left = np.cumsum((wave.astype(np.float64) ** 2)[::-1])[::-1]
    return float(np.flatnonzero(left > left[0] * 10 ** (-decibels / 10))[-1]) / RATE


@pytest.mark.parametrize("name", [ROOM, HALL])
def test_a_reverb_gives_each_channel_the_energy_it_was_given(name):
    for wave in channels(name):
        assert np.sum(wave.astype(np.float64) ** 2) == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("name", [ROOM, HALL])
def test_a_reverb_waits_rings_and_is_silent_within_its_time(name):
    seconds, before_ms, _ = SHAPES[name]
    for wave in channels(name):
        assert np.abs(wave[: round(before_ms / 1000 * RATE)]).max() < 1e-5
        assert 0.2 * seconds < seconds_to(wave, 30) < 0.6 * seconds
        assert np.abs(wave[ring_samples() :]).max() < 1e-5


def test_the_hall_is_longer_than_the_room():
    assert seconds_to(channels(HALL)[0], 40) > 2 * seconds_to(channels(ROOM)[0], 40)


@pytest.mark.parametrize("name", [ROOM, HALL])
def test_a_reverb_is_wide_and_leaves_the_bass_alone(name):
    left, right = channels(name)
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.1
    power = np.abs(np.fft.rfft(left)) ** 2
    hz = np.fft.rfftfreq(SIZE, 1 / RATE)
    assert power[hz < LOW_CUT_HZ / 3].mean() < 0.02 * power[(hz > 400) & (hz < 2_000)].mean()


def test_a_reverb_is_the_same_on_every_machine():
    # The noise comes from PCG64's raw stream, which numpy promises to keep; only rounding may differ.
    left, right = channels(ROOM)
    assert left[400:404] == pytest.approx([0.0186, -0.0260, 0.0162, -0.0564], abs=1e-4)
    assert right[400:404] == pytest.approx([-0.0133, -0.0411, -0.0459, -0.0491], abs=1e-4)
    hall, _ = channels(HALL)
    assert hall[1_000:1_004] == pytest.approx([0.0002, -0.0144, -0.0106, -0.0060], abs=1e-4)


NOTES = [
    Note(0.0, 0.4, 60, 100),
    Note(0.5, 0.4, 62, 100),
    Note(2.0, 0.4, 64, 100),
    Note(2.5, 2.0, 65, 100),
]


def test_phrases_end_where_a_beat_of_rest_follows():
    assert phrase_ends(NOTES, 0.5) == [(0.5, 0.9), (3.75, 4.5)]
    assert phrase_ends(NOTES[::-1], 0.5) == phrase_ends(NOTES, 0.5)
    assert phrase_ends([], 0.5) == []


def test_echoes_come_in_dotted_eighths_from_side_to_side_and_fall():
    mid, side = np.zeros((2, 4 * RATE), np.float32)
    mid[RATE // 2 : round(0.9 * RATE)] = 1.0
    dry = mid.copy()
    add_echoes(mid, side, NOTES[:2], 120)
    added, lag = mid - dry, 0.375
    assert not added[: round(0.85 * RATE)].any()
    for number, tap_db in enumerate(TAPS_DB, start=1):
        middle = round((0.7 + number * lag) * RATE)
        assert db(added[middle]) == pytest.approx(tap_db, abs=0.05)
        assert side[middle] * (1 if number % 2 else -1) > 0
        assert abs(side[middle]) < added[middle]


def test_an_echo_beyond_the_end_is_dropped_and_a_short_throw_left_out():
    mid, side = np.ones((2, RATE), np.float32)
    before = mid.copy()
    add_echoes(mid, side, [Note(0.99, 0.001, 60, 100)], 60)
    assert (mid == before).all()
    add_echoes(mid, side, [Note(0.5, 0.3, 60, 100)], 60)
    assert np.isfinite(mid).all()

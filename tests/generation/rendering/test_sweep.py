"""The filter that follows the sections, and the amplifier."""

from __future__ import annotations

import numpy as np
import pytest

from generation.rendering.amplifier import USUAL_PEAK, amplify
from generation.rendering.arrangement import RATE
from generation.rendering.sweep import (
    BLOCK,
    BRIGHTEST_HZ,
    DARKEST_HZ,
    cutoff_curve,
    sweep_by_sections,
)
from generation.rendering.voices.signal import noise, stereo
from tests.generation.rendering.measures import centroid_hz, rms, section, spectrum

VERSE = section(8.0, energy=0.2, brightness=0.2)
CHORUS = section(16.0, role="chorus", start_s=8.0, energy=0.9, brightness=0.8)


def curve_at(curve, seconds):
    return curve[int(seconds * RATE / BLOCK)]


def test_the_filter_stays_within_its_range_and_opens_before_a_fuller_section():
    curve = cutoff_curve((VERSE, CHORUS), 16 * RATE)
    assert curve.min() >= DARKEST_HZ
    assert curve.max() <= BRIGHTEST_HZ
    early, opening, full = (curve_at(curve, at) for at in (3.0, 7.5, 12.0))
    assert early < opening < full
    assert full > 3 * early


def test_the_filter_closes_at_once_into_a_quieter_section():
    after = section(24.0, start_s=16.0, energy=0.2, brightness=0.2)
    curve = cutoff_curve((VERSE, CHORUS, after), 24 * RATE)
    assert curve_at(curve, 15.5) == pytest.approx(curve_at(curve, 12.0), rel=0.01)
    assert curve_at(curve, 17.0) == pytest.approx(curve_at(curve, 3.0), rel=0.01)


def test_an_intro_begins_dark_and_opens():
    intro = section(8.0, role="intro", energy=0.3, brightness=0.6)
    curve = cutoff_curve((intro,), 8 * RATE)
    assert curve_at(curve, 7.5) > 1.6 * curve_at(curve, 0.5)


def test_what_is_swept_follows_and_nothing_jumps():
    x = stereo(noise(16 * RATE, "a"), noise(16 * RATE, "b")) * np.float32(0.1)
    sweep_by_sections(x, (VERSE, CHORUS))
    assert np.isfinite(x).all()
    assert centroid_hz(x[12 * RATE : 13 * RATE]) > 2 * centroid_hz(x[2 * RATE : 3 * RATE])
    held = stereo(*(np.sin(2 * np.pi * 440 * np.arange(16 * RATE) / RATE),) * 2)
    sweep_by_sections(held, (VERSE, CHORUS))
    # A 440 Hz sine of level 1 never moves faster than this, unless a block clicks.
    assert np.abs(np.diff(held[:, 0])).max() < 1.15 * 2 * np.pi * 440 / RATE


def test_silence_stays_silence_and_no_sections_change_nothing():
    x = np.zeros((RATE, 2), np.float32)
    sweep_by_sections(x, (VERSE,))
    assert not x.any()
    y = stereo(noise(1000, "a"), noise(1000, "a"))
    before = y.copy()
    sweep_by_sections(y, ())
    assert np.array_equal(y, before)


def sine(hertz, level, seconds=0.5):
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return stereo(wave, wave)


def test_an_amplifier_adds_overtones_and_keeps_the_level():
    for amount in (0.3, 1.0):
        x = sine(220, USUAL_PEAK)
        amplify(x, amount)
        freqs, power = spectrum(x)
        third = power[np.abs(freqs - 660) < 10].sum() / power[np.abs(freqs - 220) < 10].sum()
        assert third > 1e-3
        assert 0.4 < rms(x) / rms(sine(220, USUAL_PEAK)) < 2
        assert abs(float(x.mean())) < 1e-3


def test_a_harder_driven_amplifier_bends_more_and_its_speaker_ends_early():
    shares = []
    for amount in (0.1, 0.9):
        x = sine(220, USUAL_PEAK)
        amplify(x, amount)
        freqs, power = spectrum(x)
        shares.append(power[freqs > 400].sum() / power.sum())
    assert shares[1] > 5 * shares[0]
    hiss = stereo(noise(RATE, "a"), noise(RATE, "a")) * np.float32(0.05)
    amplify(hiss, 1.0)
    freqs, power = spectrum(hiss)
    assert power[freqs > 8000].sum() < 0.02 * power.sum()


def test_two_notes_through_one_amplifier_colour_each_other():
    together = sine(220, USUAL_PEAK) + sine(330, USUAL_PEAK)
    amplify(together, 1.0)
    freqs, power = spectrum(together)
    difference = power[np.abs(freqs - 110) < 5].sum() / power.sum()
    assert difference > 1e-4

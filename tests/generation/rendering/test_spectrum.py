"""Bands that add up, a loudness that agrees with the meter, and the median of some songs."""

from __future__ import annotations

import numpy as np
import pytest

from generation.rendering.arrangement import RATE
from generation.rendering.spectrum import (
    BANDS_HZ,
    FLOOR_DB,
    OCTAVES_HZ,
    ReferenceSound,
    frames_of,
    gated_lufs,
    long_term_spectrum,
    octave_distances_db,
    octaves_db,
    reference_sound,
)
from library.analysis.loudness import measure_loudness
from tests.generation.rendering.desk import arrangement, dry_stems, noise, tone


def measured(audio, rate=RATE):
    return frames_of([np.ascontiguousarray(channel) for channel in audio.T], rate)


@pytest.mark.parametrize("hz", [63.0, 440.0, 1_000.0, 10_000.0])
def test_a_tone_has_its_power_in_its_own_band(hz):
    bands = measured(tone(2, hz, 0.5)).bands[:-1].mean(0)
    own = int(np.abs(np.log(np.array(BANDS_HZ) / hz)).argmin())
    assert bands[max(0, own - 1) : own + 2].sum() == pytest.approx(0.25, rel=0.02)
    assert bands.argmax() == own


def test_white_noise_rises_by_one_db_from_band_to_band():
    levels = np.array(long_term_spectrum(noise(8)))
    assert np.polyfit(np.arange(len(levels)), levels, 1)[0] == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
def test_a_spectrum_does_not_depend_on_the_rate_it_was_stored_at(rate):
    time = np.arange(4 * rate) / rate
    wave = sum(np.sin(2 * np.pi * hz * time) for hz in (100, 1_000, 4_000))
    levels = np.array(long_term_spectrum((0.1 * wave[:, None]).astype(np.float32), rate))
    for hz in (100, 1_000, 4_000):
        own = int(np.abs(np.log(np.array(BANDS_HZ) / hz)).argmin())
        at_1k = levels[int(np.abs(np.log(np.array(BANDS_HZ) / 1_000)).argmin())]
        assert levels[own] == pytest.approx(at_1k, abs=0.6)


def test_a_louder_song_has_the_same_spectrum():
    song = noise(3)
    assert long_term_spectrum(song) == pytest.approx(long_term_spectrum(song * 0.1), abs=0.02)


def test_silence_has_the_floor_everywhere():
    assert set(long_term_spectrum(np.zeros((5_000, 2), np.float32))) == {FLOOR_DB}
    assert len(long_term_spectrum(np.zeros((0, 2), np.float32))) == len(BANDS_HZ)


def test_the_quick_loudness_agrees_with_the_meter():
    song = sum(dry_stems(arrangement()).values())
    for audio in (song, noise(5, level=0.02), tone(5, 80)):
        wanted = measure_loudness(np.asfortranarray(audio), RATE).integrated_lufs
        assert gated_lufs(measured(audio).weighted) == pytest.approx(wanted, abs=0.35)


def test_gates_leave_the_pauses_out():
    audio = noise(6)
    audio[3 * RATE :] *= 1e-3
    whole, half = gated_lufs(measured(audio).weighted), measured(audio[: 3 * RATE])
    assert whole == pytest.approx(gated_lufs(half.weighted), abs=0.3)
    assert gated_lufs(np.zeros(10)) == float("-inf")


def test_the_reference_is_the_median_of_each_band():
    flat, up = [0.0] * len(BANDS_HZ), [3.0] * len(BANDS_HZ)
    odd = [90.0, *flat[1:]]
    assert reference_sound([flat, up, odd]).bands_db == (3.0, *flat[1:])


def test_a_reference_needs_whole_spectra():
    with pytest.raises(ValueError, match="0 spectra"):
        reference_sound([])
    with pytest.raises(ValueError, match="should hold 29 levels"):
        reference_sound([[0.0] * 29, []])


def test_three_thirds_make_an_octave():
    assert len(OCTAVES_HZ) == 8
    assert OCTAVES_HZ[0] == pytest.approx(63.1, abs=0.1)
    assert OCTAVES_HZ[-1] == pytest.approx(7_943, abs=1)
    assert octaves_db([0.0] * len(BANDS_HZ)) == pytest.approx([4.77] * 8, abs=0.01)


def test_octaves_stand_out_whatever_the_level():
    flat = ReferenceSound((0.0,) * len(BANDS_HZ))
    lifted = np.full(len(BANDS_HZ), -20.0)
    lifted[3:6] += 8  # 50, 63 and 80 Hz
    assert octave_distances_db(tuple(lifted), flat) == pytest.approx([7, *[-1] * 7], abs=0.01)

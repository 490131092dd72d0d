"""Bands that add up, a loudness that agrees with the meter, and the median of some songs."""

from __future__ import annotations

import numpy as np
import pytest

from generation.rendering.arrangement import RATE
from generation.rendering.spectrum import (
    OCTAVES_HZ,
    ReferenceSound,
    gated_lufs,
    octave_distances_db,
    octaves_db,
    reference_sound,
)
from library.analysis.long_term import BANDS_HZ, frames_of
from library.analysis.loudness import measure_loudness
from tests.generation.rendering.desk import arrangement, dry_stems, noise, tone


def measured(audio, rate=RATE):
    return frames_of([np.ascontiguousarray(channel) for channel in audio.T], rate)


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

"""The master: where the loudness lands, what the ceiling holds, how far the tone may go."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import resample_poly

from generation.rendering.arrangement import RATE
from generation.rendering.mastering import CORRECTED, MOST_CORRECTED_DB, correction_db, master
from generation.rendering.mixing import mix
from generation.rendering.spectrum import ReferenceSound, octave_distances_db
from library.analysis.long_term import BANDS_HZ, long_term_spectrum
from library.analysis.loudness import measure_loudness
from tests.generation.rendering.desk import arrangement, db, dry_stems, noise, tone

HZ = np.array(BANDS_HZ)


@pytest.fixture(scope="module")
def bus():
    song = arrangement()
    audio = mix(dry_stems(song), song, reference=None).audio
    audio.setflags(write=False)
    return audio


@pytest.fixture(scope="module")
def mastered(bus):
    return master(bus)


def test_the_loudness_lands_and_the_ceiling_holds(mastered):
    found = measure_loudness(np.asfortranarray(mastered.audio), RATE)
    assert found.integrated_lufs == pytest.approx(-14.0, abs=0.1)
    assert found.true_peak_dbtp <= -1.0
    assert (mastered.lufs, mastered.true_peak_dbtp, mastered.lra_lu) == (
        found.integrated_lufs,
        found.true_peak_dbtp,
        found.range_lu,
    )


def test_another_interpolator_finds_nothing_above_the_ceiling_either(mastered):
    assert max(db(np.abs(resample_poly(c, 8, 1)).max()) for c in mastered.audio.T) <= -1.0


@pytest.mark.parametrize(("target", "ceiling"), [(-23.0, -1.0), (-11.0, -2.0)])
def test_other_targets_are_met_too(bus, target, ceiling):
    made = master(bus, target_lufs=target, ceiling_dbtp=ceiling)
    assert made.lufs == pytest.approx(target, abs=0.2)
    assert made.true_peak_dbtp <= ceiling + 1e-6


def test_what_cannot_be_so_loud_still_keeps_the_ceiling():
    clicks = np.zeros((3 * RATE, 2), np.float32)
    clicks[:: RATE // 4] = 0.5
    made = master(clicks)
    assert made.true_peak_dbtp <= -1.0 + 1e-6
    assert np.isfinite(made.audio).all()


def test_silence_stays_silence():
    made = master(np.zeros((RATE, 2), np.float32))
    assert not made.audio.any()
    assert made.lufs == float("-inf")
    assert made.gain_db == 0


def test_a_constant_offset_is_taken_out(bus):
    made = master(bus + np.float32(0.02))
    middle = made.audio[RATE:-RATE]
    assert np.abs(middle.mean(0, dtype=np.float64)).max() < 1e-3


def test_the_mix_itself_is_not_touched(bus):
    before = bus.copy()
    master(bus)
    assert (bus == before).all()


def tilted(bus, low_db, high_db):
    """Return a reference that has so much more of the lows and of the highs than the bus."""
    plain = np.array(long_term_spectrum(bus))
    return ReferenceSound(
        tuple(plain + np.where(HZ < 300, low_db, 0) + np.where(HZ > 2_000, high_db, 0))
    )


@pytest.mark.parametrize(("low", "high"), [(2.0, -2.0), (40.0, -40.0), (-9.0, 9.0)])
def test_the_correction_goes_the_right_way_and_never_beyond_three_db(bus, low, high):
    found = np.array(correction_db(bus, tilted(bus, low, high)))
    assert np.abs(found).max() <= MOST_CORRECTED_DB
    inside = np.zeros(len(HZ), bool)
    inside[CORRECTED] = True
    assert (found[~inside] == 0).all()
    assert np.sign(found[inside & (HZ < 200)].mean()) == np.sign(low)
    assert np.sign(found[inside & (HZ > 3_000)].mean()) == np.sign(high)


def test_the_master_comes_nearer_to_the_reference(bus, mastered):
    target = tilted(bus, 4.0, -4.0)
    made = master(bus, reference=target)
    before, after = (
        octave_distances_db(long_term_spectrum(one.audio), target) for one in (mastered, made)
    )
    assert (after**2).mean() < 0.6 * (before**2).mean()
    assert any(made.correction_db)
    assert not any(mastered.correction_db)


def test_a_song_that_is_its_own_reference_is_hardly_corrected():
    audio = noise(3)
    shaped = master(audio, target_lufs=-25.0).audio
    own = ReferenceSound(long_term_spectrum(shaped))
    assert np.abs(correction_db(audio, own)).max() < 0.5


def test_the_tone_takes_the_rumble_and_leaves_the_middle():
    rumble, middle = tone(4, 12, 0.2), tone(4, 1_000, 0.2)
    made = master(rumble + middle).audio[RATE:-RATE, 0].astype(np.float64)
    power = np.abs(np.fft.rfft(made * np.hanning(len(made)))) ** 2
    hz = np.fft.rfftfreq(len(made), 1 / RATE)
    low, high = (power[np.abs(hz - at) < 3].sum() for at in (12, 1_000))
    assert 10 * np.log10(low / high) < -12

"""Timbre, descriptors, complexity and embedding: they move the way their definitions say."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from library.analysis.descriptors import gliding_share
from library.analysis.pipeline import analyse_pcm
from library.analysis.spectra import compute_spectra
from library.analysis.timbre import describe_timbre
from tests.audio import signals

RATE = 44_100
LABELS = ["A:min", "F:maj", "C:maj", "G:maj"] * 3


def timbre_of(samples, rate=RATE):
    return describe_timbre(samples, compute_spectra(samples, rate))


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("hz", [300, 1_000, 4_000])
def test_the_centroid_of_a_sine_is_its_frequency(rate, hz):
    assert timbre_of(signals.sine(3, rate, hz, 0.5), rate).centroid_hz == pytest.approx(hz, rel=0.1)


def test_noise_is_flat_and_a_sine_is_not():
    assert timbre_of(signals.noise(3, RATE)).flatness > 0.3
    assert timbre_of(signals.sine(3, RATE)).flatness < 0.01


def test_a_sine_has_a_crest_factor_of_three_decibels():
    assert timbre_of(signals.sine(3, RATE, 200)).crest_db == pytest.approx(3.01, abs=0.1)


def test_width_and_correlation_follow_the_channels():
    one, other = signals.noise(2, RATE, seed=1)[:, 0], signals.noise(2, RATE, seed=2)[:, 0]
    for left, right, correlation, width in ((one, one, 1, 0), (one, other, 0, 0.5)):
        found = timbre_of(np.stack([left, right], 1))
        assert found.correlation == pytest.approx(correlation, abs=0.02)
        assert found.stereo_width == pytest.approx(width, abs=0.02)


def test_opposite_channels_are_all_side():
    one = signals.noise(2, RATE)[:, 0]
    found = timbre_of(np.stack([one, -0.5 * one], 1))
    assert found.correlation == pytest.approx(-1, abs=0.001)
    assert found.stereo_width == pytest.approx(0.9, abs=0.01)


def test_low_and_high_shares_are_shares_of_energy():
    low, high = timbre_of(signals.sine(3, RATE, 60)), timbre_of(signals.sine(3, RATE, 8_000))
    assert low.low_share > 0.99
    assert low.high_share < 0.01
    assert high.high_share > 0.99
    assert high.low_share < 0.01


def test_a_vibrato_glides_and_a_struck_tone_does_not():
    t = signals.seconds(6, RATE)
    bend = 0.35 * np.sin(2 * np.pi * 5.5 * t) / 12
    phase = 2 * np.pi * np.cumsum(440 * 2**bend) / RATE
    voice = sum(np.sin(k * phase) / k for k in range(1, 6))
    struck = np.concatenate([signals.tone(69, 1.5, RATE)] * 4)
    shares = [
        gliding_share(compute_spectra(signals.stereo(0.3 * x), RATE)) for x in (voice, struck)
    ]
    assert shares[0] > 0.5
    assert shares[1] < 0.2


@pytest.fixture(scope="module")
def variants():
    busy = {"kick": (0, 3, 6, 10), "snare": (4, 7, 12, 15), "hat": tuple(range(16))}
    many = ["A:min", "B:maj", "C:maj", "D#:min", "F:maj", "G#:maj", "E:min", "A#:maj"] * 2
    made = {
        "plain": signals.song(LABELS, RATE, bpm=100)[0],
        "busy": signals.song(LABELS, RATE, bpm=100, pattern=busy)[0],
        "many chords": signals.song(many, RATE, bpm=100)[0],
        "transposed": signals.song(["C:min", "G#:maj", "D#:maj", "A#:maj"] * 3, RATE, bpm=100)[0],
        "bright": signals.song(LABELS, RATE, bpm=100, bright=[24] * 12)[0],
    }
    made["quiet"] = (0.05 * made["plain"]).astype(np.float32)
    return {name: analyse_pcm(x, RATE) for name, x in made.items()}


def test_energy_follows_loudness(variants):
    assert variants["plain"].descriptors.energy > variants["quiet"].descriptors.energy + 0.1


def test_complexity_follows_what_varies(variants):
    plain = variants["plain"].complexity
    assert variants["many chords"].complexity.harmonic > plain.harmonic + 0.1
    assert variants["busy"].complexity.rhythmic > plain.rhythmic


def test_all_scales_stay_between_0_and_1(variants):
    for name, analysis in variants.items():
        for part in (analysis.descriptors, analysis.complexity):
            for field, value in dataclasses.asdict(part).items():
                assert 0 <= value <= 1, (name, field)


def test_embeddings_are_unit_vectors_of_one_length(variants):
    sizes = {
        (
            len(a.embedding.overall),
            len(a.embedding.rhythm),
            len(a.embedding.harmony),
            len(a.embedding.timbre),
        )
        for a in variants.values()
    }
    assert sizes == {(124, 53, 37, 34)}
    for analysis in variants.values():
        for part in ("overall", "rhythm", "harmony", "timbre"):
            assert np.linalg.norm(getattr(analysis.embedding, part)) == pytest.approx(1, abs=1e-3)


def likeness(variants, one, other, part):
    ours, theirs = (getattr(variants[name].embedding, part) for name in (one, other))
    return float(np.dot(ours, theirs))


def test_transposing_keeps_the_harmony_and_other_chords_do_not(variants):
    assert likeness(variants, "plain", "transposed", "harmony") > 0.9
    assert likeness(variants, "plain", "many chords", "harmony") < 0.9


def test_other_drums_change_the_rhythm_and_not_the_harmony(variants):
    assert likeness(variants, "plain", "busy", "rhythm") < 0.95
    assert likeness(variants, "plain", "busy", "harmony") > 0.9


def test_loudness_alone_changes_no_part(variants):
    for part in ("rhythm", "harmony", "timbre"):
        assert likeness(variants, "plain", "quiet", part) > 0.97, part

"""Whatever comes in, every number that comes out is finite, in range and repeatable."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from library.analysis.pipeline import STEPS, analyse_pcm
from library.analysis.revision import ANALYSIS_REVISION
from tests.audio import signals

RATES = (22_050, 44_100, 96_000)
MAKERS = {
    "silence": lambda rate: signals.silence(6, rate),
    "sine": lambda rate: signals.sine(6, rate, peak=0.5),
    "chirp": lambda rate: signals.chirp(6, rate),
    "noise": lambda rate: signals.noise(6, rate),
    "clicks": lambda rate: signals.clicks(12, rate, 120)[0],
    "one click": lambda rate: signals.clicks(3, rate, 20, first_s=1.0)[0],
    "clipped": lambda rate: np.clip(8 * signals.chirp(6, rate), -1, 1),
    "offset": lambda rate: signals.silence(6, rate) + np.float32(0.2),
}
MAY_BE_INFINITE = {"integrated_lufs", "true_peak_dbtp", "loudness_lufs"}


def numbers(value, name=""):
    """(field name, number) of everything inside."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from numbers(getattr(value, field.name), field.name)
    elif isinstance(value, np.ndarray):
        yield name, float(np.sum(value))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from numbers(item, name)
    elif isinstance(value, int | float):
        yield name, float(value)


@pytest.fixture(scope="module")
def measured():
    return {
        (name, rate): analyse_pcm(make(rate), rate)
        for name, make in MAKERS.items()
        for rate in RATES
    }


def test_every_number_is_finite_and_every_confidence_between_0_and_1(measured):
    for case, analysis in measured.items():
        for name, number in numbers(analysis):
            assert np.isfinite(number) or (name in MAY_BE_INFINITE and number < 0), (case, name)
            if name.endswith("confidence"):
                assert 0 <= number <= 1, (case, name)


def test_what_was_given_is_stated(measured):
    for (_, rate), analysis in measured.items():
        assert analysis.sample_rate == rate
        assert analysis.channels == 2
        assert analysis.revision == ANALYSIS_REVISION
        assert set(analysis.seconds) == set(STEPS) - {"notes"}


def test_times_are_sorted_and_inside_the_song(measured):
    for case, analysis in measured.items():
        beats = np.array(analysis.beats.beats_s)
        assert (np.diff(beats) > 0).all(), case
        assert ((beats >= 0) & (beats <= analysis.duration_s)).all(), case
        assert set(analysis.beats.downbeats_s) <= set(analysis.beats.beats_s), case
        for spans in (analysis.chords, analysis.sections):
            assert spans[0].start_s == 0, case
            assert spans[-1].end_s == pytest.approx(analysis.duration_s), case
        for note in analysis.bass.notes:
            assert 0 <= note.start_s < note.end_s <= analysis.duration_s, case


@pytest.mark.parametrize("rate", RATES)
def test_silence_has_no_tempo_no_key_no_chord_and_no_confidence(measured, rate):
    analysis = measured["silence", rate]
    assert analysis.tempo.bpm == 0
    assert analysis.tempo.candidates == ()
    assert analysis.beats.beats_s == ()
    assert analysis.key.tonic == ""
    assert [c.label for c in analysis.chords] == ["N"]
    assert [s.label for s in analysis.sections] == ["A"]
    assert analysis.drums == ()
    assert analysis.bass.notes == ()
    assert analysis.loudness.integrated_lufs == float("-inf")
    assert analysis.loudness.true_peak_dbtp == float("-inf")
    assert len(analysis.fingerprint.hashes) == 0
    own = (analysis.tempo, analysis.beats, analysis.key, analysis.timbre, analysis.descriptors)
    assert [part.confidence for part in own] == [0, 0, 0, 0, 0]


def test_the_rate_does_not_change_what_is_heard(measured):
    for name in ("sine", "chirp"):
        ours = [measured[name, rate].timbre.centroid_hz for rate in RATES]
        assert np.ptp(ours) / np.mean(ours) < 0.02, name


def test_the_same_audio_gives_the_same_analysis_twice():
    samples, _ = signals.song(["C:maj", "F:maj", "G:maj", "C:maj"] * 2, 44_100)
    first, second = (
        dataclasses.replace(analyse_pcm(samples, 44_100), seconds={}) for _ in range(2)
    )
    for field in dataclasses.fields(first):
        ours, theirs = getattr(first, field.name), getattr(second, field.name)
        assert list(numbers(ours)) == list(numbers(theirs)), field.name


@pytest.mark.parametrize("duration_s", [0.1, 0.3, 1.0, 2.5])
@pytest.mark.parametrize("make", [signals.noise, signals.sine, signals.silence])
def test_very_short_audio_is_measured_and_not_trusted(duration_s, make):
    analysis = analyse_pcm(make(duration_s, 44_100), 44_100)
    assert analysis.duration_s == pytest.approx(duration_s)
    assert analysis.beats.downbeat_confidence == 0
    assert analysis.timbre.confidence <= duration_s / 10 + 1e-9


def test_mono_equals_two_equal_channels_except_for_three_decibels():
    samples, _ = signals.song(["A:min", "F:maj", "C:maj", "G:maj"] * 2, 44_100)
    both = analyse_pcm(samples, 44_100)
    one = analyse_pcm(samples[:, :1].copy(), 44_100)
    assert one.channels == 1
    assert one.beats == both.beats
    assert one.chords == both.chords
    assert one.timbre.stereo_width == both.timbre.stereo_width == 0
    difference = both.loudness.integrated_lufs - one.loudness.integrated_lufs
    assert difference == pytest.approx(3.01, abs=0.01)


def test_progress_names_every_step_that_is_waited_for_in_order():
    told = []
    analyse_pcm(
        signals.noise(2, 22_050), 22_050, progress=lambda step, share: told.append((step, share))
    )
    names = [name for name, _ in told]
    assert names == [step for step in STEPS if step in names]
    assert names[0] == "spectra"
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert all(0 <= share < 1 for share in shares)

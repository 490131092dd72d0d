"""Tempo, beats, downbeats and drum patterns of signals that we made ourselves."""

from __future__ import annotations

import mir_eval
import numpy as np
import pytest

from library.analysis.beats import track_beats
from library.analysis.pipeline import analyse_pcm
from library.analysis.spectra import compute_spectra
from library.analysis.tempo import estimate_tempo, tempo_of_beats
from tests.audio import signals

LABELS = ["A:min", "F:maj", "C:maj", "G:maj"] * 3
BACKBEAT = {"kick": (0, 8), "snare": (4, 12), "hat": tuple(range(0, 16, 2))}


@pytest.mark.parametrize(
    ("bpm", "rate"), [(84, 44_100), (100, 22_050), (128, 48_000), (150, 44_100), (110, 96_000)]
)
def test_a_song_with_a_backbeat_has_its_tempo_beats_and_downbeats(bpm, rate):
    samples, truth = signals.song(LABELS, rate, bpm=bpm, pattern=BACKBEAT)
    analysis = analyse_pcm(samples, rate)
    assert analysis.tempo.bpm == pytest.approx(bpm, rel=0.005)
    beats, downbeats = np.array(analysis.beats.beats_s), np.array(analysis.beats.downbeats_s)
    assert mir_eval.beat.f_measure(truth["beats_s"], beats) > 0.97
    assert mir_eval.beat.f_measure(truth["downbeats_s"], downbeats) > 0.95
    late = np.abs(beats[:, None] - truth["beats_s"]).min(1)
    assert np.median(late) < 0.01


def test_three_beats_to_the_bar_are_counted():
    waltz = {"kick": (0,), "snare": (4, 8), "hat": (0, 4, 8)}
    samples, truth = signals.song(LABELS, 44_100, bpm=140, meter=3, pattern=waltz)
    analysis = analyse_pcm(samples, 44_100)
    assert analysis.beats.meter == 3
    assert analysis.tempo.bpm == pytest.approx(140, rel=0.005)
    f = mir_eval.beat.f_measure(truth["downbeats_s"], np.array(analysis.beats.downbeats_s))
    assert f > 0.95


@pytest.mark.parametrize("bpm", [72, 100, 125])
def test_clicks_are_followed_within_ten_milliseconds(bpm):
    samples, times = signals.clicks(30, 44_100, bpm)
    spectra = compute_spectra(samples, 44_100)
    beats = track_beats(spectra, bpm)
    late = np.abs(beats[:, None] - times).min(1)
    assert late.max() < 0.01
    assert tempo_of_beats(beats) == pytest.approx(bpm, rel=0.002)


def test_a_drifting_tempo_is_followed():
    rng = np.random.default_rng(4)
    gaps = 0.5 * (1 + 0.02 * np.sin(np.linspace(0, 6, 80))) + rng.normal(0, 0.004, 80)
    times = 0.5 + np.cumsum(gaps)
    out = np.zeros(round((times[-1] + 1) * 44_100))
    hit = signals.drum("snare", 44_100)
    for at in times:
        signals.place(out, 44_100, at, hit)
    spectra = compute_spectra(signals.stereo(0.5 * out), 44_100)
    beats = track_beats(spectra, 120)
    assert mir_eval.beat.f_measure(times, beats, 0.03) > 0.97


@pytest.mark.parametrize("slow_bpm", [66, 80])
def test_a_slow_groove_and_its_double_are_told_apart(slow_bpm):
    slow = {"kick": (0, 10), "snare": (4, 12), "hat": tuple(range(16))}
    fast = {"kick": (0, 8, 10), "snare": (4, 12), "hat": tuple(range(0, 16, 2))}
    samples, _ = signals.song(LABELS, 44_100, bpm=slow_bpm, pattern=slow)
    assert estimate_tempo(compute_spectra(samples, 44_100)).bpm == pytest.approx(slow_bpm, rel=0.02)
    samples, _ = signals.song(LABELS * 2, 44_100, bpm=2 * slow_bpm, pattern=fast)
    found = estimate_tempo(compute_spectra(samples, 44_100))
    assert found.bpm == pytest.approx(2 * slow_bpm, rel=0.02)


def test_a_single_pattern_is_read_back_step_by_step():
    pattern = {"kick": (0, 6, 8), "snare": (4, 12), "hat": tuple(range(2, 16, 4))}
    samples, _ = signals.song(LABELS, 44_100, bpm=96, pattern=pattern)
    analysis = analyse_pcm(samples, 44_100)
    assert len(analysis.drums) >= 1
    found = analysis.drums[0]
    assert found.steps == 16
    steps = {p: {h.step for h in found.hits if h.piece == p} for p in pattern}
    assert set(pattern["snare"]) <= steps["snare"]
    assert {0, 6, 8} <= steps["kick"]
    assert {2, 6, 10, 14} <= steps["hat"]
    assert all(1 <= h.velocity <= 127 and 0.5 <= h.probability <= 1 for h in found.hits)
    assert found.confidence > 0.5


def test_late_snares_are_called_late():
    rate, bpm = 44_100, 100
    samples, truth = signals.song(
        LABELS, rate, bpm=bpm, pattern={"kick": (0, 8), "hat": (0, 4, 8, 12)}
    )
    out = samples[:, 0].astype(float)
    snare = signals.drum("snare", rate)
    for i, at in enumerate(truth["beats_s"]):
        if i % 2:
            signals.place(out, rate, at + 0.03, 0.4 * snare)
    analysis = analyse_pcm(signals.stereo(out / np.abs(out).max()), rate)
    offsets = [
        h.offset_ms
        for p in analysis.drums
        for h in p.hits
        if h.piece == "snare" and h.step in (4, 12)
    ]
    assert offsets
    assert np.median(offsets) > 10


def test_swing_is_measured():
    straight = {"kick": (0, 8), "snare": (4, 12), "hat": tuple(range(0, 16, 2))}
    shuffled = {"kick": (0, 8), "snare": (4, 12), "hat": (0, 2.67, 4, 6.67, 8, 10.67, 12, 14.67)}
    ours = [
        analyse_pcm(signals.song(LABELS, 44_100, bpm=100, pattern=p)[0], 44_100).beats.swing
        for p in (straight, shuffled)
    ]
    assert ours[0] == pytest.approx(0.5, abs=0.02)
    assert ours[1] == pytest.approx(0.667, abs=0.03)

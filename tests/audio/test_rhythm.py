"""Tempo, beats, downbeats and drum patterns of signals that we made ourselves."""

from __future__ import annotations

from dataclasses import replace

import mir_eval
import numpy as np
import pytest

from library.analysis.beats import LEVEL_S, MOST_DEVIATIONS, levelled, stroke_loudness, track_beats
from library.analysis.pipeline import analyse_pcm
from library.analysis.spectra import FRAMES_PER_SECOND, compute_spectra
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


# ---------------------------------------------------------------- strokes after a rest

BPM, FRAMES = 100, 4_000
BEAT = 60 * FRAMES_PER_SECOND / BPM


def strokes(*bar, frames=FRAMES):
    """Return an onset strength from that of the eight eighths of a bar."""
    onset = np.zeros(frames, np.float32)
    for number in range(int(frames / (BEAT / 2)) - 1):
        onset[round(number * BEAT / 2)] = bar[number % len(bar)]
    return onset


def test_a_stroke_after_a_rest_does_not_draw_the_beats_to_itself():
    """Six on the beats and the bass that enters on the "and" of three with sixteen: one, not three."""
    samples, _ = signals.clicks(FRAMES / FRAMES_PER_SECOND, 44_100, BPM, first_s=0)
    onset = strokes(6, 5, 7, 5, 5, 16, 6, 6)
    spectra = replace(compute_spectra(samples, 44_100), onset=onset)
    beats = track_beats(spectra, BPM)
    truth = np.arange(0, FRAMES / FRAMES_PER_SECOND - 1, 60 / BPM)
    assert mir_eval.beat.f_measure(truth[4:], beats[beats > 4 * 60 / BPM - 0.07]) > 0.97


def test_levelling_raises_nothing_and_silences_nothing():
    onset = np.random.default_rng(5).gamma(1, 1, 3_000).astype(np.float32)
    level = levelled(onset)
    assert (level <= onset + 1e-6).all()
    assert (level > 0).all()
    assert (np.diff(level[np.argsort(onset[:200])]) > -1).all()


def test_even_strokes_and_silence_stay_as_they_are():
    np.testing.assert_allclose(levelled(np.full(900, 3.0, np.float32)), 3.0, atol=1e-6)
    assert not levelled(np.zeros(900, np.float32)).any()


def test_one_loud_stroke_counts_as_the_most_that_its_seconds_allow():
    onset = strokes(6, 5)
    loud = onset.copy()
    at = round(20 * BEAT)
    loud[at] = 60
    near = loud[at - round(LEVEL_S / 2 * FRAMES_PER_SECOND) :][: round(LEVEL_S * FRAMES_PER_SECOND)]
    most = near.mean() + MOST_DEVIATIONS * near.std()
    assert levelled(loud)[at] == pytest.approx(most, rel=0.02)
    assert levelled(loud)[at] < 12


def test_a_loud_part_sets_no_measure_for_a_soft_one():
    soft, loud = strokes(1, 0, frames=2_000), strokes(20, 0, frames=2_000)
    both = levelled(np.concatenate([soft, loud]))
    reach = round(LEVEL_S * FRAMES_PER_SECOND)
    np.testing.assert_allclose(both[: 2_000 - reach], levelled(soft)[: 2_000 - reach], rtol=1e-4)


def test_a_stroke_is_as_loud_as_it_is_struck_whatever_was_before_it():
    """A tenth of the amplitude after a rest: for the logarithm nearly the same stroke, but not as loud."""
    samples, _ = signals.clicks(20, 44_100, 60, first_s=1)
    samples[round(10.5 * 44_100) :] *= 0.1
    spectra = compute_spectra(samples, 44_100)
    middle = round(10.5 * FRAMES_PER_SECOND)
    loudness = stroke_loudness(spectra)
    assert loudness[:middle].max() == pytest.approx(10 * loudness[middle:].max(), rel=0.15)
    assert spectra.onset[:middle].max() < 2 * spectra.onset[middle:].max()
    assert len(loudness) == len(spectra.onset)


def test_what_rises_most_is_the_beat_where_it_is_also_loudest():
    """A kick on every beat and a hat between: levelled they are alike, but one of them is loud."""
    samples, _ = signals.clicks(FRAMES / FRAMES_PER_SECOND, 44_100, BPM, first_s=0)
    spectra = replace(compute_spectra(samples, 44_100), onset=strokes(8, 7, 8, 7, 8, 7, 8, 9))
    beats = track_beats(spectra, BPM)
    truth = np.arange(0, FRAMES / FRAMES_PER_SECOND - 1, 60 / BPM)
    assert mir_eval.beat.f_measure(truth[4:], beats[beats > 4 * 60 / BPM - 0.07]) > 0.97

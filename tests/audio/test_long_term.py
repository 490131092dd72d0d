"""Bands that add up at any rate and level, of as much of a song as is measured."""

from __future__ import annotations

import numpy as np
import pytest

from library.analysis import long_term
from library.analysis.long_term import (
    BANDS_HZ,
    FLOOR_DB,
    RATE,
    describe_long_term,
    frames_of,
    long_term_spectrum,
)
from library.analysis.pipeline import analyse_pcm
from library.analysis.revision import LONG_TERM_REVISION
from tests.generation.rendering.desk import noise, tone


@pytest.mark.parametrize("hz", [63.0, 440.0, 1_000.0, 10_000.0])
def test_a_tone_has_its_power_in_its_own_band(hz):
    bands = frames_of(list(tone(2, hz, 0.5).T)).bands[:-1].mean(0)
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


def test_the_analysis_says_what_the_song_alone_is_measured_to_be():
    song = np.ascontiguousarray(noise(3, level=0.3))
    said = analyse_pcm(song, RATE).long_term
    assert said == describe_long_term(song, RATE)
    assert (said.revision, said.levels_db) == (LONG_TERM_REVISION, long_term_spectrum(song))


def test_of_a_long_song_the_first_minutes_count(monkeypatch):
    monkeypatch.setattr(long_term, "EXCERPT_S", 1)
    song = np.concatenate([noise(1), tone(2, 100.0, 0.5)])
    assert describe_long_term(song, RATE).levels_db == long_term_spectrum(song[:RATE])
    assert describe_long_term(song, RATE).levels_db != long_term_spectrum(song)


@pytest.mark.parametrize("rate", [8_000, 192_000])
def test_beyond_half_the_rate_there_is_nothing(rate):
    song = np.random.default_rng(1).standard_normal((2 * rate, 1)).astype(np.float32) / 10
    levels = np.array(describe_long_term(song, rate).levels_db)
    above = np.array(BANDS_HZ) * 10**-0.05 > rate / 2
    assert (levels[above] == FLOOR_DB).all()
    assert (levels[~above][3:-1] > -60).all()

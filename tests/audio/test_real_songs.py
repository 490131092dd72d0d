"""Ten real recordings: known facts where there are any, plausible values everywhere."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.audio.conftest import SONGS

KEYS = {  # what the recordings sound in, heard and noted in the songs' attribution
    "hungarian-dance.ogg": ("G", "minor"),
    "danzi-quintet.mp3": ("A#", "major"),
    "sugar-plum.ogg": ("E", "minor"),
}
TAGGED_BPM = {"vibe-ace.ogg": 130.0, "outfoxing.mp3": 160.0}


def test_known_keys_are_found(real):
    assert {n: (real[n].key.tonic, real[n].key.mode) for n in KEYS} == KEYS


def test_tagged_tempi_are_found_or_offered(real):
    for name, bpm in TAGGED_BPM.items():
        offered = [c.bpm for c in real[name].tempo.candidates]
        assert min(abs(o / bpm - 1) for o in offered) < 0.04, (name, offered)


def test_the_waltz_has_three_beats_to_the_bar(real):
    assert real["sweet-waltz.ogg"].beats.meter == 3


def test_durations_rates_and_channels_agree_with_the_facts(real):
    facts = json.loads((SONGS / "facts.json").read_text())
    for name, analysis in real.items():
        assert analysis.duration_s == pytest.approx(facts[name]["duration_s"], abs=0.07)
        assert analysis.sample_rate == facts[name]["sample_rate"]
        assert analysis.channels == facts[name]["channels"]


def test_every_value_is_plausible(real):
    for name, a in real.items():
        assert 54 <= a.tempo.bpm <= 220, name
        assert a.beats.confidence > 0.3, name
        gaps = np.diff(a.beats.beats_s)
        assert 0.25 < gaps.min() <= gaps.max() < 2, name
        assert len(a.beats.beats_s) > 0.6 * a.duration_s * a.tempo.bpm / 60, name
        assert -30 < a.loudness.integrated_lufs < -5, name
        assert -12 < a.loudness.true_peak_dbtp < 4, name
        assert 1 < a.loudness.range_lu < 20, name
        assert 2 <= len({c.label for c in a.chords} - {"N"}) <= 24, name
        assert 1 <= len(a.sections) <= 15, name
        assert min(s.end_s - s.start_s for s in a.sections) > 2, name
        assert 200 < a.timbre.centroid_hz < 5_000, name
        assert len(a.bass.notes) > 20, name
        assert len(a.fingerprint.hashes) > 40 * a.duration_s, name


def test_embeddings_tell_all_ten_apart(real):
    rows = np.array([a.embedding.overall for a in real.values()])
    likeness = rows @ rows.T
    np.fill_diagonal(likeness, 0)
    assert likeness.max() < 0.97

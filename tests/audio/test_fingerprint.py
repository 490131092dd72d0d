"""A song is found again after coding, noise, speed, filtering and resampling; others are not."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
import soxr

from library.analysis.fingerprint import (
    SPEEDS,
    fingerprint,
    hash_landmarks,
    match_fingerprint,
    query_fingerprints,
)
from library.analysis.spectra import FRAMES_PER_SECOND, compute_spectra
from tests.audio import signals

RATE = 44_100
FOUND = 40
"""Agreeing hashes that never happen by chance (at most 18 in 528 trials) and always by identity
(at least 156)."""


def melody_song(seed):
    """Random notes over random chords: no two seeds share a bar."""
    rng = np.random.default_rng(seed)
    out = np.zeros(40 * RATE)
    for i in range(160):
        pitch = int(rng.integers(48, 84))
        signals.place(out, RATE, 0.25 * i, signals.tone(pitch, 0.4, RATE, 8))
    return signals.stereo(0.5 * out / np.abs(out).max())


def pink(count, seed=0):
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    wave = np.fft.irfft(spectrum, count)
    return wave / wave.std()


def as_mp3(x):
    file = io.BytesIO()
    soundfile.write(file, x, RATE, format="MP3", bitrate_mode="CONSTANT", compression_level=0.9)
    file.seek(0)
    return soundfile.read(file, dtype="float32", always_2d=True)[0]


def tilted(x):
    """Three decibels per octave up."""
    spectrum = np.fft.rfft(x, axis=0)
    hz = np.maximum(np.fft.rfftfreq(len(x), 1 / RATE), 20)
    return np.fft.irfft(spectrum * ((hz / 1_000) ** 0.5)[:, None], len(x), axis=0)


DAMAGE = {
    "nothing": lambda x: (x, RATE),
    "mp3": lambda x: (as_mp3(x), RATE),
    "pink noise at 10 dB": lambda x: (x + (x.std() * 10**-0.5 * pink(len(x)))[:, None], RATE),
    "1.5 % faster": lambda x: (soxr.resample(x, RATE, RATE / 1.015), RATE),
    "1.5 % slower": lambda x: (soxr.resample(x, RATE, RATE / 0.985), RATE),
    "0.7 % faster": lambda x: (soxr.resample(x, RATE, RATE / 1.007), RATE),
    "tilt": lambda x: (tilted(x), RATE),
    "mono 22 kHz": lambda x: (soxr.resample(x[:, :1], RATE, 22_050), 22_050),
}


@pytest.fixture(scope="module")
def catalogue():
    songs = {seed: melody_song(seed) for seed in range(4)}
    return songs, {s: fingerprint(compute_spectra(x, RATE)) for s, x in songs.items()}


@pytest.mark.parametrize("damage", DAMAGE)
def test_twelve_seconds_find_their_song_and_place(catalogue, damage):
    songs, references = catalogue
    start_s = 17.3
    excerpt = songs[2][round(start_s * RATE) : round((start_s + 12) * RATE)]
    samples, rate = DAMAGE[damage](excerpt)
    queries = query_fingerprints(compute_spectra(np.asarray(samples, np.float32), rate))
    matches = {seed: match_fingerprint(queries, ref) for seed, ref in references.items()}
    assert matches[2].score >= FOUND
    assert max(m.score for s, m in matches.items() if s != 2) < FOUND
    assert matches[2].offset_s == pytest.approx(start_s, abs=0.4)


def test_the_speed_is_reported(catalogue):
    songs, references = catalogue
    excerpt = songs[1][10 * RATE : 22 * RATE]
    faster = np.asarray(soxr.resample(excerpt, RATE, RATE / 1.015), np.float32)
    match = match_fingerprint(query_fingerprints(compute_spectra(faster, RATE)), references[1])
    assert match.speed == 1.015
    assert match.speed in SPEEDS


def test_hashes_are_sorted_and_fit_21_bits(catalogue):
    _, references = catalogue
    for own in references.values():
        assert (np.diff(own.hashes.astype(np.int64)) >= 0).all()
        assert own.hashes.max() < 2**21
        assert own.frames.max() < 40 * FRAMES_PER_SECOND
        assert own.hashes.dtype == np.uint32


def test_nothing_matches_silence_or_an_empty_catalogue(catalogue):
    songs, references = catalogue
    nothing = fingerprint(compute_spectra(signals.silence(5, RATE), RATE))
    query = query_fingerprints(compute_spectra(songs[0][: 12 * RATE], RATE))
    assert match_fingerprint(query, nothing).score == 0
    silent = query_fingerprints(compute_spectra(signals.silence(12, RATE), RATE))
    assert match_fingerprint(silent, references[0]).score == 0


def test_hashing_at_speed_one_is_the_reference(catalogue):
    songs, references = catalogue
    spectra = compute_spectra(songs[3], RATE)
    from library.analysis.fingerprint import find_landmarks

    again = hash_landmarks(find_landmarks(spectra.magnitude))
    np.testing.assert_array_equal(again.hashes, references[3].hashes)


def test_its_landmarks_hash_at_every_speed_as_the_sound_itself_does(catalogue):
    songs, references = catalogue
    heard = query_fingerprints(compute_spectra(songs[3], RATE))
    assert references[3].landmarks is not None
    for speed, expected in heard.items():
        kept = hash_landmarks(references[3].landmarks, speed)
        np.testing.assert_array_equal(kept.hashes, expected.hashes)
        np.testing.assert_array_equal(kept.frames, expected.frames)


def test_a_hash_at_another_speed_keeps_no_landmarks(catalogue):
    """They would be of this speed, and be taken for those of the song's own."""
    _, references = catalogue
    assert hash_landmarks(references[3].landmarks, 1.01).landmarks is None


def test_real_songs_are_told_apart(real):
    """Each song scores far more against itself than against the other nine."""
    for name, analysis in real.items():
        own = match_fingerprint({1.0: analysis.fingerprint}, analysis.fingerprint).score
        others = [
            match_fingerprint({1.0: analysis.fingerprint}, other.fingerprint).score
            for key, other in real.items()
            if key != name
        ]
        assert own > 0.9 * len(analysis.fingerprint.hashes)
        assert max(others) < FOUND

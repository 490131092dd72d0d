"""Invented recordings for the benchmark and the tests: cheap, many, and alike as real ones are.

All use the same few instruments and drums, as songs made with the same software do; what differs
is tempo, chords, melody and rhythm.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

RATE_HZ = 22_050
PROGRESSIONS = ((0, 5, 3, 4), (0, 3, 4, 4), (5, 3, 0, 4), (0, 4, 5, 3), (1, 4, 0, 0), (0, 2, 3, 4))
MAJOR = (0, 2, 4, 5, 7, 9, 11)
PARTIALS = {"piano": (1.0, 0.5, 0.35, 0.2, 0.1, 0.06), "organ": (1.0, 0.0, 0.6, 0.0, 0.4, 0.2)}
DECAY_S = {"piano": 0.6, "organ": 4.0}


def invented_song(seed: int, *, seconds: float = 60.0) -> tuple[Floats, int]:
    """Return the song with this number: mono float32 at 22.05 kHz."""
    rng = np.random.default_rng(seed)
    beat_s = 60 / rng.uniform(76, 168)
    key = int(rng.integers(0, 12))
    chords = PROGRESSIONS[int(rng.integers(len(PROGRESSIONS)))]
    voice = ("piano", "organ")[int(rng.integers(2))]
    kick, snare = rng.random(16) < 0.3, rng.random(16) < 0.2
    motif = [(int(rng.integers(0, 7)), float(rng.choice([0.5, 1, 1, 1.5]))) for _ in range(12)]
    out = np.zeros(round(seconds * RATE_HZ), np.float32)
    bars = int(seconds / (4 * beat_s)) + 1
    for bar in range(bars):
        at = bar * 4 * beat_s
        degree = chords[bar % 4]
        for step in (0, 2, 4):
            _place(out, at, _tone(_midi(key, degree + step, 4), voice, 4 * beat_s), 0.2)
        _place(out, at, _tone(_midi(key, degree, 2), "piano", 2 * beat_s), 0.4)
        for step in range(16):
            if kick[step] or snare[step]:
                _place(out, at + step * beat_s / 4, _drum("kick" if kick[step] else "snare"), 0.5)
        beat = 0.0
        while beat < 4:
            degree_up, length = motif[int(rng.integers(len(motif)))]
            note = _midi(key, degree + degree_up, 5)
            _place(out, at + beat * beat_s, _tone(note, "piano", length * beat_s), 0.35)
            beat += length
    peak = max(1e-6, float(np.abs(out).max()))
    samples: Floats = out * np.float32(0.7 / peak)
    return samples, RATE_HZ


def _midi(key: int, degree: int, octave: int) -> int:
    return 12 * (octave + 1 + degree // 7) + key + MAJOR[degree % 7]


@lru_cache(maxsize=4096)
def _tone(midi: int, voice: str, length_s: float) -> Floats:
    time = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    hz = 440 * 2 ** ((midi - 69) / 12)
    wave = np.zeros(len(time))
    for number, level in enumerate(PARTIALS[voice], 1):
        if number * hz < RATE_HZ / 2.2:
            wave += level * np.sin(2 * np.pi * number * hz * time)
    fade = np.minimum(1, np.minimum(time / 0.01, (length_s - time) / 0.02))
    return np.asarray(wave * fade * np.exp(-time / DECAY_S[voice]), np.float32)


@lru_cache(maxsize=2)
def _drum(piece: str) -> Floats:
    time = np.arange(round(0.25 * RATE_HZ)) / RATE_HZ
    if piece == "kick":
        wave = np.sin(2 * np.pi * (50 * time - 4 * np.exp(-time / 0.03))) * np.exp(-time / 0.1)
    else:
        hiss = np.random.default_rng(7).standard_normal(len(time))
        wave = (0.4 * np.sin(2 * np.pi * 190 * time) + 0.35 * hiss) * np.exp(-time / 0.06)
    return np.asarray(wave, np.float32)


def _place(out: Floats, at_s: float, sound: Floats, level: float) -> None:
    start = round(at_s * RATE_HZ)
    part = sound[: max(0, len(out) - start)]
    out[start : start + len(part)] += np.float32(level) * part

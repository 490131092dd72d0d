"""Listener-facing scales with stated formulas, each from 0 to 1.

They order songs; they are not opinions of listeners. Every formula is a fixed mean of measured
values mapped linearly between the two bounds named beside it.

energy          loudness (-30..-8 LUFS), onsets per second (1..8), share above 4 kHz (0...08)
arousal         energy, tempo (60..160 BPM)
danceability    beat confidence, pulse strength of the drums, tempo near 118 BPM in octaves
valence         mode (major .75, minor .3, weighed by confidence), tempo, brightness (.8..3 kHz)
acousticness    little treble, few percussive rises, crest factor (8..20 dB)
vocal presence  share of the mid-band partials that glide as voices do
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from library.analysis.spectra import FRAMES_PER_SECOND, RATE_HZ, SIZE, Spectra
from library.analysis.types import Beats, Descriptors, Key, Loudness, Tempo, Timbre

if TYPE_CHECKING:
    import numpy.typing as npt

VOICE_HZ = (220.0, 3_200.0)
MOST_FRAMES = 1_300
"""Half a minute from the middle is enough to hear whether somebody sings."""
GLIDE_CENTS = (9.0, 70.0)
SILENCE = Descriptors(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def describe(
    spectra: Spectra, tempo: Tempo, beats: Beats, key: Key, loudness: Loudness, timbre: Timbre
) -> Descriptors:
    """All scales of one song; zeros with confidence 0 for silence."""
    if spectra.is_silent:
        return SILENCE
    loud = _between(loudness.integrated_lufs, -30, -8)
    dense = _between(onsets_per_second(spectra.onset), 1, 8)
    bright = _between(timbre.high_share, 0, 0.08)
    energy = 0.5 * loud + 0.3 * dense + 0.2 * bright
    quick = _between(tempo.bpm, 60, 160)
    near = np.exp(-0.5 * (np.log2(max(tempo.bpm, 1) / 118) / 0.45) ** 2)
    mode = 0.75 if key.mode == "major" else 0.3
    mode = key.confidence * mode + (1 - key.confidence) * 0.5
    vocal, vocal_confidence = vocal_presence(spectra)
    return Descriptors(
        energy=float(energy),
        danceability=float(0.4 * beats.confidence + 0.3 * timbre.percussive_share + 0.3 * near),
        valence=float(0.6 * mode + 0.2 * quick + 0.2 * _between(timbre.centroid_hz, 800, 3_000)),
        arousal=float(0.7 * energy + 0.3 * quick),
        acousticness=float(
            1
            - 0.4 * _between(timbre.high_share, 0, 0.04)
            - 0.3 * timbre.percussive_share
            - 0.3 * (1 - _between(timbre.crest_db, 8, 20))
        ),
        vocal_presence=vocal,
        vocal_confidence=vocal_confidence,
        confidence=float(np.mean([beats.confidence, key.confidence, timbre.confidence])),
    )


def onsets_per_second(onset: npt.NDArray[np.float32]) -> float:
    """Peaks of the onset strength that stand out, per second."""
    if len(onset) < 3:
        return 0.0
    inner = onset[1:-1]
    peaks = (inner >= onset[:-2]) & (inner > onset[2:]) & (inner > onset.mean() + onset.std() / 2)
    return float(peaks.sum() / (len(onset) / FRAMES_PER_SECOND))


def vocal_presence(spectra: Spectra) -> tuple[float, float]:
    """Share of partial energy that glides, mapped to 0..1, and a confidence of at most .6.

    A struck, plucked or programmed tone keeps its frequency from frame to frame; a voice moves by
    tens of cents (vibrato, scoops). Strings, slides and synthesiser glides move too, which is why
    the confidence stays low.
    """
    share = gliding_share(spectra)
    value = _between(share, 0.25, 0.55)
    return value, float(0.6 * abs(2 * value - 1))


def gliding_share(spectra: Spectra) -> float:
    """Of the energy in partials that last two frames, the share that moves 9 to 70 cents."""
    width = RATE_HZ / SIZE
    low, high = (round(hz / width) for hz in VOICE_HZ)
    start = max(0, (len(spectra.magnitude) - MOST_FRAMES) // 2)
    part = spectra.magnitude[start : start + MOST_FRAMES, low - 1 : high + 1]
    level = np.log(part + 1e-7)
    middle = level[:, 1:-1]
    frame_top = level.max(1, keepdims=True)
    peak = (middle > level[:, :-2]) & (middle >= level[:, 2:]) & (middle > frame_top - 3.0)
    curve = level[:, :-2] - 2 * middle + level[:, 2:]
    vertex = 0.5 * (level[:, :-2] - level[:, 2:]) / np.minimum(curve, -1e-6)
    position = np.where(peak, np.arange(low, high) + np.clip(vertex, -0.5, 0.5), np.nan)
    energy = part[:, 1:-1] ** 2
    total = moving = 0.0
    for shift in (-1, 0, 1):  # the same partial one frame later, at most one bin away
        now = position[:-1, max(0, -shift) : position.shape[1] - max(0, shift)]
        later = position[1:, max(0, shift) : position.shape[1] + min(0, shift)]
        cents = np.abs(1200 * np.log2(later / now))
        weight = energy[:-1, max(0, -shift) : position.shape[1] - max(0, shift)]
        held = np.isfinite(cents) & (cents < GLIDE_CENTS[1])
        total += float(weight[held].sum())
        moving += float(weight[held & (cents > GLIDE_CENTS[0])].sum())
    return moving / total if total > 0 else 0.0


def _between(value: float, low: float, high: float) -> float:
    if not np.isfinite(value):
        return 0.0
    return float(np.clip((value - low) / (high - low), 0, 1))

"""What the tests of this folder measure on sounds: pitch, brightness, where energy lies."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from generation.rendering.arrangement import RATE, Note, SectionSound
from generation.rendering.voices.signal import hz


def section(seconds=10.0, **changes):
    """Return a section that is neither bright nor dark."""
    kwargs = {"energy": 0.5, "brightness": 0.5, "width": 0.5, "weight": 0.5, **changes}
    return SectionSound(kwargs.pop("role", "verse"), kwargs.pop("start_s", 0.0), seconds, **kwargs)


@lru_cache(maxsize=64)
def played(voice, pitch, velocity=100, length_s=1.0, seconds=2.6, start_s=0.0):
    """Return one note of a voice in silence."""
    canvas = np.zeros((round(seconds * RATE), 2), np.float32)
    voice.play(canvas, [Note(start_s, length_s, pitch, velocity)], (section(),), 1.0)
    canvas.setflags(write=False)
    return canvas


def rms(x):
    return float(np.sqrt(np.mean(np.asarray(x, np.float64) ** 2)))


def spectrum(x):
    """Return (frequencies, power) of both channels together."""
    power = sum(np.abs(np.fft.rfft(x[:, side])) ** 2 for side in (0, 1))
    return np.fft.rfftfreq(len(x), 1 / RATE), power


def centroid_hz(x):
    freqs, power = spectrum(x)
    return float((freqs * power).sum() / power.sum())


def share_between(x, low_hz, high_hz):
    """Return the part of the energy between two frequencies."""
    freqs, power = spectrum(x)
    return float(power[(freqs >= low_hz) & (freqs < high_hz)].sum() / power.sum())


def cents_off(x, pitch):
    """Return how far the fundamental lies from ``pitch``: the centre of what sounds near it."""
    middle = x.mean(axis=1)
    power = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 1 << 19)) ** 2
    freqs = np.fft.rfftfreq(1 << 19, 1 / RATE)
    near = np.abs(1200 * np.log2(np.maximum(freqs, 1) / hz(pitch))) < 70
    return float(1200 * np.log2((power * freqs)[near].sum() / power[near].sum() / hz(pitch)))


def fall_s(x, decibels):
    """Return the time from the loudest 5 ms until a stroke is ``decibels`` softer for good."""
    frames = round(0.005 * RATE)
    level = np.convolve((np.asarray(x, np.float64) ** 2).sum(axis=1), np.ones(frames), "same")
    loudest = int(level.argmax())
    above = np.nonzero(level > level[loudest] * 10 ** (-decibels / 10))[0]
    return (int(above[-1]) - loudest) / RATE

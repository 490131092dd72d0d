"""Sounds of the form: what rises into a chorus, what falls on its first beat, what sinks away after."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from generation.rendering.arrangement import RATE
from generation.rendering.voices.metal import Plate
from generation.rendering.voices.signal import (
    Signal,
    Wide,
    bandpass,
    closed,
    fall,
    frames_of,
    highpass,
    lowpass,
    noise,
    normalised,
    ramp,
    stereo,
    times,
)
from generation.rendering.voices.skins import Blow

RISER, REVERSE, IMPACT, DOWNLIFTER, SWELL = 1, 2, 3, 4, 5
BANDS_HZ = np.geomspace(260.0, 11_000.0, 9)

_CYMBAL = Plate("effect-crash", 260, 380, 15_000, 3.4, 0.5, swell_s=0.03)


def _swept_noise(frames: int, side: str, name: str, place: Wide) -> Wide:
    """Return noise in a band that moves: fixed bands, faded one into the next by ``place`` (0 to 8)."""
    raw = noise(frames, "effect", name, side)
    out = np.zeros(frames)
    for number, centre in enumerate(BANDS_HZ):
        weight = np.maximum(0.0, 1 - np.abs(place - number))
        if weight.any():
            out += weight * bandpass(raw, centre * 0.72, centre * 1.38)
    return out


def riser(seconds: float) -> Signal:
    """Return noise that climbs, pulses faster and faster, and stops dead."""
    frames = frames_of(seconds)
    along = np.linspace(0, 1, frames)
    pulse = 1 - 0.45 * along * (0.5 + 0.5 * np.cos(2 * np.pi * 8 * along * (1 + along)))
    sides = [
        _swept_noise(frames, side, "riser", 8 * along**1.3) * along**2.2 * pulse
        for side in ("l", "r")
    ]
    return closed(normalised(stereo(*sides)), 0.02)


def downlifter(seconds: float) -> Signal:
    """Return noise that sinks and fades."""
    frames = frames_of(seconds)
    along = np.linspace(0, 1, frames)
    sides = [
        _swept_noise(frames, side, "down", 7 * (1 - along) ** 1.6) * (1 - along) ** 2.5
        for side in ("l", "r")
    ]
    return closed(normalised(stereo(*sides) * ramp(frames, 0.02)[:, None].astype(np.float32)), 0.1)


def reverse_cymbal(seconds: float) -> Signal:
    """Return a cymbal played backwards: it ends where it was struck."""
    tone = _CYMBAL(Blow(0.7, 0))[: frames_of(seconds)]
    turned = tone[::-1].copy()
    rise = ramp(len(turned), seconds * 0.8).astype(np.float32)
    return closed(normalised(turned * rise[:, None]), 0.012)


def swell(seconds: float) -> Signal:
    """Return a cymbal rolled with soft mallets: no strokes to be heard, only more and more metal."""
    frames = frames_of(seconds + 1.2)
    tone = np.zeros((frames, 2))
    for side, name in enumerate(("l", "r")):
        raw = noise(frames, "effect", "swell", name)
        tone[:, side] = bandpass(raw, 1800, 9000) * (0.8 + 0.2 * lowpass(raw, 12) * 20)
    rise = np.minimum(1.0, times(frames) / seconds) ** 3
    after = np.where(times(frames) > seconds, np.exp(-(times(frames) - seconds) / 0.35), 1.0)
    return closed(normalised(tone * (rise * after)[:, None]), 0.2)


def impact(seconds: float) -> Signal:
    """Return a boom that falls below what one can name, under a burst of dark noise."""
    frames = frames_of(seconds)
    t = times(frames)
    freq = 34 + 62 * np.exp(-t / 0.09) + 240 * np.exp(-t / 0.008)
    boom = np.tanh(1.8 * np.sin(2 * np.pi * np.cumsum(freq) / RATE)) * fall(frames, seconds * 0.8)
    sides = []
    for side in ("l", "r"):
        raw = noise(frames, "effect", "impact", side)
        burst = lowpass(raw, 1400) * fall(frames, 0.9) + 0.5 * lowpass(raw, 6000) * fall(
            frames, 0.2
        )
        sides.append(0.8 * boom + 0.9 * burst)
    both = highpass(stereo(*sides), 26) * ramp(frames, 0.001)[:, None]
    return closed(normalised(both), 0.1)


EFFECTS: Mapping[int, Callable[[float], Signal]] = {
    RISER: riser,
    REVERSE: reverse_cymbal,
    IMPACT: impact,
    DOWNLIFTER: downlifter,
    SWELL: swell,
}
"""By the pitch that names them in the Effects part; each takes its length in seconds."""

"""Plucked strings: a burst of noise runs round a loop that loses its brightness (Karplus and Strong 1983).

The loop's filter holds a fractional delay (Lagrange, third order), so that the string is in tune;
the burst is darkened by a soft finger and combed by the place where the string is plucked
(Jaffe and Smith 1983).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generation.rendering.arrangement import RATE
from generation.rendering.voices.player import Stroke
from generation.rendering.voices.signal import (
    Signal,
    Wide,
    closed,
    highpass,
    hz,
    lowpass,
    modes,
    noise,
    normalised,
    stereo,
)

STEP_FRAMES = 500


@dataclass(frozen=True)
class PluckedString:
    """A kind of plucked instrument.

    ``ring_s`` is the time to -60 dB at middle C, ``damping`` how fast the high partials go (0 to .5),
    ``soft_hz`` and ``hard_hz`` the brightness of the softest and the hardest stroke, ``place`` where
    it is plucked as a part of the string, ``body`` resonances of the box (Hz, s, gain).
    """

    name: str
    ring_s: float
    damping: float
    soft_hz: float
    hard_hz: float
    place: float = 0.13
    body: tuple[tuple[float, float, float], ...] = ()
    width_cents: float = 0.0

    def __call__(self, stroke: Stroke) -> Signal:
        """Return one tone; stereo if the instrument is recorded twice, side by side."""
        if not self.width_cents:
            return self._one(stroke, "m", 0.0)
        left = self._one(stroke, "l", -self.width_cents)
        right = self._one(stroke, "r", self.width_cents)
        middle = 0.5 * (left + right)
        return stereo(0.45 * middle + 0.55 * left, 0.45 * middle + 0.55 * right)

    def _one(self, stroke: Stroke, side: str, cents: float) -> Signal:
        pitch_hz = hz(stroke.pitch + cents / 100)
        frames = round(stroke.seconds * RATE)
        burst = self._burst(stroke, pitch_hz, side)
        damping = self.damping * min(1.0, (220.0 / pitch_hz) ** 0.5)
        out = _string(burst, frames, pitch_hz, self._ring(pitch_hz), damping)
        if self.body:
            freqs, decays, gains = zip(*self.body, strict=True)
            box = modes(int(0.12 * RATE), freqs, decays, gains)
            knock = np.convolve(burst[:400], box)[:frames]
            out[: len(knock)] += knock * (0.05 + 0.05 * stroke.force)
        return closed(normalised(highpass(out, 0.6 * pitch_hz), 0.5))

    def _ring(self, pitch_hz: float) -> float:
        return self.ring_s * float((261.6 / pitch_hz) ** 0.45)

    def _burst(self, stroke: Stroke, pitch_hz: float, side: str) -> Wide:
        period = RATE / pitch_hz
        frames = int(period) + 8
        burst = noise(frames, "string", self.name, stroke.pitch, stroke.variant, side).astype(float)
        # A hand never strikes twice with quite the same force.
        force = min(1.0, max(0.0, stroke.force + 0.06 * (stroke.variant - 1)))
        bright_hz = self.soft_hz * (self.hard_hz / self.soft_hz) ** force
        bright_hz *= 2.0 ** (stroke.brightness - 0.5)
        burst = lowpass(burst, max(bright_hz, 1.5 * pitch_hz))
        comb = max(1, round(self.place * period))
        burst[comb:] -= 0.9 * burst[:-comb].copy()
        return np.asarray(burst - burst.mean())


def _string(burst: Wide, frames: int, pitch_hz: float, ring_s: float, damping: float) -> Wide:
    """Return what the loop makes of ``burst``, one period after another."""
    loss = 10 ** (-3 / (pitch_hz * ring_s))
    # One more sample of delay is the symmetric low-pass itself.
    period = RATE / pitch_hz - 1.0
    whole = int(period) - 1
    once = loss * np.convolve(_lagrange(period - whole), [damping / 2, 1 - damping, damping / 2])
    out = np.zeros(frames)
    out[: min(len(burst), frames)] = burst[:frames]
    # The first rounds one by one, on top of the burst; then several rounds in one step.
    rounds = max(1, round(STEP_FRAMES / whole))
    begun = min(frames, rounds * (whole + len(once)) + len(burst))
    _run(out, once, whole, len(burst), begun, adds=True)
    taps = once
    for _ in range(rounds - 1):
        taps = np.convolve(taps, once)
    _run(out, taps, rounds * whole, begun, frames, adds=False)
    return out


def _run(out: Wide, taps: Wide, back: int, start: int, stop: int, *, adds: bool) -> None:
    """Fill ``out`` from ``start`` to ``stop`` with what was ``back`` samples before, through ``taps``."""
    reach = len(taps) - 1
    first = min(back + reach, start) if adds else start
    for at in range(first, stop, back):
        end = min(at + back, stop)
        fed = np.convolve(out[at - back - reach : end - back], taps)[reach : reach + end - at]
        out[at:end] = out[at:end] + fed if adds else fed


def _lagrange(delay: float) -> Wide:
    """Return the four taps that delay by ``delay`` (1 to 2) samples."""
    taps = np.ones(4)
    for k in range(4):
        for m in range(4):
            if m != k:
                taps[k] *= (delay - m) / (k - m)
    return taps


_BOX = ((98.0, 0.09, 1.0), (204.0, 0.06, 0.8), (390.0, 0.04, 0.4))

STEEL_GUITAR = PluckedString("steel", 3.2, 0.10, 1500, 7500, 0.11, _BOX, 3.5)
NYLON_GUITAR = PluckedString("nylon", 2.2, 0.22, 900, 4200, 0.16, _BOX, 2.0)
CLEAN_GUITAR = PluckedString("clean", 3.6, 0.14, 1200, 5500, 0.09, (), 5.0)
MUTED_GUITAR = PluckedString("muted", 0.35, 0.30, 900, 4200, 0.06, (), 3.0)
DRIVEN_GUITAR = PluckedString("driven", 5.0, 0.12, 2000, 6500, 0.08, (), 6.0)
HARP = PluckedString("harp", 4.0, 0.16, 1100, 5200, 0.28, ((180.0, 0.08, 0.4),), 1.5)
FINGER_BASS = PluckedString("finger-bass", 2.6, 0.24, 500, 2200, 0.18)
PICK_BASS = PluckedString("pick-bass", 3.0, 0.16, 900, 4200, 0.10)
UPRIGHT_BASS = PluckedString("upright-bass", 1.5, 0.34, 400, 1500, 0.24, ((72.0, 0.1, 0.8),))

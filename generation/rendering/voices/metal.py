"""Hats, rides and crashes as plates of many modes; shakers and tambourines as noise with a hand in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generation.rendering.voices.signal import (
    Signal,
    Wide,
    bandpass,
    closed,
    draws,
    fall,
    frames_of,
    highpass,
    modes,
    noise,
    normalised,
    ramp,
    stereo,
    times,
)
from generation.rendering.voices.skins import Blow

SIX_SQUARES_HZ = (205.3, 304.4, 369.6, 522.7, 635.8, 800.0)
"""The oscillators of a drum machine of 1980, from which its hats and bell are cut."""


@dataclass(frozen=True)
class Plate:
    """A cymbal: ``count`` modes from ``low_hz`` to ``high_hz``, high ones dying first.

    ``ring_s`` is the time to -60 dB in the middle of the range, ``wash`` the noise among the modes,
    ``ping`` a few clear low modes (the stick on a ride), ``swell_s`` the time in which the plate wakes.
    """

    name: str
    count: int
    low_hz: float
    high_hz: float
    ring_s: float
    wash: float
    ping: float = 0.0
    swell_s: float = 0.0

    def __call__(self, blow: Blow) -> Signal:
        """Return one stroke in stereo."""
        frames = frames_of(1.15 * self.ring_s + 0.1)
        place = draws(self.count, self.name, "modes")
        freqs = self.low_hz * (self.high_hz / self.low_hz) ** place
        freqs *= blow.tuned(self.name)
        middle = (self.low_hz * self.high_hz) ** 0.5
        rings = self.ring_s * np.minimum(1.4, (middle / freqs) ** 0.55)
        top = self.high_hz * (0.35 + 0.65 * blow.force)
        gains = 1 / (1 + (freqs / top) ** 4)
        gains *= 0.4 + draws(self.count, self.name, "gains", blow.variant)
        # A thin plate radiates its high modes better than its low ones.
        gains *= (freqs / middle) ** (0.35 + 0.5 * blow.force)
        sides = [self._side(frames, freqs, rings, gains, blow, side) for side in ("l", "r")]
        both = stereo(0.7 * sides[0] + 0.3 * sides[1], 0.3 * sides[0] + 0.7 * sides[1])
        return closed(normalised(highpass(both, 0.7 * self.low_hz), 1.0), 0.08)

    def _side(
        self, frames: int, freqs: Wide, rings: Wide, gains: Wide, blow: Blow, side: str
    ) -> Wide:
        turns = 2 * np.pi * draws(self.count, self.name, "turns", side, blow.variant)
        out = modes(frames, freqs, rings, gains, turns) / self.count**0.5
        top = self.high_hz * (0.45 + 0.55 * blow.force)
        raw = noise(frames, self.name, "wash", side, blow.variant)
        wash = bandpass(raw, max(2500.0, self.low_hz), max(4000.0, top))
        out += self.wash * wash * fall(frames, 0.75 * self.ring_s)
        out += (0.3 + 0.5 * blow.force) * wash * fall(frames, 0.03)
        if self.swell_s:
            out *= 0.45 + 0.55 * ramp(frames, self.swell_s)
        if self.ping:
            bell = np.array([1.0, 1.483, 1.932, 2.546, 3.217]) * 1.9 * self.low_hz
            out += self.ping * modes(
                frames, bell, [0.5 * self.ring_s] * 5, [1, 0.7, 0.6, 0.5, 0.35]
            )
        return np.asarray(out * ramp(frames, 0.0004))


@dataclass(frozen=True)
class Squares:
    """A drum machine's hat: six squares and noise, only what lies above ``low_hz``."""

    name: str
    ring_s: float
    low_hz: float

    def __call__(self, blow: Blow) -> Signal:
        """Return one stroke in mono."""
        frames = frames_of(1.1 * self.ring_s + 0.05)
        t, tune = times(frames), blow.tuned(self.name)
        turns = draws(6, self.name, blow.variant)
        metal = sum(
            np.sign(np.sin(2 * np.pi * (f * tune * 1.7 * t + turn)))
            for f, turn in zip(SIX_SQUARES_HZ, turns, strict=True)
        )
        out = metal / 6 + 0.6 * noise(frames, self.name, "hiss", blow.variant)
        out = bandpass(out, self.low_hz, 9000 + 7000 * blow.force, 3)
        out = out * (fall(frames, self.ring_s) + 0.5 * blow.force * fall(frames, 0.02))
        return closed(normalised(out * ramp(frames, 0.0004), 1.0), 0.02)


@dataclass(frozen=True)
class Shaken:
    """Beads or jingles: a push and a stop. ``jingle`` adds thin plates to the noise."""

    name: str
    low_hz: float
    push_s: float
    ring_s: float
    jingle: float = 0.0

    def __call__(self, blow: Blow) -> Signal:
        """Return one stroke in mono."""
        frames = frames_of(self.push_s + self.ring_s + 0.05)
        push = self.push_s * (1.25 - 0.5 * blow.force)
        raw = bandpass(
            noise(frames, self.name, blow.variant), self.low_hz, 8000 + 6000 * blow.force
        )
        swell = np.minimum(1.0, times(frames) / push) ** 2
        after = np.where(
            times(frames) > push, np.exp(-(times(frames) - push) * 6.9 / self.ring_s), 1
        )
        grains = 0.6 + 0.8 * np.abs(noise(frames, self.name, "grains", blow.variant))
        out = raw * grains * swell * after
        if self.jingle:
            freqs = 4200 + 8000 * draws(24, self.name, "plates")
            rings = self.ring_s * (0.6 + 0.8 * draws(24, self.name, "rings"))
            out += self.jingle * modes(frames, freqs, rings, np.ones(24) / 8) * swell
        return closed(normalised(out, 1.0), 0.02)


@dataclass(frozen=True)
class Bell:
    """Cowbell or wood block: two or three clear modes."""

    name: str
    freqs_hz: tuple[float, ...]
    ring_s: float

    def __call__(self, blow: Blow) -> Signal:
        """Return one stroke in mono."""
        frames = frames_of(1.1 * self.ring_s + 0.05)
        freqs = np.array(self.freqs_hz) * blow.tuned(self.name)
        rings = self.ring_s / np.arange(1, len(freqs) + 1)
        gains = np.array([1.0, *[0.3 + 0.7 * blow.force] * (len(freqs) - 1)])
        out = modes(frames, freqs, rings, gains) * ramp(frames, 0.0006)
        out += 0.3 * blow.force * highpass(noise(frames, self.name), 3000) * fall(frames, 0.01)
        return closed(normalised(out, 1.0), 0.02)

"""Keys: electric pianos by frequency modulation, a piano and mallets by their modes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generation.rendering.voices.player import Stroke
from generation.rendering.voices.signal import (
    Signal,
    Wide,
    closed,
    draws,
    fall,
    frames_of,
    highpass,
    hz,
    lowpass,
    modes,
    noise,
    normalised,
    ramp,
    stereo,
    times,
)

LOWEST_HZ = 18.0


@dataclass(frozen=True)
class ElectricPiano:
    """Two pairs of sines (Chowning 1973): the bar, and the short tine that a hard stroke brings out.

    ``growl`` is the largest index of the bar, ``tine`` that of the tine at ``ratio``; ``tremolo`` is
    the depth of the swing between left and right.
    """

    name: str
    ring_s: float
    growl: float
    tine: float
    ratio: float
    tremolo: float

    def __call__(self, stroke: Stroke) -> Signal:
        """Return one tone in stereo."""
        frames = frames_of(stroke.seconds)
        pitch_hz = hz(stroke.pitch)
        # High notes ring shorter and are purer, or they would be all tine.
        high = (261.6 / pitch_hz) ** 0.6
        hard = stroke.force**1.6 * (0.55 + 0.9 * stroke.brightness)
        hard *= 1 + 0.12 * (stroke.variant - 1)
        t = times(frames)
        ring = self.ring_s * min(1.6, high)
        index = (self.growl * hard * min(1.5, high) * fall(frames, ring * 0.5)).astype(np.float32)
        struck = (self.tine * hard * min(1.2, high) * fall(frames, 0.35)).astype(np.float32)
        held = (fall(frames, ring) * ramp(frames, 0.002)).astype(np.float32)
        short = (0.35 * fall(frames, 0.6) * ramp(frames, 0.002)).astype(np.float32)
        sides = []
        for side, cents in enumerate((-2.0, 2.0)):
            turns = pitch_hz * 2 ** (cents / 1200) * t
            turn, fast = _angle(turns), _angle(self.ratio * turns)
            out = np.sin(turn + index * np.sin(turn)) * held
            out += np.sin(turn + struck * np.sin(fast)) * short
            sides.append(out * (1 + self.tremolo * np.sin(_angle(4.7 * t + 0.5 * side))))
        return closed(normalised(highpass(stereo(*sides), LOWEST_HZ), 0.5))


def _angle(turns: Wide) -> Signal:
    """Return the angle in the floats of the sound, wrapped while it still has all its digits."""
    return (2 * np.pi * (turns - np.floor(turns))).astype(np.float32)


RHODES = ElectricPiano("rhodes", 5.5, 2.3, 1.6, 14.0, 0.14)
GLASS_PIANO = ElectricPiano("glass", 4.5, 1.1, 3.4, 11.0, 0.05)


def struck_piano(stroke: Stroke) -> Signal:
    """Return a piano tone: stiff strings in threes, two speeds of decay, a hammer's thud."""
    frames = frames_of(stroke.seconds)
    pitch_hz = hz(stroke.pitch)
    partials = np.arange(1, max(4, min(36, int(9000 / pitch_hz))) + 1)
    stiff = 0.0004 * 2 ** ((stroke.pitch - 60) / 10)
    freqs = pitch_hz * partials * np.sqrt((1 + stiff * partials**2) / (1 + stiff))
    bright_hz = 500 * 2 ** (3.2 * stroke.force + 0.8 * stroke.brightness)
    gains = np.exp(-freqs / (bright_hz + pitch_hz)) * np.abs(np.sin(np.pi * partials / 8.3))
    gains /= partials**0.35
    ring = 9.0 * (261.6 / pitch_hz) ** 0.7 / (1 + 0.35 * partials**0.8)
    sides = []
    for side in ("l", "r"):
        turns = 2 * np.pi * draws(len(partials), "piano", stroke.pitch, side, stroke.variant)
        tone = np.zeros(frames)
        for cents, part in ((-0.9, 1.0), (0.0, 1.0), (1.1, 0.8)):
            tone += part * modes(frames, freqs * 2 ** (cents / 1200), ring, gains, turns)
        slow = modes(frames, freqs[:6], ring[:6] * 2.5, 0.35 * gains[:6], turns[:6])
        thud = noise(frames, "hammer", stroke.pitch, stroke.variant, side) * fall(frames, 0.06)
        tone += slow + 0.5 * stroke.force * lowpass(thud, 900.0 + 1500 * stroke.force)
        sides.append(tone * ramp(frames, 0.0012))
    both = stereo(0.8 * sides[0] + 0.2 * sides[1], 0.2 * sides[0] + 0.8 * sides[1])
    return closed(normalised(highpass(both, LOWEST_HZ), 0.5))


@dataclass(frozen=True)
class Mallet:
    """A bar or a bell: partials (ratio, gain, part of the ring), struck softly or hard.

    ``motor`` turns the loudness up and down, as the fans of a vibraphone do.
    """

    name: str
    ring_s: float
    partials: tuple[tuple[float, float, float], ...]
    click: float = 0.0
    motor: float = 0.0

    def __call__(self, stroke: Stroke) -> Signal:
        """Return one tone in stereo."""
        frames = frames_of(stroke.seconds)
        pitch_hz = hz(stroke.pitch)
        ratios, gains, rings = (np.array(row) for row in zip(*self.partials, strict=True))
        hard = 0.15 + 0.85 * stroke.force * (0.6 + 0.8 * stroke.brightness)
        upper = np.where(ratios > 1.5, hard, 1.0)
        ring = self.ring_s * rings * (261.6 / pitch_hz) ** 0.35
        sides = []
        for side in ("l", "r"):
            moved = 1 + 0.0006 * (draws(len(ratios), self.name, side, stroke.variant) - 0.5)
            moved[0] = 1.0
            tone = modes(frames, pitch_hz * ratios * moved, ring, gains * upper)
            tone = tone + self._stick(frames, stroke, side)
            sides.append(tone * self._fans(frames, 0.0 if side == "l" else 0.6))
        both = stereo(*sides) * ramp(frames, 0.0008).astype(np.float32)[:, None]
        return closed(normalised(highpass(both, LOWEST_HZ), 0.5))

    def _stick(self, frames: int, stroke: Stroke, side: str) -> Wide | float:
        if not self.click:
            return 0.0
        burst = noise(frames, self.name, stroke.pitch, stroke.variant, side) * fall(frames, 0.02)
        return self.click * stroke.force * lowpass(burst, 1500 + 4000 * stroke.force)

    def _fans(self, frames: int, turn: float) -> Wide | float:
        if not self.motor:
            return 1.0
        return 1 + self.motor * np.sin(2 * np.pi * 4.3 * times(frames) + turn)


VIBRAPHONE = Mallet("vibes", 5.0, ((1, 1, 1), (3.98, 0.35, 0.35), (10.2, 0.12, 0.1)), 0.1, 0.16)
MARIMBA = Mallet("marimba", 1.1, ((1, 1, 1), (3.93, 0.45, 0.3), (9.6, 0.2, 0.12)), 0.35)
KALIMBA = Mallet("kalimba", 1.6, ((1, 1, 1), (5.42, 0.25, 0.2), (14.9, 0.08, 0.08)), 0.3)
MUSIC_BOX = Mallet(
    "music-box", 2.6, ((1, 1, 1), (2.01, 0.3, 0.8), (4.97, 0.4, 0.4), (9.1, 0.2, 0.2)), 0.08
)

"""Kick, snare, toms, rim and clap: a skin's few modes, falling in pitch, and the noise that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generation.rendering.arrangement import RATE
from generation.rendering.voices.signal import (
    Signal,
    Wide,
    bandpass,
    closed,
    draws,
    fall,
    frames_of,
    highpass,
    lowpass,
    modes,
    noise,
    normalised,
    ramp,
    stereo,
    times,
)

MOVED = 0.012
"""How far the pitch of one stroke lies from the next, as a part of it."""


@dataclass(frozen=True)
class Blow:
    """One stroke: ``force`` from 0 to 1, ``variant`` which of its round robins."""

    force: float
    variant: int

    def tuned(self, name: str) -> float:
        """Return the factor on the pitch: no two strokes hit the same place."""
        return 1 + MOVED * float(draws(1, "tuned", name, self.variant)[0] - 0.5)


@dataclass(frozen=True)
class Kick:
    """``low_hz`` is where the pitch ends, ``sweep`` how far above it begins, ``click`` the beater."""

    name: str
    low_hz: float
    sweep: float
    ring_s: float
    click: float
    drive: float
    skin: float = 0.0

    def __call__(self, blow: Blow) -> Signal:
        """Return one stroke in mono."""
        frames = frames_of(self.ring_s + 0.12)
        t = times(frames)
        hard = 0.4 + 0.6 * blow.force
        low = self.low_hz * blow.tuned(self.name)
        freq = low * (1 + self.sweep * hard * np.exp(-t / 0.022))
        freq += 700 * hard * np.exp(-t / 0.0022)
        turn = 2 * np.pi * np.cumsum(freq) / RATE
        push = 1 + 2.5 * self.drive * hard
        body = np.tanh(push * np.sin(turn) * fall(frames, self.ring_s)) / np.tanh(push)
        beater = bandpass(noise(frames, self.name, "click", blow.variant), 1800, 7500)
        out = body + self.click * blow.force**1.5 * beater * fall(frames, 0.03)
        if self.skin:
            flap = lowpass(noise(frames, self.name, "skin", blow.variant), 420)
            out += self.skin * flap * fall(frames, 0.16)
        return closed(normalised(highpass(out * ramp(frames, 0.0008), 22), 1.0), 0.03)


@dataclass(frozen=True)
class Snare:
    """Two membrane modes and more, and the wires: their noise is brighter and longer when hit hard."""

    name: str
    tune_hz: float
    ring_s: float
    wires: float
    wires_s: float
    bright_hz: float
    drive: float = 0.0

    def __call__(self, blow: Blow) -> Signal:
        """Return one stroke in stereo."""
        tune = self.tune_hz * blow.tuned(self.name)
        frames = frames_of(max(self.ring_s, self.wires_s) + 0.1)
        hard = 0.25 + 0.75 * blow.force
        t = times(frames)
        bend = 1 + 0.09 * hard * np.exp(-t / 0.012)
        skin = np.sin(2 * np.pi * np.cumsum(tune * bend) / RATE) * fall(frames, self.ring_s)
        ratios = np.array([1.59, 1.78, 2.14, 2.65, 2.92])
        rings = self.ring_s * np.array([0.7, 0.75, 0.5, 0.4, 0.35])
        gains = np.array([0.5, 0.4, 0.3, 0.2 * hard, 0.2 * hard])
        skin = skin + modes(frames, tune * ratios, rings, gains)
        # A ghost note hardly moves the skin: what is heard of it are the wires.
        skin *= 0.6 + 0.4 * blow.force
        sides = []
        for side in ("l", "r"):
            wires = 2.3 * self._wires(frames, blow, hard, side)
            tick = bandpass(noise(frames, self.name, "tick", blow.variant), 2500, 11000)
            out = skin + wires + 0.8 * blow.force**1.5 * tick * fall(frames, 0.012)
            out = out * ramp(frames, 0.0006)
            if self.drive:
                out = np.tanh((1 + 2 * self.drive) * out) / (1 + self.drive)
            sides.append(out)
        middle = 0.5 * (sides[0] + sides[1])
        both = stereo(0.65 * middle + 0.35 * sides[0], 0.65 * middle + 0.35 * sides[1])
        return closed(normalised(highpass(both, 70), 1.0), 0.03)

    def _wires(self, frames: int, blow: Blow, hard: float, side: str) -> Wide:
        raw = noise(frames, self.name, "wires", side, blow.variant)
        low = bandpass(raw, 900, 3200) * fall(frames, self.wires_s * (0.5 + 0.5 * hard))
        high = bandpass(raw, 3000, self.bright_hz * (0.5 + 0.5 * hard))
        high = high * fall(frames, self.wires_s * (0.3 + 0.55 * hard))
        rattle = 1 + 0.3 * lowpass(noise(frames, "rattle", blow.variant, side), 90) * 8
        return np.asarray(self.wires * (1.9 * low + 0.95 * hard * high) * rattle)


@dataclass(frozen=True)
class Tom:
    """A skin that falls in pitch while it rings."""

    name: str
    tune_hz: float
    ring_s: float

    def __call__(self, blow: Blow) -> Signal:
        """Return one stroke in mono."""
        frames = frames_of(self.ring_s + 0.15)
        t = times(frames)
        tune = self.tune_hz * blow.tuned(self.name)
        freq = tune * (1 + (0.15 + 0.25 * blow.force) * np.exp(-t / 0.05))
        skin = np.sin(2 * np.pi * np.cumsum(freq) / RATE) * fall(frames, self.ring_s)
        ratios = np.array([1.59, 2.14, 2.3, 2.65])
        upper = modes(
            frames, tune * ratios, self.ring_s * np.array([0.4, 0.3, 0.3, 0.2]), [0.3] * 4
        )
        stick = bandpass(noise(frames, self.name, blow.variant), 900, 5000) * fall(frames, 0.03)
        out = skin + (0.4 + blow.force) * 0.6 * upper + 0.5 * blow.force * stick
        return closed(normalised(highpass(out * ramp(frames, 0.001), 40), 1.0), 0.04)


@dataclass(frozen=True)
class Rim:
    """A stick laid across: a short crack of wood."""

    name: str
    tune_hz: float

    def __call__(self, blow: Blow) -> Signal:
        """Return one stroke in mono."""
        frames = frames_of(0.14)
        tune = self.tune_hz * blow.tuned(self.name)
        ratios = np.array([1.0, 1.47, 2.09, 2.56, 3.9])
        wood = modes(
            frames, tune * ratios, np.array([0.1, 0.07, 0.05, 0.04, 0.03]), [1, 0.8, 0.6, 0.4, 0.3]
        )
        crack = bandpass(noise(frames, self.name, blow.variant), 1500, 9000) * fall(frames, 0.015)
        out = wood * (0.5 + 0.5 * blow.force) + 0.8 * blow.force * crack
        return closed(normalised(highpass(out, 150), 1.0))


@dataclass(frozen=True)
class Clap:
    """Several hands, none quite together, and the room's short answer."""

    name: str
    spread_s: float
    tail_s: float

    def __call__(self, blow: Blow) -> Signal:
        """Return one stroke in stereo."""
        frames = frames_of(self.tail_s + 0.15)
        sides = []
        for side in ("l", "r"):
            out = np.zeros(frames)
            late = np.sort(draws(5, self.name, "hands", side, blow.variant)) * self.spread_s
            for hand, at_s in enumerate(late - late[0]):
                at = int(at_s * RATE)
                raw = noise(frames - at, self.name, side, blow.variant, hand)
                top_hz = 2200 + 4200 * blow.force
                out[at:] += bandpass(raw, 750, top_hz) * fall(frames - at, 0.035)
            raw = noise(frames, self.name, "tail", side, blow.variant)
            after = int(late[-1] * RATE)
            tail = bandpass(raw, 900, 5200) * 0.55
            out[after:] += tail[after:] * fall(frames - after, self.tail_s)
            sides.append(out * ramp(frames, 0.0005))
        middle = 0.5 * (sides[0] + sides[1])
        both = stereo(0.5 * middle + 0.5 * sides[0], 0.5 * middle + 0.5 * sides[1])
        return closed(normalised(highpass(both, 300), 1.0), 0.03)

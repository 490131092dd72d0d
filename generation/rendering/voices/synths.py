"""Subtractive tones: detuned oscillators through a filter that opens with force and then closes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generation.rendering.voices.oscillators import bank, phase_of, places, swept
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
    noise,
    normalised,
    ramp,
    stereo,
    times,
)

LOWEST_HZ = 18.0


@dataclass(frozen=True)
class Synth:
    """One patch.

    ``unison`` oscillators of ``shape`` lie ``cents`` apart at most; ``sub`` adds a sine at the pitch
    (basses) and ``octave`` a square below it. The cut-off rests at ``rest_hz`` and starts ``opens``
    octaves above, falling within ``closes_s``; brightness moves both by an octave. The loudness falls
    within ``ring_s`` (None: it is held). ``drive`` bends the wave, which gives a bass its overtones
    on small speakers. ``kick`` is the noise of the attack; ``wobble`` moves the cut-off of a held
    reese.
    """

    name: str
    shape: str = "saw"
    unison: int = 3
    cents: float = 9.0
    sub: float = 0.0
    octave: float = 0.0
    rest_hz: float = 900.0
    opens: float = 2.0
    closes_s: float = 0.35
    resonance: float = 0.9
    ring_s: float | None = None
    attack_s: float = 0.002
    drive: float = 0.0
    kick: float = 0.0
    wobble: float = 0.0
    width: float = 0.6

    def __call__(self, stroke: Stroke) -> Signal:
        """Return one tone: mono if ``width`` is 0."""
        frames = frames_of(stroke.seconds)
        pitch_hz = hz(stroke.pitch)
        cutoff = places(self._cutoff(stroke, frames, pitch_hz))
        tables = bank(self.shape, pitch_hz, self.resonance)
        start = draws(self.unison + 1, self.name, stroke.pitch, stroke.variant)
        sides = [np.zeros(frames), np.zeros(frames)]
        for number in range(self.unison):
            place = (number / (self.unison - 1) - 0.5) if self.unison > 1 else 0.0
            freq = pitch_hz * 2 ** (self.cents * place / 1200)
            wave = swept(tables, phase_of(freq, frames, start[number]), cutoff)
            # Neighbours in pitch go to opposite sides, so that both sides hold the whole chord.
            pan = 0.5 + self.width * (0.5 if number % 2 else -0.5) * (1 if place else 0)
            sides[0] += wave * np.cos(pan * np.pi / 2)
            sides[1] += wave * np.sin(pan * np.pi / 2)
        centre = self._centre(stroke, frames, pitch_hz)
        shape = self._shape(frames)
        sides = [
            self._driven((side / self.unison**0.5 + centre) * shape, stroke.force) for side in sides
        ]
        both = stereo(*sides) if self.width else sides[0]
        return closed(normalised(highpass(both, LOWEST_HZ), 0.5))

    def _cutoff(self, stroke: Stroke, frames: int, pitch_hz: float) -> Wide:
        opened = self.opens * (0.35 + 0.85 * stroke.force) + 0.15 * (stroke.variant - 1)
        bright = 2.0 * (stroke.brightness - 0.5) + 1.2 * (stroke.force - 0.7)
        follow = (pitch_hz / 261.6) ** 0.4
        octaves = bright + opened * fall(frames, self.closes_s * 2.5)
        if self.wobble:
            turn = 0.21 * stroke.pitch + stroke.variant
            octaves = octaves + self.wobble * np.sin(2 * np.pi * 0.7 * times(frames) + turn)
        return np.asarray(np.maximum(self.rest_hz * follow, 1.2 * pitch_hz) * 2**octaves)

    def _centre(self, stroke: Stroke, frames: int, pitch_hz: float) -> Wide:
        centre = np.zeros(frames)
        if self.sub:
            centre += self.sub * np.sin(2 * np.pi * phase_of(pitch_hz, frames))
        if self.octave:
            below = bank("square", pitch_hz / 2, 0.7)
            dark = places(np.full(frames, 2.2 * pitch_hz))
            centre += self.octave * swept(below, phase_of(pitch_hz / 2, frames), dark)
        if self.kick:
            burst = noise(frames, "kick", self.name, stroke.pitch, stroke.variant)
            centre += self.kick * stroke.force * burst * fall(frames, 0.03)
        return centre

    def _shape(self, frames: int) -> Wide:
        held = np.ones(frames) if self.ring_s is None else fall(frames, self.ring_s)
        return np.asarray(held * ramp(frames, self.attack_s))

    def _driven(self, x: Wide, force: float) -> Wide:
        if not self.drive:
            return x
        push = (0.5 + 2.4 * self.drive) * (0.35 + 0.8 * force)
        return np.asarray(np.tanh(push * x / max(1e-9, float(np.abs(x).max()))))


PLUCK = Synth("pluck", "saw", 4, 14, rest_hz=500, opens=3.4, closes_s=0.16, ring_s=1.1, kick=0.05)
SOFT_PLUCK = Synth(
    "soft-pluck", "hollow", 2, 8, rest_hz=600, opens=2.8, closes_s=0.2, ring_s=1.4, kick=0.08
)
STAB = Synth(
    "stab", "saw", 5, 18, rest_hz=1100, opens=2.2, closes_s=0.3, ring_s=2.6, attack_s=0.004
)
POLY = Synth(
    "poly", "pulse", 4, 12, rest_hz=1000, opens=1.8, closes_s=0.5, ring_s=5.0, attack_s=0.006
)
SYNTH_BASS = Synth(
    "synth-bass",
    "saw",
    2,
    6,
    sub=0.45,
    rest_hz=720,
    opens=3.0,
    closes_s=0.22,
    resonance=1.3,
    ring_s=5.0,
    drive=0.5,
    width=0.0,
)
SUB_BASS = Synth(
    "sub-bass",
    "square",
    1,
    0,
    sub=0.7,
    rest_hz=560,
    opens=2.4,
    closes_s=0.1,
    attack_s=0.005,
    drive=0.9,
    kick=0.03,
    width=0.0,
)
REESE_BASS = Synth(
    "reese-bass",
    "saw",
    3,
    18,
    sub=0.6,
    rest_hz=620,
    opens=1.4,
    closes_s=0.6,
    attack_s=0.006,
    drive=0.6,
    wobble=0.5,
    width=0.0,
)

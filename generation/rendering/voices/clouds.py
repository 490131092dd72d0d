"""Held sounds as clouds: every partial is a narrow band with random phases (Nasca's PADsynth, 2006).

One long inverse transform gives a loop without a seam that never beats the way detuned oscillators
do; two of them with other phases give width. Notes enter the loop at different places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generation.rendering.arrangement import RATE, Note, SectionSound
from generation.rendering.voices.player import LOUDNESS_POWER, USUAL_VELOCITY
from generation.rendering.voices.signal import (
    HIGHEST_HZ,
    Signal,
    Wide,
    closed,
    draws,
    frames_of,
    hz,
)

LOOP = 1 << 18
GOLDEN = 0.618034
REACH = 3.5
"""Half-widths of a partial's band that are computed."""


@dataclass(frozen=True)
class Cloud:
    """A held sound.

    ``tilt`` is the fall of the partials (1 is a saw), ``cents`` the width of their bands, ``bright_hz``
    where a low-pass begins at force 1, ``formants`` resonances (Hz, width in Hz, gain); ``stops`` are
    the gains of single partials (organ) and replace the tilt. ``side`` is the part of the sound that
    differs between left and right.
    """

    name: str
    attack_s: float
    release_s: float
    tilt: float = 1.0
    cents: float = 20.0
    bright_hz: float = 5000.0
    odd: float = 1.0
    formants: tuple[tuple[float, float, float], ...] = ()
    stops: tuple[float, ...] = ()
    side: float = 0.5

    def play(
        self, canvas: Signal, notes: Sequence[Note], sections: Sequence[SectionSound], gain: float
    ) -> None:
        """Add the notes to ``canvas``."""
        del sections  # what the section's brightness does is done to the part as a whole
        loop = lru_cache(maxsize=12)(self._loop)
        for number, note in enumerate(sorted(notes, key=lambda n: (n.pitch, n.start_s))):
            force = max(2, min(4, round(note.velocity / 32))) / 4
            level = gain * (note.velocity / USUAL_VELOCITY) ** LOUDNESS_POWER
            self._lay(canvas, loop(note.pitch, force), note, number, level)

    def _lay(self, canvas: Signal, loop: Signal, note: Note, number: int, gain: float) -> None:
        start, held = round(note.start_s * RATE), frames_of(note.length_s)
        frames = min(held + frames_of(self.release_s), len(canvas) - start)
        if frames <= 0:
            return
        at = int(number * GOLDEN * LOOP) % LOOP
        piece = np.take(loop, np.arange(at, at + frames) % LOOP, axis=0)
        piece *= (self._shape(held, frames) * np.float32(gain))[:, None]
        canvas[start : start + frames] += piece

    def _shape(self, held: int, frames: int) -> Signal:
        rise = min(held, frames_of(self.attack_s))
        shape = np.ones(frames, np.float32)
        risen = np.arange(min(rise, frames)) / rise
        shape[: len(risen)] = np.sin(0.5 * np.pi * risen) ** 2
        if frames > held:
            left = np.linspace(1, 0, frames_of(self.release_s))[: frames - held]
            shape[held:] = left**2
        return closed(shape, 0.02)

    def _loop(self, pitch: int, force: float) -> Signal:
        """Return six seconds in stereo that join end to start, at the same loudness for any pitch."""
        amplitude = self._amplitudes(hz(pitch), force)
        middle = _render(amplitude, self.name, pitch, "m")
        side = _render(amplitude, self.name, pitch, "s")
        a, b = np.sqrt(1 - self.side), np.sqrt(self.side)
        both = np.stack([a * middle + b * side, a * middle - b * side], axis=1)
        return np.asarray(both * (0.1 / np.sqrt(np.mean(both**2))), np.float32)

    def _amplitudes(self, pitch_hz: float, force: float) -> Wide:
        """Return the amplitude of every bin."""
        bins = np.zeros(LOOP // 2 + 1)
        step = RATE / LOOP
        count = len(self.stops) or int(HIGHEST_HZ / pitch_hz)
        for n in range(1, min(count, 80) + 1):
            centre = n * pitch_hz
            if centre > HIGHEST_HZ or (gain := self._gain(n, centre, force)) < 1e-5:
                continue
            # Bands are narrower than they are far apart, and widen more slowly than the partials.
            half = max(0.35, (2 ** (self.cents / 1200) - 1) * pitch_hz * n**0.8)
            low, high = (int((centre + way * REACH * half) / step) for way in (-1, 1))
            at = np.arange(max(1, low), min(high + 1, len(bins)))
            bins[at] += gain / np.sqrt(half) * np.exp(-0.5 * ((at * step - centre) / half) ** 2)
        return bins

    def _gain(self, n: int, centre_hz: float, force: float) -> float:
        gain = self.stops[n - 1] if self.stops else n**-self.tilt
        gain *= self.odd if n % 2 == 0 else 1.0
        if self.formants:
            gain *= 0.04 + sum(
                g * np.exp(-0.5 * ((centre_hz - f) / w) ** 2) for f, w, g in self.formants
            )
        cut = self.bright_hz * 2 ** (1.5 * (force - 1))
        return float(gain / (1 + (centre_hz / cut) ** 4) ** 0.5)


def _render(amplitude: Wide, name: str, pitch: int, channel: str) -> Wide:
    turns = draws(len(amplitude), "cloud", name, pitch, channel)
    return np.asarray(np.fft.irfft(amplitude * np.exp(2j * np.pi * turns)) * LOOP)


WARM = Cloud("warm", 0.30, 0.70, tilt=1.3, cents=24, bright_hz=2600, side=0.45)
BRIGHT = Cloud("bright", 0.12, 0.50, tilt=0.95, cents=32, bright_hz=9000, side=0.55)
STRINGS = Cloud(
    "strings",
    0.16,
    0.45,
    tilt=0.95,
    cents=19,
    bright_hz=6500,
    formants=((480, 260, 1.0), (1150, 500, 0.8), (2900, 1100, 0.55)),
    side=0.5,
)
CHOIR = Cloud(
    "choir",
    0.22,
    0.60,
    tilt=0.8,
    cents=17,
    bright_hz=5200,
    formants=((640, 110, 1.0), (1080, 140, 0.6), (2650, 300, 0.22), (3300, 380, 0.12)),
    side=0.5,
)
HOLLOW = Cloud("hollow", 0.45, 0.90, tilt=1.05, cents=40, bright_hz=3800, odd=0.25, side=0.6)
ORGAN = Cloud(
    "organ",
    0.012,
    0.09,
    cents=4,
    bright_hz=7000,
    stops=(1.0, 0.8, 0.55, 0.35, 0.0, 0.22, 0.0, 0.18),
    side=0.25,
)
REED = Cloud("reed", 0.05, 0.12, tilt=0.75, cents=7, bright_hz=4200, odd=0.7, side=0.2)
BRASS = Cloud("brass", 0.07, 0.16, tilt=0.85, cents=9, bright_hz=3600, side=0.3)

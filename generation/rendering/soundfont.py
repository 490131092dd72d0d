"""Recorded instruments from a SoundFont, played by TinySoundFont note by note and never in real time.

The library gives velocity to loudness alone; here soft notes are darker too, notes take turns on
channels that are a hair apart in tuning and place, and held notes swell and sway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import tinysoundfont
from scipy.signal import butter, lfilter

from generation.rendering.arrangement import RATE, Note
from generation.rendering.voices.signal import Signal, draws, lowpass

MOST_VOICES = 1024
"""The library's default of 256 drops notes of a dense part without a word."""
DRUM_BANK, DRUM_CHANNEL = 128, 9
TURNS: tuple[tuple[float, int], ...] = ((0.0, 64), (1.6, 60), (-1.4, 68), (0.7, 62))
"""Cents and place (0 to 127, 64 is the middle) of the channels that take turns."""
DARKER: tuple[tuple[int, float], ...] = ((0, 1300.0), (60, 3400.0), (88, 0.0))
"""From this velocity on: where a 6 dB low-pass begins in Hz (0: no filter)."""
SWAY_HZ, SWAY_CENTS, SWAY_FROM_S = 5.2, 14.0, 0.32
STEP_S = 0.02
BEND_RANGE = 2.0
STROKE_S = 2.2
STRETCH = 1 << 15
AT_REST = 1e-7


@dataclass(frozen=True)
class FontLayer:
    """A program of the font within an instrument; ``sways`` if it is bowed or blown."""

    program: int
    gain_db: float = 0.0
    cents: float = 0.0
    transpose: int = 0
    sways: bool = False


class FontPlayer:
    """One loaded SoundFont. Not for two threads at once: it has one set of voices."""

    def __init__(self, path: Path) -> None:
        self._synth: Any = tinysoundfont.Synth(gain=0.0, samplerate=RATE)
        self._font = self._synth.sfload(str(path), max_voices=MOST_VOICES)

    def play(
        self, canvas: Signal, layer: FontLayer, notes: Sequence[Note], gain: float = 1.0
    ) -> None:
        """Add the notes on one program to ``canvas`` (frames, 2), soft ones darker."""
        bounds = [*(low for low, _ in DARKER[1:]), 128]
        low = 0
        for high, (_, cut_hz) in zip(bounds, DARKER, strict=True):
            mine = [n for n in notes if low <= n.velocity < high]
            low = high
            if mine:
                self._add(canvas, layer, mine, cut_hz, gain)

    def stroke(self, key: int, kit: int, force: float) -> Signal:
        """Return one stroke on a drum kit."""
        self._silence()
        synth = self._synth
        synth.program_select(DRUM_CHANNEL, self._font, DRUM_BANK, kit, True)
        synth.control_change(DRUM_CHANNEL, 10, 64)
        synth.noteon(DRUM_CHANNEL, key, max(1, min(127, round(127 * force))))
        out = np.empty((round(STROKE_S * RATE), 2), np.float32)
        self._generate(out, 0, len(out))
        return out if force > 0.75 else lowpass(out, 4500 + 9000 * force).astype(np.float32)

    def _add(
        self,
        canvas: Signal,
        layer: FontLayer,
        notes: Sequence[Note],
        cut_hz: float,
        gain: float,
    ) -> None:
        """Add one pass, stretch by stretch; what is silent leaves no trace on the canvas."""
        self._prepare(layer)
        b, a = _first_order(cut_hz, gain)
        state = np.zeros((1, 2), np.float32)
        events = sorted(_events(layer, notes))
        number = 0
        for start in range(0, len(canvas), STRETCH):
            room = canvas[start : start + STRETCH]
            played = np.empty_like(room)
            at = 0
            while number < len(events) and (frame := round(events[number][0] * RATE)) < (
                start + len(room)
            ):
                at = self._generate(played, at, frame - start)
                self._act(*events[number][1:])
                number += 1
            self._generate(played, at, len(room))
            if not cut_hz and played.any():
                played *= b[0]
                room += played
            elif cut_hz and (played.any() or np.abs(state).max() > AT_REST):
                made, state = lfilter(b, a, played, axis=0, zi=state)
                room += made

    def _prepare(self, layer: FontLayer) -> None:
        self._silence()
        for channel, (cents, place) in enumerate(TURNS):
            self._synth.program_select(channel, self._font, 0, layer.program)
            self._synth.set_tuning(channel, (layer.cents + cents) / 100)
            self._synth.pitchbend_range(channel, BEND_RANGE)
            self._synth.pitchbend(channel, 8192)
            self._synth.control_change(channel, 10, place)
            self._synth.control_change(channel, 11, 127)

    def _act(self, action: int, channel: int, value: tuple[int, int]) -> None:
        if action == _OFF:
            self._synth.noteoff(channel, value[0])
        elif action == _BEND:
            self._synth.pitchbend(channel, value[0])
        elif action == _SWELL:
            self._synth.control_change(channel, 11, value[0])
        else:
            self._synth.noteon(channel, *value)

    def _silence(self) -> None:
        """Wait until nothing sounds: the library lets notes that are cut off fade for a moment."""
        self._synth.sounds_off()
        rest = np.empty((STRETCH // 8, 2), np.float32)
        for _ in range(16):
            self._generate(rest, 0, len(rest))
            if not rest.any():
                return

    def _generate(self, out: Signal, start: int, end: int) -> int:
        """Fill ``out`` from ``start`` to ``end`` (return it) with what sounds now."""
        if end > start:
            made = np.frombuffer(self._synth.generate(end - start), np.float32)
            out[start:end] = made.reshape(-1, 2)
        return max(start, end)


_OFF, _BEND, _SWELL, _ON = range(4)
"""In the order in which they happen at the same moment."""

_Event = tuple[float, int, int, tuple[int, int]]


def _events(layer: FontLayer, notes: Sequence[Note]) -> Iterator[_Event]:
    for number, note in enumerate(sorted(notes, key=lambda n: (n.start_s, n.pitch))):
        channel = number % len(TURNS)
        key = max(0, min(127, note.pitch + layer.transpose))
        yield note.start_s, _ON, channel, (key, note.velocity)
        yield note.start_s + note.length_s, _OFF, channel, (key, 0)
        if layer.sways:
            yield from _sway(note, number, channel)


def _sway(note: Note, number: int, channel: int) -> Iterator[_Event]:
    """Yield a swell on every note and, on long ones, a vibrato that comes late."""
    rng = draws(3, "sway", number, note.pitch)
    t = np.arange(0.0, note.length_s, STEP_S)
    swell = 96 + 31 * np.sin(0.5 * np.pi * np.clip(t / max(0.18, 0.6 * note.length_s), 0, 1))
    rate = SWAY_HZ * (0.93 + 0.14 * rng[0])
    depth = SWAY_CENTS * (0.7 + 0.6 * rng[1]) * np.clip((t - SWAY_FROM_S) / 0.35, 0, 1)
    scoop = -18 * rng[2] * np.exp(-t / 0.03)
    bend = 8192 + 8191 * (depth * np.sin(2 * np.pi * rate * t) + scoop) / (100 * BEND_RANGE)
    for at_s, amount, level in zip(t, bend, swell, strict=True):
        yield note.start_s + float(at_s), _BEND, channel, (round(float(amount)), 0)
        yield note.start_s + float(at_s), _SWELL, channel, (round(float(level)), 0)


def _first_order(cut_hz: float, gain: float) -> tuple[Signal, Signal]:
    """Return a 6 dB low-pass (0: none) with the gain in it, in the floats of the sound itself."""
    b, a = butter(1, cut_hz, fs=RATE) if cut_hz else (np.ones(1), np.ones(1))
    return (b * gain).astype(np.float32), a.astype(np.float32)


@lru_cache(maxsize=1)
def load_font(path: Path) -> FontPlayer:
    """Return the player of a font, loaded once to a process (148 MB take .4 s)."""
    return FontPlayer(path)

"""Oscillators without aliases: wave tables made of exactly the partials that fit, filtered as spectra.

A low-pass filter that moves is a walk through a bank of tables, dark to bright: all have the same
phases, so what lies between two tables is their mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from generation.rendering.arrangement import RATE
from generation.rendering.voices.signal import HIGHEST_HZ, Signal, Wide

Rows = NDArray[np.int32]
TABLE = 4096
BANK_CUTOFFS_HZ = np.geomspace(120.0, 16_000.0, 12)
_SHAPES = ("saw", "square", "triangle", "pulse", "hollow")
VOWELS: Mapping[str, tuple[tuple[float, float, float], ...]] = {
    "ah": ((820, 130, 1.0), (1250, 150, 0.55), (2750, 260, 0.22), (3900, 400, 0.14)),
    "oh": ((520, 110, 1.0), (950, 140, 0.45), (2650, 260, 0.14), (3800, 400, 0.10)),
}
"""Resonances of a singer's mouth: Hz, width in Hz, gain (after Peterson and Barney 1952, women)."""


def _amplitudes(shape: str, pitch_hz: float, partials: int) -> Wide:
    n = np.arange(1, partials + 1, dtype=np.float64)
    if shape in VOWELS:
        mouth = sum(
            gain / (1 + ((n * pitch_hz - centre) / width) ** 2)
            for centre, width, gain in VOWELS[shape]
        )
        # What the vocal folds give, and a little of everything, so that the pitch is never lost.
        return np.asarray((0.06 + mouth) / n**0.9)
    if shape == "saw":
        return 1 / n
    if shape == "square":
        return np.where(n % 2 == 1, 1 / n, 0.0)
    if shape == "triangle":
        return np.where(n % 2 == 1, (-1.0) ** ((n - 1) // 2) / n**2, 0.0)
    if shape == "pulse":
        return np.sin(np.pi * n * 0.23) / n * 1.4
    return np.where(n % 2 == 1, 1 / n, 0.3 / n) / n**0.35


@lru_cache(maxsize=256)
def bank(shape: str, pitch_hz: float, resonance: float) -> Signal:
    """Return tables of ``shape`` at ``pitch_hz`` behind a 24 dB low-pass, one to each cut-off.

    ``resonance`` is the filter's Q: .7 is flat, 2 sings.
    """
    if shape not in (*_SHAPES, *VOWELS):
        raise ValueError(f"shape {shape!r}; one of {', '.join((*_SHAPES, *VOWELS))}")
    partials = max(1, min(int(HIGHEST_HZ / pitch_hz), TABLE // 8))
    spectrum = np.zeros(TABLE // 2 + 1, np.complex128)
    made = np.empty((len(BANK_CUTOFFS_HZ), TABLE + 1), np.float32)
    n = np.arange(1, partials + 1)
    for row, cutoff in enumerate(BANK_CUTOFFS_HZ):
        ratio = (n * pitch_hz / cutoff) ** 2
        gain = 1 / ((1 - ratio) ** 2 + ratio / resonance**2)
        spectrum[1 : partials + 1] = -0.5j * _amplitudes(shape, pitch_hz, partials) * gain * TABLE
        wave = np.fft.irfft(spectrum)
        made[row, :-1], made[row, -1] = wave, wave[0]
    made.setflags(write=False)
    return made


def phase_of(freq_hz: Wide | float, frames: int, start: float = 0.0) -> Wide:
    """Return turns from ``start`` on, for a frequency that may move."""
    if isinstance(freq_hz, float):
        return np.asarray(start + np.arange(frames) * (freq_hz / RATE))
    turns = np.cumsum(freq_hz) / RATE
    return np.asarray(start + turns - turns[0])


def places(cutoff_hz: Wide) -> tuple[Rows, Signal]:
    """Return where cut-offs lie in a bank: the row below, and the way to the next from 0 to 1."""
    low, high = BANK_CUTOFFS_HZ[0], BANK_CUTOFFS_HZ[-1]
    octaves = np.log(np.clip(cutoff_hz, low, high * 0.999) / low) / np.log(high / low)
    place = (octaves * (len(BANK_CUTOFFS_HZ) - 1)).astype(np.float32)
    row = place.astype(np.int32)
    return row * np.int32(TABLE + 1), place - row


def swept(tables: Signal, phase: Wide, at_cutoff: tuple[Rows, Signal]) -> Signal:
    """Return the waveform at ``phase`` (turns) with the filter at ``places(cutoff)``."""
    row, way = at_cutoff
    at = ((phase - np.floor(phase)) * TABLE).astype(np.float32)
    column = np.minimum(at.astype(np.int32), np.int32(TABLE - 1))
    at -= column
    flat = tables.reshape(-1)
    first = row + column
    dark = flat[first]
    dark += (flat[first + 1] - dark) * at
    first += np.int32(TABLE + 1)
    bright = flat[first]
    bright += (flat[first + 1] - bright) * at
    return np.asarray(dark + (bright - dark) * way, np.float32)

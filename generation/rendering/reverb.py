"""Two rooms of our own: impulse responses grown from counted noise, the same on every machine."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy.signal import lfilter

from generation.rendering.arrangement import RATE
from generation.rendering.equaliser import Band, coefficients

Doubles = npt.NDArray[np.float64]
Response = npt.NDArray[np.complex64]

ROOM, HALL = "room", "hall"
SHAPES = {
    # name: seconds to -60 dB, milliseconds before it, high cut in Hz
    ROOM: (0.42, 6.0, 7_500.0),
    HALL: (1.35, 18.0, 5_000.0),
}
LOW_CUT_HZ = 200.0
DECAY = np.log(1_000.0)
"""Nepers to -60 dB."""


@lru_cache(maxsize=4)
def reverb(name: str, size: int) -> Response:
    """Return the mid and side responses (two rows) of the reverb ``name`` for FFTs of ``size`` samples.

    A mono signal through them comes out as two decorrelated channels, each of the signal's energy.
    Noise decays exponentially, twice: bright and short, dark and long (Moorer 1979).
    """
    seconds, before_ms, cut_hz = SHAPES[name]
    count = round(seconds * RATE)
    start = round(before_ms / 1000 * RATE)
    time = np.arange(count) / (seconds * RATE)
    channels = []
    for number, noise in enumerate(_noise(4, count, seed=len(name)).reshape(2, 2, count)):
        bright = 0.5 * noise[0] * np.exp(-DECAY * time / 0.45)
        dark = _filtered(noise[1] * np.exp(-DECAY * time), Band("highshelf", cut_hz, -18.0))
        wave = _filtered(bright + dark, Band("highpass", LOW_CUT_HZ))
        wave *= np.minimum(1.0, (1 - time) / 0.05)
        wave /= np.sqrt((wave**2).sum())
        channels.append(np.pad(wave, (start + 11 * number, size - count - start - 11 * number)))
    left, right = channels
    both = np.stack([(left + right) / 2, (left - right) / 2])
    return np.asarray(scipy.fft.rfft(both, axis=1), np.complex64)


def ring_samples() -> int:
    """Return the samples after which both reverbs are silent."""
    return max(round((s + before / 1000) * RATE) for s, before, _ in SHAPES.values()) + 64


def _noise(rows: int, count: int, seed: int) -> Doubles:
    """White noise from the raw stream of PCG64, which numpy promises never to change."""
    raw = np.random.PCG64(seed).random_raw(rows * count)
    return (raw.astype(np.float64) / 2**63 - 1).reshape(rows, count)


def _filtered(wave: Doubles, band: Band) -> Doubles:
    ahead, back = coefficients(band)
    return np.asarray(lfilter(ahead, back, wave))

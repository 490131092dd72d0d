"""What all voices are made of: noise that is the same everywhere, envelopes, filters, decaying modes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfilt

from generation.rendering.arrangement import RATE

Signal = NDArray[np.float32]
"""Mono (frames,) or stereo (frames, 2)."""
Wide = NDArray[np.float64]

HIGHEST_HZ = 0.46 * RATE
OFFSET_HZ = 8.0
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_BLOCK = 512
_STRETCH = 1 << 15
_REST = 1e-7


def hz(pitch: float) -> float:
    """Return the frequency of a MIDI pitch (69 is 440 Hz)."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def frames_of(seconds: float) -> int:
    """Return ``seconds`` in samples."""
    return max(1, round(seconds * RATE))


def times(frames: int) -> Wide:
    """Return the time of every sample in seconds."""
    return np.arange(frames, dtype=np.float64) / RATE


def noise(frames: int, *names: object) -> Signal:
    """Return even white noise from -1 to 1, named by what it is for.

    SplitMix64 by counter: the same in every process, on every machine, with every NumPy.
    """
    digest = hashlib.blake2b("/".join(map(str, names)).encode(), digest_size=8).digest()
    z = np.arange(1, frames + 1, dtype=np.uint64) * _GAMMA
    z += np.uint64(int.from_bytes(digest, "little"))
    for shift, factor in zip((np.uint64(30), np.uint64(27)), _MIX, strict=True):
        z = (z ^ (z >> shift)) * factor
    z ^= z >> np.uint64(31)
    return ((z >> np.uint64(40)).astype(np.float32) / np.float32(2**23) - np.float32(1)).astype(
        np.float32
    )


def draws(count: int, *names: object) -> Wide:
    """Return ``count`` numbers from 0 to 1 under a name."""
    return (noise(count, *names).astype(np.float64) + 1) / 2


def fall(frames: int, seconds: float) -> Wide:
    """Return an exponential decay; after ``seconds`` it has lost 60 dB."""
    return np.exp(-6.907755 / max(seconds, 1e-4) * times(frames))


def ramp(frames: int, seconds: float) -> Wide:
    """Return 0 to 1 along half a cosine within ``seconds``, then 1."""
    rise = min(frames, frames_of(seconds))
    shape = np.ones(frames)
    shape[:rise] = 0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)
    return shape


def closed(x: Wide | Signal, seconds: float = 0.01) -> Signal:
    """Return ``x`` with its last ``seconds`` faded, so that it ends at exactly zero."""
    frames = min(len(x), frames_of(seconds))
    shape = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, frames + 1) / frames)
    y = np.array(x, np.float32)
    y[-frames:] *= shape.astype(np.float32)[:, None] if y.ndim == 2 else shape.astype(np.float32)
    return y


@lru_cache(maxsize=512)
def design(kind: str, low_hz: float, high_hz: float, order: int) -> NDArray[np.float64]:
    """Return a Butterworth filter: kind low, high or band."""
    edges = {"low": high_hz, "high": low_hz, "band": [low_hz, high_hz]}[kind]
    made: NDArray[np.float64] = butter(order, edges, kind, fs=RATE, output="sos")
    return made


def lowpass(x: Wide | Signal, high_hz: float, order: int = 2) -> Wide:
    """Return ``x`` below ``high_hz``."""
    sos = design("low", 0.0, float(min(high_hz, HIGHEST_HZ)), order)
    return np.asarray(sosfilt(sos, x, axis=0), np.float64)


def highpass(x: Wide | Signal, low_hz: float, order: int = 2) -> Wide:
    """Return ``x`` above ``low_hz``."""
    sos = design("high", float(low_hz), 0.0, order)
    return np.asarray(sosfilt(sos, x, axis=0), np.float64)


def bandpass(x: Wide | Signal, low_hz: float, high_hz: float, order: int = 2) -> Wide:
    """Return ``x`` between two frequencies."""
    sos = design("band", float(low_hz), float(min(high_hz, HIGHEST_HZ)), order)
    return np.asarray(sosfilt(sos, x, axis=0), np.float64)


def filter_in_place(x: Signal, sos: NDArray[np.float64]) -> None:
    """Filter a whole stereo part stretch by stretch: exact, without a copy of it in memory.

    Silent stretches after the filter has come to rest stay untouched.
    """
    state = np.zeros((len(sos), 2, 2))
    for start in range(0, len(x), _STRETCH):
        piece = x[start : start + _STRETCH]
        if piece.any() or np.abs(state).max() > _REST:
            made, state = sosfilt(sos, piece, axis=0, zi=state)
            piece[:] = made


def remove_offset(x: Signal) -> None:
    """Take what lies below ``OFFSET_HZ`` out of a stereo part, in place."""
    pole = np.float32(np.exp(-2 * np.pi * OFFSET_HZ / RATE))
    b, a = np.array([1, -1], np.float32), np.array([1, -pole], np.float32)
    state = np.zeros((1, 2), np.float32)
    for start in range(0, len(x), _STRETCH):
        piece = x[start : start + _STRETCH]
        if piece.any() or np.abs(state).max() > _REST:
            piece[:], state = lfilter(b, a, piece, axis=0, zi=state)


def modes(
    frames: int,
    freqs_hz: Sequence[float] | Wide,
    decays_s: Sequence[float] | Wide,
    gains: Sequence[float] | Wide,
    phases: Sequence[float] | Wide | float = 0.0,
) -> Wide:
    """Return a sum of decaying sines: what a struck bar, string, skin or plate does.

    Each mode is a power of one complex number; powers of a long stretch are products of two short
    ones. ``decays_s`` are times to -60 dB; modes above the range of hearing are left out.
    """
    freq = np.asarray(freqs_hz, np.float64)
    keep = freq < HIGHEST_HZ
    freq, gain = freq[keep], np.asarray(gains, np.float64)[keep]
    decay = np.maximum(np.asarray(decays_s, np.float64)[keep], 1e-3)
    turn = np.broadcast_to(np.asarray(phases, np.float64), keep.shape)[keep]
    pole = (-6.907755 / decay + 2j * np.pi * freq) / RATE
    blocks = -(-frames // _BLOCK)
    coarse = np.exp(np.outer(np.arange(blocks) * _BLOCK, pole)) * (gain * np.exp(1j * turn))
    fine = np.exp(np.outer(pole, np.arange(_BLOCK)))
    # einsum and not a matrix product: BLAS may add in another order with another number of threads.
    real = np.einsum("ak,kb->ab", coarse.imag.copy(), fine.real.copy())
    real += np.einsum("ak,kb->ab", coarse.real.copy(), fine.imag.copy())
    return np.asarray(real.reshape(-1)[:frames])


def stereo(left: Wide | Signal, right: Wide | Signal) -> Signal:
    """Return two channels as one array."""
    return np.stack([left, right], axis=1).astype(np.float32)


def normalised(x: Wide | Signal, peak: float = 1.0) -> Signal:
    """Return ``x`` scaled to ``peak``."""
    largest = float(np.abs(x).max())
    return (x * (peak / largest if largest > 0 else 0.0)).astype(np.float32)

"""The long-term spectrum of a song: third-octave levels, frame by frame and on average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from library.analysis.loudness import k_weighting
from library.analysis.revision import LONG_TERM_REVISION
from library.analysis.types import LongTerm

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

RATE = 44_100
EXCERPT_S = 240
FIRST, LAST = 14, 42
BANDS_HZ: tuple[float, ...] = tuple(10 ** (n / 10) for n in range(FIRST, LAST + 1))
"""Centres of the 29 third-octave bands from 25 Hz to 16 kHz (IEC 61260, base ten)."""
WINDOW_S = 8192 / 44_100
AT_ONCE = 16
"""Windows transformed in one go: as many as stay in the cache."""
FLOOR_DB = -90.0


def describe_long_term(samples: Floats, sample_rate: int) -> LongTerm:
    """Return the long-term spectrum of a song's first four minutes (frames by channels)."""
    excerpt = samples[: round(EXCERPT_S * sample_rate)]
    return LongTerm(LONG_TERM_REVISION, long_term_spectrum(excerpt, sample_rate))


@dataclass(frozen=True)
class Frames:
    """Power of windows ``step_s`` apart: frames by bands, and K-weighted over all frequencies.

    Channels are summed, so that ``weighted`` in dB less .691 is LUFS.
    """

    bands: Doubles
    weighted: Doubles
    step_s: float


def frames_of(channels: Sequence[Floats], rate: int = RATE) -> Frames:
    """Return the frames of some channels of equal length: Hann windows side by side, no overlap.

    A fraction of the cost of filtering for the loudness, and within .2 LU of it on music.
    """
    size = _window_size(rate)
    bank, window = _bank(rate, size), _window(size)
    length = len(channels[0])
    starts = np.arange(0, max(1, length), size)
    total = np.zeros((len(starts), bank.shape[1]))
    for channel in channels:
        rows = np.zeros((AT_ONCE, size), np.float32)
        for first in range(0, len(starts), AT_ONCE):
            part = starts[first : first + AT_ONCE]
            for row, start in zip(rows, part, strict=False):
                piece = channel[start : start + size]
                row[: len(piece)] = piece
                row[len(piece) :] = 0
            sounding = np.flatnonzero(rows[: len(part)].any(1))
            if len(sounding):
                wave = scipy.fft.rfft(rows[sounding] * window, axis=1)
                power = wave.real**2 + wave.imag**2
                total[first + sounding] += power @ bank
    return Frames(total[:, :-1], total[:, -1], step_s(rate))


def rows_of(length: int, rate: int = RATE) -> int:
    """Return how many frames so many samples have."""
    return -(-max(1, length) // _window_size(rate))


def step_s(rate: int = RATE) -> float:
    """Return the seconds from one frame to the next."""
    return _window_size(rate) / rate


def long_term_spectrum(audio: Floats, rate: int = RATE) -> tuple[float, ...]:
    """Return the levels of ``BANDS_HZ`` of a whole song (frames by channels), in dB below its loudness.

    The mean is one of power, so what is loud decides. Silence is ``FLOOR_DB`` everywhere.
    """
    frames = frames_of([np.ascontiguousarray(channel) for channel in audio.T], rate)
    return spectrum_of(frames.bands.mean(0), float(frames.weighted.mean()))


def spectrum_of(bands: Doubles, weighted: float) -> tuple[float, ...]:
    """Return band powers in dB relative to the K-weighted power, not below ``FLOOR_DB``."""
    if weighted <= 0:
        return (FLOOR_DB,) * len(BANDS_HZ)
    levels = 10 * np.log10(np.maximum(bands / weighted, 10 ** (FLOOR_DB / 10)))
    return tuple(np.round(levels, 2).tolist())


def _window_size(rate: int) -> int:
    return 2 * round(WINDOW_S * rate / 2)


@lru_cache(maxsize=4)
def _window(size: int) -> Floats:
    """A Hann window whose mean square is 1."""
    return np.asarray(np.sqrt(8 / 3) * np.hanning(size + 1)[:-1], np.float32)


@lru_cache(maxsize=4)
def _bank(rate: int, size: int) -> Floats:
    """Bins by bands (and the K-weighted sum last), scaled so that a bank row adds up mean squares."""
    hz = np.fft.rfftfreq(size, 1 / rate)
    width = hz[1]
    bank = np.zeros((len(hz), len(BANDS_HZ) + 1))
    for band, centre in enumerate(BANDS_HZ):
        low, high = centre * 10**-0.05, centre * 10**0.05
        # A bin counts by the part of it that lies inside: low bands are as narrow as one bin.
        inside = np.minimum(hz + width / 2, high) - np.maximum(hz - width / 2, low)
        bank[:, band] = np.clip(inside / width, 0, 1)
    turn = np.exp(-2j * np.pi * hz / rate)
    weight = np.ones(len(hz))
    for b0, b1, b2, a0, a1, a2 in k_weighting(rate):
        ahead, back = b0 + (b1 + b2 * turn) * turn, a0 + (a1 + a2 * turn) * turn
        weight *= np.abs(ahead / back) ** 2
    bank[:, -1] = weight
    return np.asarray(bank * (2 / size**2), np.float32)

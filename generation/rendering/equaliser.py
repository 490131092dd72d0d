"""Filters as frequency responses: biquads after the Audio EQ Cookbook, and minimum phase for the rest.

Everything linear that happens to a stem or to the mix is multiplied into one complex response and
applied by :mod:`generation.rendering.convolution`; no filter ever runs on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy.fft

from generation.rendering.arrangement import RATE

Doubles = npt.NDArray[np.float64]
Complexes = npt.NDArray[np.complex128]
Response = npt.NDArray[np.complex64]
Kind = Literal["highpass", "peak", "lowshelf", "highshelf"]

BUTTERWORTH_Q = 2**-0.5
STEEP_QS = (0.54119610, 1.30656296)
"""The two sections of a fourth-order Butterworth filter."""
FLOOR = 1e-12


@dataclass(frozen=True, slots=True)
class Band:
    """One second-order filter. ``gain_db`` means nothing to a high-pass."""

    kind: Kind
    hz: float
    gain_db: float = 0.0
    q: float = BUTTERWORTH_Q


def steep_highpass(hz: float) -> tuple[Band, Band]:
    """Return a Butterworth high-pass of 24 dB per octave."""
    low, high = STEEP_QS
    return Band("highpass", hz, q=low), Band("highpass", hz, q=high)


def coefficients(band: Band, rate: int = RATE) -> tuple[Doubles, Doubles]:
    """Return numerator and denominator (three numbers each) of ``band`` at ``rate`` samples per second.

    Bristow-Johnson's bilinear designs; the slope of a shelf is given by its q.
    """
    gain = 10 ** (band.gain_db / 40)
    angle = 2 * np.pi * band.hz / rate
    cosine, alpha = np.cos(angle), np.sin(angle) / (2 * band.q)
    if band.kind == "highpass":
        ahead = [(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2]
        back = [1 + alpha, -2 * cosine, 1 - alpha]
    elif band.kind == "peak":
        ahead = [1 + alpha * gain, -2 * cosine, 1 - alpha * gain]
        back = [1 + alpha / gain, -2 * cosine, 1 - alpha / gain]
    else:
        sign = -1.0 if band.kind == "lowshelf" else 1.0
        slope, up, down = 2 * np.sqrt(gain) * alpha, gain + 1, gain - 1
        ahead = [
            gain * (up + sign * down * cosine + slope),
            -2 * sign * gain * (down + sign * up * cosine),
            gain * (up + sign * down * cosine - slope),
        ]
        back = [
            up - sign * down * cosine + slope,
            2 * sign * (down - sign * up * cosine),
            up - sign * down * cosine - slope,
        ]
    return np.array(ahead), np.array(back)


def response(bands: Sequence[Band], size: int, rate: int = RATE) -> Response:
    """Return the response of all ``bands`` in a row at the bins of a real FFT of ``size`` samples."""
    turn, turn_twice = _turns(size)
    total = np.ones(size // 2 + 1, np.complex128)
    for band in bands:
        ahead, back = coefficients(band, rate)
        total *= (ahead[0] + ahead[1] * turn + ahead[2] * turn_twice) / (
            back[0] + back[1] * turn + back[2] * turn_twice
        )
    return total.astype(np.complex64)


@lru_cache(maxsize=4)
def _turns(size: int) -> tuple[Complexes, Complexes]:
    """One and two samples of delay, at the bins of an FFT."""
    turn = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    return turn, turn * turn


def magnitude_db(bands: Sequence[Band], hz: Doubles, rate: int = RATE) -> Doubles:
    """Return the gain of all ``bands`` in a row at the frequencies ``hz``, in dB."""
    turn = np.exp(-2j * np.pi * hz / rate)
    total = np.zeros(len(hz))
    for band in bands:
        ahead, back = coefficients(band, rate)
        total += 20 * np.log10(
            np.maximum(np.abs(np.polyval(ahead[::-1], turn)), FLOOR)
            / np.abs(np.polyval(back[::-1], turn))
        )
    return total


def minimum_phase(
    hz: Sequence[float], gains_db: Sequence[float], size: int, rate: int = RATE
) -> Response:
    """Return the minimum-phase response through ``gains_db`` at ``hz``, straight over log frequency.

    The outermost gains go on to 0 Hz and to half the sampling rate. The phase is the Hilbert
    transform of the log magnitude, by folding the real cepstrum (Oppenheim and Schafer).
    """
    bins = np.maximum(np.fft.rfftfreq(size, 1 / rate), 1.0)
    log_gain = np.interp(np.log(bins), np.log(hz), gains_db) * (np.log(10) / 20)
    cepstrum = scipy.fft.irfft(log_gain, size)
    cepstrum[1 : size // 2] *= 2
    cepstrum[size // 2 + 1 :] = 0
    return np.asarray(np.exp(scipy.fft.rfft(cepstrum)), np.complex64)

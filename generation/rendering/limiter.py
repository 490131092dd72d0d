"""A look-ahead true-peak limiter: stereo linked, no make-up gain, no clipping.

On a grid of eight samples: what a block needs is held over the look-ahead on both sides, released
exponentially, smoothed by two boxes that are together no wider than the hold, and drawn straight
between the grid points; so the ceiling stands by construction. Peaks between samples are read from
a four times oversampled signal, only where a sample comes within 4 dB of the ceiling.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import firwin

from generation.rendering.arrangement import RATE
from generation.rendering.compressor import release

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

GRID = 8
LOOK_AHEAD_MS, RELEASE_MS = 1.5, 35.0
OVERSAMPLING, PHASE_TAPS = 4, 32
NEAR_DB = 4.0
"""A sample farther below the ceiling is not oversampled: music does not rise so far between two."""
MARGIN_DB = 0.15
"""Kept below the ceiling for what four points between two samples do not see."""
AT_ONCE = 32_768


def limit(audio: Floats, ceiling_dbtp: float, rate: int = RATE) -> Floats:
    """Return ``audio`` (frames by channels) turned down where its true peak would pass the ceiling."""
    ceiling = 10 ** ((ceiling_dbtp - MARGIN_DB) / 20)
    peaks = peak_blocks(audio, ceiling)
    if not (peaks > ceiling).any():
        return audio.copy()
    hold = max(4, round(LOOK_AHEAD_MS / 1000 * rate / GRID))
    return _applied(audio, ceiling_gains(peaks, ceiling, hold, RELEASE_MS, GRID / rate))


def ceiling_gains(
    peaks: Doubles, ceiling: float, hold: int, release_ms: float, step_s: float
) -> Doubles:
    """Return gains at the grid points that bring blocks of these peaks under ``ceiling``.

    Straight lines between the points keep it: what a block needs is held for ``hold`` blocks on both
    sides, and the two boxes reach ``hold - 2`` blocks at most.
    """
    wanted = np.log(np.maximum(peaks / ceiling, 1.0))
    held = maximum_filter1d(wanted, 2 * hold + 1)
    freed = np.maximum(release(held, release_ms, step_s), held)
    box = 2 * (hold // 2) - 1
    smooth = uniform_filter1d(uniform_filter1d(freed, box), box)
    gains = np.exp(-np.maximum(smooth, 0))
    return np.append(gains, gains[-1:])


def peak_blocks(audio: Floats, ceiling: float) -> Doubles:
    """Return the true peak of each block of eight frames over all channels, where it matters."""
    count = -(-len(audio) // GRID)
    peaks = np.zeros(count * GRID + 1, np.float32)
    near = ceiling * 10 ** (-NEAR_DB / 20)
    for channel in audio.T:
        padded = np.pad(channel, PHASE_TAPS // 2)
        levels = np.abs(padded[PHASE_TAPS // 2 : PHASE_TAPS // 2 + len(channel)])
        np.maximum(peaks[: len(channel)], levels, out=peaks[: len(channel)])
        windows = np.lib.stride_tricks.sliding_window_view(padded, PHASE_TAPS)
        hot = np.flatnonzero(levels >= near)
        # The peak lies after a hot sample or before it: windows of the sample and of the one before.
        at = np.unique(np.concatenate([hot, np.maximum(hot - 1, 0)]))
        for first in range(0, len(at), AT_ONCE):
            part = at[first : first + AT_ONCE]
            between = np.abs(windows[part + 1] @ _phases()).max(1)
            peaks[part] = np.maximum(peaks[part], between)
            peaks[part + 1] = np.maximum(peaks[part + 1], between)
    return np.asarray(peaks[:-1].reshape(count, GRID).max(1), np.float64)


@lru_cache(maxsize=1)
def _phases() -> Floats:
    """Taps by phases: the three points between a sample and the next."""
    taps = firwin(PHASE_TAPS * OVERSAMPLING + 1, 1 / OVERSAMPLING, window=("kaiser", 8.0))
    rows = [
        taps[phase : phase + PHASE_TAPS * OVERSAMPLING : OVERSAMPLING][::-1] * OVERSAMPLING
        for phase in range(1, OVERSAMPLING)
    ]
    return np.asarray(np.stack(rows, axis=1), np.float32)


def _applied(audio: Floats, gains: Doubles) -> Floats:
    """Return ``audio`` times gains given at every eighth frame; block k lies between k and k+1."""
    out, edges = audio.copy(), gains.astype(np.float32)
    ramp = (np.arange(GRID, dtype=np.float32) / np.float32(GRID))[None, :]
    whole = len(audio) // GRID
    for first in range(0, whole, 32_768):
        upto = min(whole, first + 32_768)
        start, stop = edges[first:upto, None], edges[first + 1 : upto + 1, None]
        curve = (start + (stop - start) * ramp).reshape(-1)
        out[first * GRID : upto * GRID] *= curve[:, None]
    out[whole * GRID :] *= edges[whole]
    return out

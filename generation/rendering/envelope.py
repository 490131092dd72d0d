"""Gain curves on a grid of 64 samples (1.45 ms), straight in between: all that changes over time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from generation.rendering.arrangement import RATE

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

GRID = 64
GRID_S = GRID / RATE
LEVEL_S, LEVEL_GATE = 0.4, 0.1


def edges_of(samples: int) -> int:
    """Return how many grid points lie around ``samples``: one more than the blocks they fill."""
    return -(-samples // GRID) + 1


def edge_times(samples: int) -> Doubles:
    """Return the grid points in seconds."""
    return np.asarray(np.arange(edges_of(samples)) * GRID_S, np.float64)


def block_peaks(signal: Floats) -> Floats:
    """Return the largest absolute value of each block of 64 samples of a one-dimensional signal."""
    whole = len(signal) // GRID * GRID
    blocks = signal[:whole].reshape(-1, GRID)
    peaks = np.maximum(blocks.max(1, initial=0.0), -blocks.min(1, initial=0.0))
    if whole < len(signal):
        peaks = np.append(peaks, np.abs(signal[whole:]).max())
    return np.asarray(peaks, np.float32)


def sounding_level(mid: Floats, side: Floats) -> float:
    """Return the root mean square of a stem while it sounds: blocks 10 dB below the mean count not."""
    size = round(LEVEL_S * RATE)
    count = len(mid) // size
    if not count:
        return float(np.sqrt(np.mean(mid**2 + side**2))) if len(mid) else 0.0
    power = sum(
        np.einsum("ij,ij->i", blocks, blocks) / size
        for blocks in (
            mid[: count * size].reshape(count, size),
            side[: count * size].reshape(count, size),
        )
    )
    loud = power[power > LEVEL_GATE * power.mean()]
    return float(np.sqrt(loud.mean())) if len(loud) else 0.0


def apply(signal: Floats, gains: npt.ArrayLike) -> None:
    """Multiply ``signal`` (frames, or frames by channels) in place by gains given at the grid points."""
    at_edges = np.asarray(gains, np.float32)
    whole = len(signal) // GRID * GRID
    count = whole // GRID
    ramp = np.arange(GRID, dtype=np.float32) / np.float32(GRID)
    # A few thousand blocks at a time, so that the curve stays in the cache and is never whole.
    for first in range(0, count, 4096):
        upto = min(count, first + 4096)
        start, stop = at_edges[first:upto, None], at_edges[first + 1 : upto + 1, None]
        curve = (start + (stop - start) * ramp).reshape(-1)
        part = signal[first * GRID : upto * GRID]
        part *= curve if part.ndim == 1 else curve[:, None]
    rest = signal[whole:]
    if len(rest):
        start, stop = at_edges[count], at_edges[count + 1]
        curve = start + (stop - start) * ramp[: len(rest)]
        rest *= curve if rest.ndim == 1 else curve[:, None]

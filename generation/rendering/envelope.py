"""Gain curves on a grid of 64 samples (1.45 ms), straight in between: all that changes over time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from generation.rendering.arrangement import RATE

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

GRID = 64
GRID_S = GRID / RATE
AT_ONCE = 512
"""Blocks whose curve is worked out in one go: as many as stay in the cache."""
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
    """Multiply ``signal`` (frames, or frames by channels) in place by gains given at the grid points.

    Raises
    ------
    ValueError
        If the signal does not lie in one piece, or there are too few gains.
    """
    at_edges = np.asarray(gains, np.float32)
    steps = np.diff(at_edges)
    count = len(signal) // GRID
    ramp = np.arange(GRID, dtype=np.float32) / np.float32(GRID)
    # Channels lie side by side: a ramp that stands still for each frame keeps the loops long.
    ramp = np.repeat(ramp, signal.size // max(1, len(signal)))
    flat = np.reshape(signal, -1, copy=False)
    blocks, rest = flat[: count * len(ramp)].reshape(count, len(ramp)), flat[count * len(ramp) :]
    curve = np.empty((AT_ONCE, len(ramp)), np.float32)
    for first in range(0, count, AT_ONCE):
        upto = min(count, first + AT_ONCE)
        part = np.multiply(steps[first:upto, None], ramp, out=curve[: upto - first])
        part += at_edges[first:upto, None]
        blocks[first:upto] *= part
    if len(rest):
        rest *= at_edges[count] + steps[count] * ramp[: len(rest)]

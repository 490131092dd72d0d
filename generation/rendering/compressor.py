"""A feed-forward compressor: peaks on the grid, decoupled attack and release, no make-up gain.

Detector after Giannoulis, Massberg and Reiss, "Digital Dynamic Range Compressor Design" (JAES 2012):
the release is a running maximum of decaying reductions and the attack one pole behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from generation.rendering.envelope import GRID_S

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

QUIETEST = 1e-6


@dataclass(frozen=True, slots=True)
class Compression:
    """Above ``threshold_db`` (peak, full scale) the level rises ``ratio`` times slower."""

    threshold_db: float
    ratio: float
    attack_ms: float
    release_ms: float
    knee_db: float = 6.0


def reduction_db(levels_db: Doubles, settings: Compression) -> Doubles:
    """Return the static curve: dB to take away at each level, with a quadratic knee."""
    over = levels_db - settings.threshold_db
    knee = settings.knee_db
    soft = np.clip(over + knee / 2, 0, knee) ** 2 / (2 * knee) if knee > 0 else 0.0
    bent = np.where(over > knee / 2, over, soft)
    return np.asarray(np.maximum(bent, 0) * (1 - 1 / settings.ratio))


def compressor_gains(peaks: Floats | Doubles, settings: Compression) -> Doubles:
    """Return the gain (linear, at most 1) at each grid point for the peaks of the blocks between them."""
    levels = 20 * np.log10(np.maximum(peaks.astype(np.float64), QUIETEST))
    wanted = reduction_db(levels, settings)
    held = release(wanted, settings.release_ms)
    pole = np.exp(-GRID_S / (settings.attack_ms / 1000))
    smooth = lfilter([1 - pole], [1, -pole], held)
    return np.append(10 ** (-smooth / 20), 10 ** (-smooth[-1] / 20)) if len(smooth) else np.ones(1)


def release(reduction: Doubles, release_ms: float, step_s: float = GRID_S) -> Doubles:
    """Return the running maximum of reductions that each decay to 1/e within ``release_ms``.

    ``max_j r_j exp(-(i - j) / t)`` is a plain running maximum of ``ln r_j + j / t``.
    """
    decay = step_s / (release_ms / 1000) * np.arange(len(reduction))
    with np.errstate(divide="ignore"):
        highest = np.maximum.accumulate(np.log(reduction) + decay)
    return np.asarray(np.exp(highest - decay))

"""From float to 24-bit integers, with dither that is the same every time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generation.exports.errors import AudioUnfitError

BITS = 24
FULL_SCALE = 1 << (BITS - 1)
DITHER_SEED = 24
BLOCK_FRAMES = 1 << 16


def require_stereo(audio: NDArray[np.float32]) -> None:
    """Raise :class:`AudioUnfitError` unless ``audio`` is (frames, 2), not empty and finite."""
    if audio.ndim != 2 or audio.shape[1] != 2:
        raise AudioUnfitError(f"its shape is {audio.shape}, not (frames, 2)")
    if not len(audio):
        raise AudioUnfitError("it is empty")
    if not np.isfinite(audio).all():
        raise AudioUnfitError("it holds values that are no numbers")


def as_24_bits(block: NDArray[np.float32], dither: np.random.Generator) -> NDArray[np.int32]:
    """Round to integers of 24 bits after adding triangular noise of two steps' width.

    The noise (TPDF: the difference of two uniform values) makes the rounding error independent of
    the signal. Digital silence stays silent, so that a rest is a rest and compresses to nothing.
    What is beyond full scale is clipped.
    """
    noise = dither.random(block.shape, np.float32) - dither.random(block.shape, np.float32)
    scaled = block.astype(np.float64) * FULL_SCALE + noise
    whole = np.clip(np.rint(scaled), -FULL_SCALE, FULL_SCALE - 1).astype(np.int32)
    return np.where(block == 0, np.int32(0), whole)


def new_dither() -> np.random.Generator:
    """Return the noise of a file from its beginning; every file gets the same."""
    return np.random.default_rng(DITHER_SEED)

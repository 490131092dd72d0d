"""From float to 24-bit integers, with dither that is the same every time."""

from __future__ import annotations

from functools import lru_cache

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


def as_24_bits(block: NDArray[np.float32], number: int = 0) -> NDArray[np.int32]:
    """Round at most ``BLOCK_FRAMES`` frames to integers of 24 bits, with triangular dither.

    Files that will be added up, as stems are, take different numbers and so different noise.

    The noise (TPDF: the difference of two uniform values) makes the rounding error independent of
    the signal. Digital silence stays silent, so that a rest is a rest and compresses to nothing.
    What is beyond full scale is clipped.
    """
    scaled = block.astype(np.float64) * FULL_SCALE + _noise(number)[: len(block)]
    whole = np.clip(np.rint(scaled), -FULL_SCALE, FULL_SCALE - 1).astype(np.int32)
    return np.where(block == 0, np.int32(0), whole)


@lru_cache(maxsize=16)
def _noise(number: int) -> NDArray[np.float32]:
    """Return the noise of a block. It is the same in every block: 1.5 s long and 141 dB down."""
    random = np.random.default_rng((DITHER_SEED, number))
    shape = (BLOCK_FRAMES, 2)
    return random.random(shape, np.float32) - random.random(shape, np.float32)

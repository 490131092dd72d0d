"""Stems as they are kept: FLAC, once, for the mixer of the browser and for the archive alike.

Rounded to 20 bits inside 24: 122 dB from full scale to the error, finer than any converter plays,
and a third lighter than with 24, which somebody waits for whenever the mixer opens. The encoder
sees the four empty bits by itself. No dither: in the sum of eleven stems it would add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from generation.exports.errors import StemsUnequalError
from generation.exports.quantise import BLOCK_FRAMES, require_stereo
from generation.rendering.tape import let_go

STEM_BITS = 20
STEM_SCALE = 1 << (STEM_BITS - 1)
FLAC_LEVEL = 0.1
"""The fast setting is a fifth of the default's time and three per cent larger."""
SILENT_DB = -200.0
CONTAINER_BITS = 32
"""What libsndfile takes and gives, whatever is in the file: the sample in the highest bits."""


@dataclass(frozen=True, slots=True)
class Residual:
    """How far the sum of the stems is from the mix before mastering, in dB below full scale."""

    peak_dbfs: float
    rms_dbfs: float


class StemWriter:
    """Writes the stems of one song, one after another, and adds up what it wrote."""

    def __init__(self, mix: NDArray[np.float32], rate_hz: int) -> None:
        require_stereo(mix)
        self._mix, self._rate_hz = mix, rate_hz
        self._total = np.zeros(mix.shape, np.int32)

    def write(self, name: str, samples: NDArray[np.float32], path: Path) -> None:
        """Write a stem to ``path``.

        Raises
        ------
        StemsUnequalError
            If it is not as long as the mix.
        AudioUnfitError
            If it is not stereo, empty, or not finite.
        """
        require_stereo(samples)
        if len(samples) != len(self._mix):
            raise StemsUnequalError(f"{name} has {len(samples)} samples, the mix {len(self._mix)}")
        with soundfile.SoundFile(
            path, "w", self._rate_hz, 2, "PCM_24", format="FLAC", compression_level=FLAC_LEVEL
        ) as out:
            for start in range(0, len(samples), BLOCK_FRAMES):
                block = _rounded(samples[start : start + BLOCK_FRAMES])
                self._total[start : start + len(block)] += block
                out.write(block << (CONTAINER_BITS - STEM_BITS))
        let_go(samples)

    def residual(self) -> Residual:
        """Return what is left between the stems written so far and the mix."""
        peak, power = 0.0, 0.0
        for start in range(0, len(self._mix), BLOCK_FRAMES):
            part = slice(start, start + BLOCK_FRAMES)
            apart = self._total[part] / STEM_SCALE - self._mix[part].astype(np.float64)
            peak = max(peak, float(np.abs(apart).max()))
            power += float(np.square(apart).sum())
        return Residual(_db(peak), _db((power / self._mix.size) ** 0.5))


def _rounded(block: NDArray[np.float32]) -> NDArray[np.int32]:
    # Exact in single precision: a power of two only moves the exponent, and 20 bits fit into 24.
    whole = np.rint(block * np.float32(STEM_SCALE))
    return np.asarray(np.clip(whole, -STEM_SCALE, STEM_SCALE - 1), np.int32)


def _db(level: float) -> float:
    return round(max(20 * float(np.log10(level)), SILENT_DB), 1) if level > 0 else SILENT_DB

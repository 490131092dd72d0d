"""Waveform peaks for drawing: pairs of int8, as in audiowaveform's JSON version 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from library.analysis.types import Peaks

if TYPE_CHECKING:
    import numpy.typing as npt

OVERVIEW_POINTS = 2_000


def peaks_overview(
    samples: npt.NDArray[np.float32], sample_rate: int, points: int = OVERVIEW_POINTS
) -> Peaks:
    """Smallest and largest sample of ``points`` equal stretches, over all channels.

    Audio with fewer samples than ``points`` gives one point per sample.
    """
    return peaks_zoom(
        samples, sample_rate, samples_per_point=max(1, -(-len(samples) // max(1, points)))
    )


def peaks_zoom(
    samples: npt.NDArray[np.float32], sample_rate: int, *, samples_per_point: int
) -> Peaks:
    """Peaks at a fixed zoom; the last point covers what is left.

    ``samples_per_point`` must be at least 1; 256 suits a view of a few seconds.
    """
    if not len(samples):
        return Peaks(np.zeros((0, 2), np.int8), sample_rate, samples_per_point)
    starts = np.arange(0, len(samples), samples_per_point)
    # Channel by channel: strided minima over interleaved stereo are several times slower.
    columns = [np.ascontiguousarray(samples[:, c]) for c in range(samples.shape[1])]
    low = np.min([np.minimum.reduceat(c, starts) for c in columns], axis=0)
    high = np.max([np.maximum.reduceat(c, starts) for c in columns], axis=0)
    pairs = np.stack([low, high], axis=1)
    return Peaks(
        np.clip(np.round(pairs * 127), -128, 127).astype(np.int8), sample_rate, samples_per_point
    )


def peaks_as_json(peaks: Peaks) -> dict[str, Any]:
    """Write the object of audiowaveform 2, readable by common waveform viewers."""
    return {
        "version": 2,
        "channels": 1,
        "sample_rate": peaks.sample_rate,
        "samples_per_pixel": peaks.samples_per_point,
        "bits": 8,
        "length": len(peaks.points),
        "data": peaks.points.reshape(-1).tolist(),
    }

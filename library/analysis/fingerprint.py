"""Landmark fingerprints: pairs of spectral peaks, found again under noise, coding and small speed.

After Wang, "An Industrial-Strength Audio Search Algorithm" (2003), with peak positions kept as
fractions so that a query can be hashed at several speeds without another transform.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from library.analysis.spectra import FRAMES_PER_SECOND, Floats, Spectra
from library.analysis.types import Fingerprint, Landmarks

if TYPE_CHECKING:
    from collections.abc import Sequence

BINS = 256
"""Pairs of FFT bins, 21.5 Hz each, up to 5.5 kHz: what a 64 kbit/s MP3 still holds."""
LOWEST_BIN = 9
NEIGHBOURHOOD = (11, 13)
PEAKS_PER_SECOND = 18
FAN_OUT = 5
LEAST_FRAMES, MOST_FRAMES = 3, 66
MOST_RISE = 63
LEAST_MAGNITUDE = 1e-3
SPEEDS = (1.0, 0.985, 0.99, 0.995, 1.005, 1.01, 1.015)
"""Speeds at which a query is hashed; the first is tried first."""


@dataclass(frozen=True, slots=True)
class FingerprintMatch:
    """``score``: hashes that agree on one offset; ``offset_s``: where in the reference."""

    score: int
    offset_s: float
    speed: float
    query_hashes: int


def fingerprint(spectra: Spectra) -> Fingerprint:
    """The reference fingerprint of a song."""
    return reference_fingerprint(find_landmarks(spectra.magnitude))


def reference_fingerprint(landmarks: Landmarks) -> Fingerprint:
    """Hash landmarks as they are, and keep them for whoever asks about other speeds."""
    return replace(hash_landmarks(landmarks), landmarks=landmarks)


def find_landmarks(magnitude: Floats) -> Landmarks:
    """Local maxima of the log magnitude, the strongest ``PEAKS_PER_SECOND`` of each second.

    Per second, so that loud choruses do not starve quiet verses.
    """
    level = np.maximum(magnitude[:, : 2 * BINS : 2], magnitude[:, 1 : 2 * BINS : 2])
    if len(level) < 3 or float(level.max(initial=0.0)) < LEAST_MAGNITUDE:
        return Landmarks(np.zeros(0), np.zeros(0))
    level[:, :LOWEST_BIN] = 0
    floor = max(float(np.median(level[::8, LOWEST_BIN:])) / 8, 1e-6)
    top = (_maxima_around(level) == level) & (level > floor)
    top[[0, -1]] = top[:, [0, -1]] = False
    frame, bin_ = np.nonzero(top)
    second = (frame / FRAMES_PER_SECOND).astype(int)
    order = np.lexsort((-level[frame, bin_], second))
    rank = np.arange(len(order)) - np.searchsorted(second[order], second[order])
    keep = np.sort(order[rank < PEAKS_PER_SECOND])
    frame, bin_ = frame[keep], bin_[keep]
    around = [(frame + f, bin_ + b) for f, b in ((-1, 0), (0, 0), (1, 0), (0, -1), (0, 1))]
    before, here, after, below, above = (np.log(level[at] + 1e-9) for at in around)
    return Landmarks(frame + _vertex(before, here, after), bin_ + _vertex(below, here, above))


def _maxima_around(level: Floats) -> Floats:
    """Maximum over ``NEIGHBOURHOOD``, by doubling: a sixth of the general filter's time."""
    for axis, width in enumerate(NEIGHBOURHOOD):
        level = np.moveaxis(_running_maximum(np.moveaxis(level, axis, 0), width), 0, axis)
    return level


def _running_maximum(rows: Floats, width: int) -> Floats:
    """Centred maximum over ``width`` rows (odd); beyond the ends there is nothing."""
    half = width // 2
    best = np.pad(rows, ((half, half), *[(0, 0)] * (rows.ndim - 1)), constant_values=-np.inf)
    span = 1
    while 2 * span <= width:
        best = np.maximum(best[:-span], best[span:])
        span *= 2
    rest = width - span
    return np.maximum(best[: len(rows)], best[rest : rest + len(rows)])


def hash_landmarks(landmarks: Landmarks, speed: float = 1.0) -> Fingerprint:
    """Pairs of landmarks as 21-bit hashes: bin, difference of bins, difference of frames.

    ``speed`` undoes a change of speed: a recording played at 1.01 is hashed with 1.01.
    """
    frames, bins = landmarks.frames * speed, landmarks.bins / speed
    hashes, anchors = [], []
    for ahead in range(1, 4 * FAN_OUT):
        if ahead >= len(frames):
            break
        apart = frames[ahead:] - frames[:-ahead]
        rise = bins[ahead:] - bins[:-ahead]
        near = (apart >= LEAST_FRAMES) & (apart < MOST_FRAMES) & (np.abs(rise) <= MOST_RISE)
        anchor = np.flatnonzero(near)
        first = np.round(bins[anchor]).astype(np.uint32)
        hashes.append(
            (first << np.uint32(13))
            | (np.round(rise[anchor] + 64).astype(np.uint32) << np.uint32(6))
            | (np.round(apart[anchor]).astype(np.uint32) - np.uint32(LEAST_FRAMES))
        )
        anchors.append(anchor)
    if not hashes:
        return Fingerprint(np.zeros(0, np.uint32), np.zeros(0, np.int32), FRAMES_PER_SECOND)
    code, anchor = np.concatenate(hashes), np.concatenate(anchors)
    code, anchor = _nearest_pairs(code, anchor)
    at = np.round(frames[anchor]).astype(np.int32)
    order = np.lexsort((at, code))
    return Fingerprint(code[order], at[order], FRAMES_PER_SECOND)


def query_fingerprints(
    spectra: Spectra, speeds: Sequence[float] = SPEEDS
) -> dict[float, Fingerprint]:
    """The excerpt's fingerprint at every speed it may have been played at."""
    landmarks = find_landmarks(spectra.magnitude)
    return {speed: hash_landmarks(landmarks, speed) for speed in speeds}


def match_fingerprint(
    queries: dict[float, Fingerprint], reference: Fingerprint
) -> FingerprintMatch:
    """Best agreement of a query, at any of its speeds, with one reference."""
    best = FingerprintMatch(0, 0.0, 1.0, 0)
    for speed, query in queries.items():
        score, offset = _votes(query, reference)
        if score > best.score:
            best = FingerprintMatch(
                score, offset / reference.frames_per_second, speed, len(query.hashes)
            )
    return best


def _votes(query: Fingerprint, reference: Fingerprint) -> tuple[int, float]:
    """Size and place of the largest cluster of offsets (two frames wide)."""
    first = np.searchsorted(reference.hashes, query.hashes, "left")
    count = np.searchsorted(reference.hashes, query.hashes, "right") - first
    total = int(count.sum())
    if not total:
        return 0, 0.0
    starts = np.repeat(first - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
    offsets = reference.frames[starts + np.arange(total)] - np.repeat(query.frames, count)
    low = int(offsets.min())
    histogram = np.bincount(offsets - low, minlength=2)
    pairs = histogram[:-1] + histogram[1:]
    top = int(pairs.argmax())
    return int(pairs[top]), float(top + low) + 0.5


def _nearest_pairs(
    code: npt.NDArray[np.uint32], anchor: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The first ``FAN_OUT`` pairs of every anchor (they come ordered by distance)."""
    order = np.argsort(anchor, kind="stable")
    code, anchor = code[order], anchor[order]
    rank = np.arange(len(anchor)) - np.searchsorted(anchor, anchor)
    keep = rank < FAN_OUT
    return code[keep], anchor[keep]


def _vertex(before: Floats, at: Floats, after: Floats) -> npt.NDArray[np.float64]:
    """Where between -.5 and .5 the parabola through three levels has its top."""
    curve = before.astype(np.float64) - 2 * at + after
    return np.asarray(
        np.where(
            curve < -1e-9, np.clip(0.5 * (before - after) / np.minimum(curve, -1e-9), -0.5, 0.5), 0
        )
    )

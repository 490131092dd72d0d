"""Beats: dynamic programming over onset strength, then refined on the fine onsets.

Ellis, "Beat Tracking by Dynamic Programming" (2007), with the refinement ours.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from library.analysis.spectra import FINE_PER_SECOND, FRAMES_PER_SECOND, Floats, Spectra

Doubles = npt.NDArray[np.float64]

TIGHTNESS = 100.0
LEVEL_S, MOST_DEVIATIONS = 6.0, 2.0
"""An onset counts as this many standard deviations above the mean of the seconds around it, at most."""
SNAP_S = 0.05
SMOOTH_BEATS = 4


def track_beats(spectra: Spectra, bpm: float) -> Doubles:
    """Beat times in seconds at about ``bpm``; empty when there is nothing to follow."""
    if bpm <= 0 or len(spectra.onset) < 8 or not spectra.onset.any():
        return np.zeros(0)
    # One stroke that rises far above the others may be the kick, or a soft entry after a rest.
    onsets = (spectra.onset.astype(np.float64), levelled(spectra.onset))
    paths = [_dynamic_programme(onset, bpm) for onset in onsets]
    loudness = stroke_loudness(spectra)
    coarse = max(paths, key=lambda path: _loudness_on(path, loudness)) / FRAMES_PER_SECOND
    if len(coarse) < 4:
        return coarse
    return _refine(coarse, spectra)


def stroke_loudness(spectra: Spectra) -> Doubles:
    """Rise of the linear spectrum, added up over all bins, 43 frames per second: how loud a stroke is."""
    rise = np.maximum(0, np.diff(spectra.magnitude, axis=0)).sum(1)
    return np.concatenate([[0.0], rise.astype(np.float64)])


def levelled(onset: Floats) -> Doubles:
    """Onset strength (43 frames per second) in which no stroke outweighs a bar of the others.

    The rise of a log spectrum is largest after a rest, however soft the stroke: bass and chord that
    enter on an eighth after a gap rose by three times as much as the backbeat, and drew the whole
    section half a beat away. The cap is local, so that loud sections do not set it for soft ones.
    """
    strength = onset.astype(np.float64)
    size = round(LEVEL_S * FRAMES_PER_SECOND)
    mean = uniform_filter1d(strength, size, mode="nearest")
    square = uniform_filter1d(strength**2, size, mode="nearest")
    deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
    return np.asarray(np.minimum(strength, mean + MOST_DEVIATIONS * deviation))


def fine_onset(spectra: Spectra) -> Doubles:
    """One onset strength at 172 frames per second out of all bands, each scaled to its spread."""
    total = np.zeros(len(spectra.fine_bands["all"]))
    for band in spectra.fine_bands.values():
        spread = float(band.std())
        if spread > 0:
            total += band / spread
    return total


def _loudness_on(path: npt.NDArray[np.int64], loudness: Doubles) -> float:
    """Return how loud the strokes on the beats of a path are in the mean, a frame to either side."""
    if not len(path):
        return 0.0
    near = np.clip(path[:, None] + np.arange(-1, 2), 0, len(loudness) - 1)
    return float(loudness[near].max(1).mean())


def _dynamic_programme(onset: Doubles, bpm: float) -> npt.NDArray[np.int64]:
    """Frames that maximise onset strength minus the squared log deviation from the period."""
    period = 60 * FRAMES_PER_SECOND / bpm
    reach = int(period)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * 32 / period) ** 2)
    local = np.convolve(onset / max(float(onset.std()), 1e-9), kernel, "same")[: len(onset)]
    near, far = round(period / 2), round(2 * period)
    lags = np.arange(far, near - 1, -1)
    penalty = -TIGHTNESS * np.log(lags / period) ** 2
    score = np.concatenate([np.full(far, -np.inf), np.zeros(len(local))])
    back = np.full(len(local), -1)
    threshold, started, count = 0.01 * local.max(), False, len(lags)
    for frame, strength in enumerate(local.tolist()):
        reachable = score[frame : frame + count] + penalty
        best = int(reachable.argmax())
        value = reachable[best]
        started = started or strength >= threshold
        if started and value > 0:
            score[far + frame] = strength + value
            back[frame] = frame - lags[best]
        else:
            score[far + frame] = strength
    return _trace(score[far:], back, local, period)


def _trace(
    score: Doubles, back: npt.NDArray[np.int64], local: Doubles, period: float
) -> npt.NDArray[np.int64]:
    tail = min(len(score), max(1, int(period)))
    path = [len(score) - tail + int(score[-tail:].argmax())]
    while back[path[-1]] >= 0:
        path.append(int(back[path[-1]]))
    beats = np.array(path[::-1])
    strength = local[beats]
    strong = np.flatnonzero(strength >= 0.5 * np.sqrt((strength**2).mean()))
    return beats[strong[0] : strong[-1] + 1] if len(strong) else beats


def _refine(coarse: Doubles, spectra: Spectra) -> Doubles:
    """Snap to the fine onset nearby, then fit a line through the neighbours.

    The line (weighted by onset strength, over nine beats) keeps slow drift and drops the single
    early or late hit, so that hits can later be called early or late against the beat.
    """
    fine = fine_onset(spectra)
    reach = round(SNAP_S * FINE_PER_SECOND)
    offsets = np.arange(-reach, reach + 1)
    centre = np.round(coarse * FINE_PER_SECOND).astype(int)
    at = np.clip(centre[:, None] + offsets, 0, len(fine) - 1)
    near = fine[at] * np.exp(-0.5 * (offsets / (0.6 * reach)) ** 2)
    snapped = (centre + offsets[near.argmax(1)]) / FINE_PER_SECOND
    weight = near.max(1) + 1e-6
    index = np.arange(len(coarse))
    smooth = np.empty(len(coarse))
    for i in index:
        part = slice(max(0, i - SMOOTH_BEATS), i + SMOOTH_BEATS + 1)
        x, y, w = index[part] - i, snapped[part], weight[part]
        mean_x, mean_y = np.average(x, weights=w), np.average(y, weights=w)
        slope = np.average((x - mean_x) * (y - mean_y), weights=w)
        slope /= max(float(np.average((x - mean_x) ** 2, weights=w)), 1e-9)
        smooth[i] = mean_y - slope * mean_x
    if (np.diff(smooth) <= 0).any():
        return coarse
    return np.asarray(np.clip(smooth, 0, spectra.duration_s))


def beat_confidence(spectra: Spectra, beats: Doubles) -> float:
    """How much stronger onsets are on the beats than elsewhere, mapped to 0..1."""
    if len(beats) < 4:
        return 0.0
    fine = fine_onset(spectra)
    at = np.clip(np.round(beats * FINE_PER_SECOND).astype(int), 2, max(2, len(fine) - 3))
    on = np.max([fine[np.minimum(at + k, len(fine) - 1)] for k in range(-3, 4)], axis=0)
    z = (float(on.mean()) - float(fine.mean())) / max(float(fine.std()), 1e-9)
    return float(np.clip(z / 3, 0, 1))


def swing_ratio(spectra: Spectra, beats: Doubles) -> float:
    """Where inside a beat the second eighth falls: .5 straight, .67 triplet.

    The strongest place of the mean fine onset between .4 and .75 of the beat.
    """
    if len(beats) < 8:
        return 0.5
    fine = fine_onset(spectra)
    grid = np.linspace(0.40, 0.76, 37)
    times = beats[:-1, None] + np.diff(beats)[:, None] * grid
    at = np.clip(np.round(times * FINE_PER_SECOND).astype(int), 0, len(fine) - 1)
    profile = fine[at].mean(0)
    profile = np.convolve(profile, np.ones(3) / 3, "same")[1:-1]
    straight = profile[np.abs(grid[1:-1] - 0.5) < 0.03].max()
    best = int(profile.argmax())
    if profile[best] < 1.25 * straight:
        return 0.5
    return float(grid[1:-1][best])

"""Loudness after ITU-R BS.1770-4 and EBU Tech 3342: integrated, range, true peak."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.signal import firwin, lfilter, sos2tf

from library.analysis.types import Loudness

Floats = npt.NDArray[np.float32]

ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU, RANGE_GATE_LU = -70.0, -10.0, -20.0
HOP_S = 0.1
OVERSAMPLING, PHASE_TAPS = 4, 12
NEAR_PEAK = 0.7
"""Only samples within 3 dB of the sample peak are oversampled: elsewhere the signal would have to
rise by more than 3 dB between two samples to matter."""
MOST_WINDOWS = 400_000
BLOCKS_AT_ONCE = 64


def measure_loudness(samples: Floats, sample_rate: int) -> Loudness:
    """Loudness of ``samples`` (frames by channels, full scale 1).

    Shorter audio than one 400 ms window is measured as one window, so a click has a loudness too.
    """
    power = _k_weighted_power(samples, sample_rate)
    momentary = _windows(power, 4)
    peak = true_peak(samples, sample_rate)
    return Loudness(
        integrated_lufs=_gated_mean_lufs(momentary),
        true_peak_dbtp=float(20 * np.log10(peak)) if peak > 0 else float("-inf"),
        range_lu=_range_lu(_windows(power, 30)),
        momentary_lufs=tuple(np.round(_to_lufs(momentary), 2).tolist()),
    )


def integrated_lufs(samples: Floats, sample_rate: int) -> float:
    """Return the integrated loudness alone: half the work of ``measure_loudness``."""
    return _gated_mean_lufs(_windows(_k_weighted_power(samples, sample_rate), 4))


def k_weighting(sample_rate: int) -> npt.NDArray[np.float64]:
    """The BS.1770 head filter and high-pass as two biquads for any rate (bilinear transform)."""
    k = np.tan(np.pi * 1681.974450955533 / sample_rate)
    gain, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    band = gain**0.4996667741545416
    norm = 1 + k / q + k * k
    shelf = [
        (gain + band * k / q + k * k) / norm,
        2 * (k * k - gain) / norm,
        (gain - band * k / q + k * k) / norm,
        1.0,
        2 * (k * k - 1) / norm,
        (1 - k / q + k * k) / norm,
    ]
    k = np.tan(np.pi * 38.13547087602444 / sample_rate)
    q = 0.5003270373238773
    norm = 1 + k / q + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm]
    return np.array([shelf, high_pass])


def lufs_between(loudness: Loudness, start_s: float, end_s: float) -> float:
    """Ungated mean of the momentary loudness from ``start_s`` to ``end_s``, in LUFS."""
    first = max(0, round(start_s / HOP_S))
    part = np.array(loudness.momentary_lufs[first : max(first + 1, round(end_s / HOP_S) - 3)])
    if not len(part):
        return float("-inf")
    return float(10 * np.log10(np.maximum(np.mean(10 ** (part / 10)), 1e-12)))


def true_peak(samples: Floats, sample_rate: int) -> float:
    """Largest absolute value of the four times oversampled signal (twice above 80 kHz), linear."""
    factor = OVERSAMPLING if sample_rate < 80_000 else OVERSAMPLING // 2
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0.0:
        return 0.0
    taps = firwin(PHASE_TAPS * factor + 1, 1 / factor, window=("kaiser", 5.0)) * factor
    phases = np.stack([taps[p : p + PHASE_TAPS * factor : factor][::-1] for p in range(factor)])
    best = peak
    for channel in samples.T:
        best = max(best, _oversampled_peak(np.ascontiguousarray(channel), phases, peak))
    return best


def _oversampled_peak(channel: Floats, phases: npt.NDArray[np.float64], peak: float) -> float:
    at = np.flatnonzero(np.abs(channel) >= NEAR_PEAK * peak)
    if not len(at):
        return 0.0
    if len(at) > MOST_WINDOWS:
        level = np.partition(np.abs(channel[at]), -MOST_WINDOWS)[-MOST_WINDOWS]
        at = at[np.abs(channel[at]) >= level][:MOST_WINDOWS]
    half = PHASE_TAPS // 2
    padded = np.pad(channel, (half, half))
    windows = np.lib.stride_tricks.sliding_window_view(padded, PHASE_TAPS)
    weights = phases.T.astype(np.float32)
    best = 0.0
    for start in range(0, len(at), 20_000):
        near = at[start : start + 20_000]
        # A window before and one after the sample: the peak lies on either side of it.
        for shift in (0, 1):
            best = max(best, float(np.abs(windows[near + shift] @ weights).max()))
    return best


def _k_weighted_power(samples: Floats, sample_rate: int) -> npt.NDArray[np.float64]:
    """Mean square per 100 ms, summed over channels (front channels weigh 1)."""
    # One pass of the fourth order in double precision: two thirds of the time of two biquads,
    # and within 1e-7 dB of them.
    ahead, back = sos2tf(k_weighting(sample_rate))
    hop = round(HOP_S * sample_rate)
    blocks = max(4, len(samples) // hop)
    power = np.zeros(blocks)
    for channel in samples.T:
        state = np.zeros(len(back) - 1)
        # Some seconds at a time: the filtered signal stays in the cache and is never whole.
        for first in range(0, blocks, BLOCKS_AT_ONCE):
            part = channel[first * hop : min(first + BLOCKS_AT_ONCE, blocks) * hop]
            filtered, state = lfilter(ahead, back, part, zi=state)
            rows = np.pad(filtered, (0, -len(filtered) % hop)).reshape(-1, hop)
            power[first : first + len(rows)] += np.einsum("ij,ij->i", rows, rows) / hop
    return power


def _windows(power: npt.NDArray[np.float64], hops: int) -> npt.NDArray[np.float64]:
    hops = min(hops, len(power))
    total = np.concatenate([[0.0], np.cumsum(power)])
    return np.asarray((total[hops:] - total[:-hops]) / hops)


def _to_lufs(power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-12)))


def _gated_mean_lufs(power: npt.NDArray[np.float64]) -> float:
    loud = power[_to_lufs(power) > ABSOLUTE_GATE_LUFS]
    if not len(loud):
        return float("-inf")
    gate = float(_to_lufs(np.array([loud.mean()]))[0]) + RELATIVE_GATE_LU
    return float(_to_lufs(np.array([loud[_to_lufs(loud) > gate].mean()]))[0])


def _range_lu(power: npt.NDArray[np.float64]) -> float:
    loud = power[_to_lufs(power) > ABSOLUTE_GATE_LUFS]
    if len(loud) < 2:
        return 0.0
    gate = float(_to_lufs(np.array([loud.mean()]))[0]) + RANGE_GATE_LU
    levels = _to_lufs(loud)
    low, high = np.percentile(levels[levels > gate], (10, 95))
    return float(high - low)

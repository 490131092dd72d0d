"""Is a song felt at a slow tempo or at its double? A logistic model over what drums and harmony do.

Eleven numbers, all read at the slow beat period P, none of them an absolute level:

- the slow tempo itself;
- kick against snare: how much more the snare answers the kick after P/2 than after P (a backbeat
  that alternates twice as fast means the double);
- kick, snare and hats each: their autocorrelation at P/4, P/2, P, 3P/2 and 2P, as differences (a
  kick that fits 3P/2 as well as P does not know the slow beat, one that fits it better waltzes);
- harmony: how much of the change happens on the half beat rather than on the beat;
- how many onsets fall into one slow beat.

The weights were fitted on rendered songs that are in none of the evaluation sets; the figures and
the protocol are in docs/algorithms/analysis.md.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.fft

from library.analysis.spectra import (
    FRAMES_PER_SECOND,
    HARMONIC_PER_SECOND,
    RATE_HZ,
    Floats,
    Spectra,
)

Doubles = npt.NDArray[np.float64]

KICK_HZ, SNARE_HZ, HAT_HZ = (30.0, 120.0), (1_200.0, 5_500.0), (7_000.0, 11_000.0)
LONGEST_LAG_S = 8.0


def octave_features(spectra: Spectra, slow_bpm: float) -> Doubles:
    """Read the eleven numbers for a slow tempo in beats per minute."""
    kick, snare, hat = (_flux(spectra.magnitude, band) for band in (KICK_HZ, SNARE_HZ, HAT_HZ))
    beat = 60 * FRAMES_PER_SECOND / slow_bpm
    kk, ss, hh = (_correlation(x, x, beat) for x in (kick, snare, hat))
    ks = _correlation(kick, snare, beat)
    onset = _correlation(spectra.onset.astype(np.float64), spectra.onset.astype(np.float64), beat)
    return np.array(
        [
            np.log2(slow_bpm / 76),
            ks[0.5] - ks[1],
            kk[1.5] - kk[1],
            max(0.0, kk[1.5] - max(kk[0.5], kk[1])),
            kk[0.5] - kk[1],
            ss[2] - ss[1],
            hh[0.25] - hh[0.5],
            hh[0.5] - hh[1],
            onset[0.5] - onset[1],
            _harmonic_share_of_half_beats(spectra, slow_bpm),
            np.log2(max(_onsets_per_second(spectra.onset), 0.1) * 60 / slow_bpm),
        ]
    )


def _flux(magnitude: Floats, band_hz: tuple[float, float]) -> Doubles:
    """Rise of the amplitude (not of its logarithm: a ghost note must count less than a hit)."""
    width = RATE_HZ / 2 / (magnitude.shape[1] - 1)
    part = magnitude[:, round(band_hz[0] / width) : round(band_hz[1] / width) + 1]
    level = np.sqrt(np.einsum("ij,ij->i", part, part)).astype(np.float64)
    rise = np.maximum(0, np.diff(level, prepend=level[:1]))
    kernel = np.exp(-0.5 * np.arange(-4, 5) ** 2)
    return np.asarray(np.convolve(rise, kernel, "same")[: len(rise)])


def _correlation(first: Doubles, second: Doubles, beat: float) -> dict[float, float]:
    """Symmetric normalised cross-correlation at multiples of the beat (in frames)."""
    a, b = first - first.mean(), second - second.mean()
    scale = np.sqrt((a @ a) * (b @ b))
    if scale <= 0:
        return dict.fromkeys((0.25, 0.5, 1, 1.5, 2), 0.0)
    size = 1 << (2 * len(a) - 1).bit_length()
    both = scipy.fft.irfft(scipy.fft.rfft(a, size).conj() * scipy.fft.rfft(b, size)) / scale
    most = min(int(LONGEST_LAG_S * FRAMES_PER_SECOND), len(a) - 1)
    forward, backward = both[:most], np.concatenate([both[:1], both[-1:-most:-1]])
    lags = (forward + backward) / 2
    out = {}
    for times in (0.25, 0.5, 1, 1.5, 2):
        centre = round(times * beat)
        near = lags[max(0, centre - 1) : centre + 2]
        out[times] = float(near.max()) if len(near) else 0.0
    return out


def _harmonic_share_of_half_beats(spectra: Spectra, slow_bpm: float) -> float:
    """Harmonic change at odd half beats over all, for the phase with the larger change on beats."""
    tones = np.log1p(100 * spectra.log_freq / max(float(spectra.log_freq.max()), 1e-9))
    half = 30 * HARMONIC_PER_SECOND / slow_bpm
    count = int(len(tones) / half) - 2
    if count < 8:
        return 0.5
    best = 0.5
    total = np.concatenate([np.zeros((1, tones.shape[1])), np.cumsum(tones, axis=0)])
    for shift in np.linspace(0, half, 4, endpoint=False):
        edges = np.round(shift + half * np.arange(count + 1)).astype(int)
        means = np.diff(total[edges], axis=0)
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        change = 1 - (means[1:] * means[:-1]).sum(1)
        even, odd = float(change[::2].mean()), float(change[1::2].mean())
        best = min(best, min(even, odd) / max(even + odd, 1e-9))
    return best


def _onsets_per_second(onset: Floats) -> float:
    inner = onset[1:-1]
    peaks = (inner >= onset[:-2]) & (inner > onset[2:]) & (inner > onset.mean() + onset.std() / 2)
    return float(peaks.sum() / max(len(onset) / FRAMES_PER_SECOND, 1e-9))


MODEL = (  # name, mean, standard deviation, weight of the standardised feature
    ("slow_tempo", 0.0057, 0.2782, -2.2557),
    ("answer", -0.1832, 0.3019, +1.3957),
    ("kick_triple", -0.2574, 0.4252, -0.1498),
    ("kick_waltz", 0.0334, 0.0940, +0.6194),
    ("kick_half", -0.2995, 0.3918, -0.5576),
    ("snare_two", 0.0501, 0.1390, -1.0267),
    ("hat_quarter", -0.4584, 0.4401, -0.8061),
    ("hat_half", -0.1614, 0.2719, -2.3443),
    ("onset_half", -0.1777, 0.2609, +1.4968),
    ("harmony", 0.3376, 0.0850, +1.2301),
    ("density", 1.2413, 0.4864, +1.7821),
)
BIAS = -1.9740
LARGEST_Z = 2.5
"""No single odd feature may decide."""


def double_probability(spectra: Spectra, slow_bpm: float) -> float:
    """Probability that the song is felt at twice ``slow_bpm``."""
    logit = BIAS
    for value, (_, mean, deviation, weight) in zip(
        octave_features(spectra, slow_bpm), MODEL, strict=True
    ):
        logit += weight * float(np.clip((value - mean) / deviation, -LARGEST_Z, LARGEST_Z))
    return float(1 / (1 + np.exp(-logit)))

"""Timbre: spectral shape, dynamics and stereo image of the whole mix. Style targets, not labels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.fft

from library.analysis.spectra import RATE_HZ, Floats, Spectra
from library.analysis.types import Timbre

Doubles = npt.NDArray[np.float64]

COEFFICIENTS = 13
STRIDE = 8
"""Spectral shape is read from every eighth frame that sounds: songs hold thousands."""
LOW_HZ, HIGH_HZ = 150.0, 4_000.0
ROLLOFF = 0.85


def describe_timbre(samples: Floats, spectra: Spectra) -> Timbre:
    """Spectral and stereo description; ``samples`` are frames by channels at any rate.

    Confidence is 0 for silence and grows to 1 with ten seconds of sound.
    """
    if spectra.is_silent:
        zeros = (0.0,) * COEFFICIENTS
        return Timbre(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, zeros, zeros, 0.0)
    energy = np.einsum("ij,ij->i", spectra.magnitude, spectra.magnitude)
    read = np.flatnonzero(energy > energy.max() * 1e-6)[::STRIDE]
    amplitude = spectra.magnitude[read]
    power = amplitude**2
    hz = np.linspace(0, RATE_HZ / 2, power.shape[1], dtype=np.float32)
    centroid = (amplitude @ hz) / amplitude.sum(1)
    summed = np.cumsum(amplitude, axis=1)
    rolloff = hz[(summed >= ROLLOFF * summed[:, -1:]).argmax(1)]
    flatness = np.exp(np.log(power + 1e-12).mean(1)) / (power.mean(1) + 1e-12)
    cepstrum = mfcc(spectra.log_mel[read])
    width, correlation = _stereo(samples)
    total = float(power.sum())
    return Timbre(
        centroid_hz=float(np.median(centroid)),
        rolloff_hz=float(np.median(rolloff)),
        flatness=float(np.clip(np.median(flatness), 0, 1)),
        crest_db=_crest_db(spectra.mono),
        low_share=float(power[:, hz < LOW_HZ].sum() / total),
        high_share=float(power[:, hz > HIGH_HZ].sum() / total),
        percussive_share=_percussive_share(spectra),
        stereo_width=width,
        correlation=correlation,
        mfcc_mean=tuple(np.round(cepstrum.mean(0), 3).tolist()),
        mfcc_std=tuple(np.round(cepstrum.std(0), 3).tolist()),
        confidence=float(np.clip(spectra.duration_s / 10, 0, 1)),
    )


def mfcc(log_mel: Floats) -> Doubles:
    """Cepstral coefficients 1 to 13 (without the level), frames by 13."""
    cepstrum = scipy.fft.dct(log_mel.astype(np.float64), axis=1, norm="ortho")
    return np.asarray(cepstrum[:, 1 : COEFFICIENTS + 1])


def _crest_db(mono: Floats) -> float:
    rms = float(np.sqrt((mono @ mono) / len(mono)))
    peak = float(np.abs(mono).max())
    return float(20 * np.log10(peak / rms)) if rms > 0 else 0.0


def _percussive_share(spectra: Spectra) -> float:
    """Share of the log-mel movement that is onset, 0 for a drone and near 1 for drums alone."""
    move = np.diff(spectra.log_mel[:, ::8], axis=0)
    rises = np.maximum(move, 0).mean(1)
    spread = float(np.quantile(rises, 0.95) - np.median(rises))
    return float(np.clip(spread / 8, 0, 1))


def _stereo(samples: Floats) -> tuple[float, float]:
    """Side share of the energy, and the correlation of the first two channels."""
    if samples.shape[1] < 2:
        return 0.0, 1.0
    left, right = np.ascontiguousarray(samples[:, 0]), np.ascontiguousarray(samples[:, 1])
    ll, rr, lr = float(left @ left), float(right @ right), float(left @ right)
    if ll + rr <= 0:
        return 0.0, 1.0
    width = (ll + rr - 2 * lr) / (2 * (ll + rr))
    correlation = lr / np.sqrt(ll * rr) if ll > 0 and rr > 0 else 0.0
    return float(np.clip(width, 0, 1)), float(np.clip(correlation, -1, 1))

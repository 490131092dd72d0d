"""The shared raw material: one resampling chain and the short-time spectra every step reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft
import soxr
from scipy.ndimage import uniform_filter1d

from library.analysis.channels import downmix

Floats = npt.NDArray[np.float32]

RATE_HZ = 22_050
SIZE, HOP = 2048, 512
FRAMES_PER_SECOND = RATE_HZ / HOP
FINE_SIZE, FINE_HOP = 256, 128
FINE_PER_SECOND = RATE_HZ / FINE_HOP
HARMONIC_PER_SECOND = FRAMES_PER_SECOND / 2
BINS_PER_OCTAVE, LOWEST_HZ = 36, 27.5
LOG_BINS = 7 * BINS_PER_OCTAVE
DRUM_BANDS_HZ = {"kick": (30.0, 120.0), "snare": (1_200.0, 5_500.0), "hat": (7_000.0, 10_800.0)}


@dataclass(frozen=True)
class Spectra:
    """Frames first. ``magnitude`` and ``log_mel`` at 43 frames/s, ``log_freq`` at 21.5, fine at 172."""

    mono: Floats
    magnitude: Floats
    log_mel: Floats
    onset: Floats
    """Onset strength at 43 frames/s."""
    log_freq: Floats
    """36 bins per octave from A0, 7 octaves, percussion suppressed."""
    fine_bands: dict[str, Floats]
    """Onset strength per drum band at 172 frames/s, and "all" over the whole spectrum."""
    duration_s: float

    @property
    def is_silent(self) -> bool:
        """Whether nothing rises above -80 dB of full scale."""
        return bool(np.abs(self.mono).max(initial=0.0) < 1e-4)


def magnitude_stft(samples: Floats, size: int, hop: int, bins: slice = slice(None)) -> Floats:
    """Centred magnitude STFT (Hann), frames by ``bins``, in blocks small enough for the cache."""
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, size // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    out = np.empty((len(frames), len(range(*bins.indices(size // 2 + 1)))), np.float32)
    block = max(64, (1 << 20) // size)
    for at in range(0, len(frames), block):
        wave = scipy.fft.rfft(frames[at : at + block] * window, axis=1)[:, bins]
        # Squares and one root: abs() of complex numbers guards against overflow, at twice the cost.
        power = wave.real**2 + wave.imag**2
        np.sqrt(power, out=out[at : at + block])
    return out


@lru_cache(maxsize=4)
def mel_bank(rate: int, size: int, bands: int = 128, lowest_hz: float = 20.0) -> Floats:
    """Triangular mel filters (O'Shaughnessy's formula), bands by bins, equal area."""
    top = 2595 * np.log10(1 + rate / 2 / 700)
    low = 2595 * np.log10(1 + lowest_hz / 700)
    edges = 700 * (10 ** (np.linspace(low, top, bands + 2) / 2595) - 1)
    hz = np.linspace(0, rate / 2, size // 2 + 1)
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rise, fall = (hz - left) / (centre - left), (right - hz) / (right - centre)
    return np.asarray(np.maximum(0, np.minimum(rise, fall)) * 2 / (right - left), np.float32)


@lru_cache(maxsize=4)
def log_bank(rate: float, size: int, lowest_hz: float, bins: int) -> Floats:
    """Triangular map from FFT bins to log-spaced bins, each at least one FFT bin wide."""
    hz = np.linspace(0, rate / 2, size // 2 + 1)
    centre = lowest_hz * 2 ** (np.arange(bins) / BINS_PER_OCTAVE)
    width = np.maximum(centre * (2 ** (1 / BINS_PER_OCTAVE) - 1), rate / size)
    weights = np.maximum(0, 1 - np.abs(hz[None] - centre[:, None]) / width[:, None])
    total = np.maximum(weights.sum(1, keepdims=True), 1e-9)
    return np.asarray(weights / total, np.float32)


def compute_spectra(samples: Floats, sample_rate: int) -> Spectra:
    """Resample once to 22.05, 11.025 and 2.756 kHz mono and take all spectra from these.

    Parameters
    ----------
    samples
        float32, frames by channels.
    sample_rate
        In Hz, of ``samples``.
    """
    mono = downmix(samples)
    at_22k = np.asarray(soxr.resample(mono, sample_rate, RATE_HZ, "HQ"), np.float32)
    at_11k = soxr.resample(at_22k, RATE_HZ, RATE_HZ / 2, "HQ")
    at_2k = soxr.resample(at_11k, RATE_HZ / 2, RATE_HZ / 8, "HQ")
    magnitude = magnitude_stft(at_22k, SIZE, HOP)
    log_mel = 10 * np.log10(np.maximum((magnitude * magnitude) @ mel_bank(RATE_HZ, SIZE).T, 1e-10))
    log_mel = np.maximum(log_mel, log_mel.max() - 80)
    return Spectra(
        mono=at_22k,
        magnitude=magnitude,
        log_mel=log_mel,
        onset=_onset_strength(log_mel),
        log_freq=_log_frequency(at_11k, at_2k),
        fine_bands=_fine_bands(at_22k, at_2k),
        duration_s=len(samples) / sample_rate,
    )


def _onset_strength(log_mel: Floats) -> Floats:
    """Half-wave rectified difference of the log-mel spectrum, median over bands."""
    rise = np.maximum(0, np.diff(log_mel, axis=0))
    out = np.zeros(len(log_mel), np.float32)
    if len(rise):
        out[1:] = np.median(rise, axis=1)
    return out


def _log_frequency(at_11k: Floats, at_2k: Floats) -> Floats:
    """Log-frequency magnitudes without HPSS.

    The bass comes from 1.35 Hz bins, the rest from 2.7 Hz bins. Drums are short and broad: the
    minimum over three frames removes the short, subtracting the mean over a third of an octave
    removes the broad, at a thirtieth of the cost of median-filter separation.
    """
    low = _banked(at_2k, 2048, 128, log_bank(RATE_HZ / 8, 2048, LOWEST_HZ, 108))
    high = _banked(at_11k, 4096, 512, log_bank(RATE_HZ / 2, 4096, LOWEST_HZ * 8, 144))
    frames = min(len(low), len(high))
    joined = np.concatenate([low[:frames], high[:frames]], 1)
    steady = joined.copy()
    if frames > 2:  # the minimum over three frames, ten times faster than the general filter
        np.minimum(joined[:-2], joined[1:-1], out=steady[1:-1])
        np.minimum(steady[1:-1], joined[2:], out=steady[1:-1])
    return np.asarray(np.maximum(0, steady - uniform_filter1d(steady, 13, axis=1)), np.float32)


def _banked(samples: Floats, size: int, hop: int, bank: Floats) -> Floats:
    """Magnitudes through a filter bank; bins that no filter reads are left out of the work."""
    read = np.flatnonzero(bank.any(0))
    bins = slice(int(read[0]), int(read[-1]) + 1)
    return np.asarray(magnitude_stft(samples, size, hop, bins) @ bank[:, bins].T)


def _fine_bands(at_22k: Floats, at_2k: Floats) -> dict[str, Floats]:
    """Rises of the log energy in the drum bands, at 172 frames per second."""
    fine = magnitude_stft(at_22k, FINE_SIZE, FINE_HOP)
    low = magnitude_stft(at_2k, 128, FINE_HOP // 8)
    frames = min(len(fine), len(low))
    energy = {}
    for name, (lo, hi) in DRUM_BANDS_HZ.items():
        source, rate = (low, RATE_HZ / 8) if name == "kick" else (fine, RATE_HZ)
        hz = np.linspace(0, rate / 2, source.shape[1])
        band = source[:frames, (hz >= lo) & (hz <= hi)]
        energy[name] = np.einsum("ij,ij->i", band, band)
    energy["all"] = np.einsum("ij,ij->i", fine[:frames], fine[:frames])
    return {name: _rise(power) for name, power in energy.items()}


def _rise(power: Floats) -> Floats:
    """Half-wave rectified rise of the compressed level (fourth root) over two frames.

    A logarithm would make a ghost note in a gap as strong as a hit, and hide a kick that falls on
    a sounding bass.
    """
    level = np.sqrt(np.sqrt(power))
    out = np.zeros(len(level), np.float32)
    out[2:] = np.maximum(0, level[2:] - level[:-2])
    return out

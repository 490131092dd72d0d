"""Tempo: autocorrelation of the onset strength, then a decision between a tempo and its double.

Everything an ear taps to shows up in the autocorrelation together with its half and double, so the
octave is decided apart, by what the drums and the harmony do inside one slow beat (``octave.py``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.fft

from library.analysis.octave import double_probability
from library.analysis.spectra import FRAMES_PER_SECOND, Spectra
from library.analysis.types import Tempo, TempoCandidate

Doubles = npt.NDArray[np.float64]

SLOWEST_BPM, FASTEST_BPM = 45.0, 230.0
PRIOR_CENTRE_BPM, PRIOR_WIDTH_OCTAVES = 112.0, 1.2
CANDIDATES = 4
SLOW_OCTAVE_FROM_BPM = 54.0
"""The lower end of the octave [54, 108) into which a tempo is folded before the octave decision."""
NO_TEMPO = Tempo(0.0, (), 0.0, 0.0)


def estimate_tempo(spectra: Spectra) -> Tempo:
    """Find the tempo in beats per minute and the candidates that were considered, best first."""
    peaks = autocorrelation_peaks(spectra.onset)
    if not peaks:
        return NO_TEMPO
    best = peaks[0][0]
    slow = best / 2 if best >= 2 * SLOW_OCTAVE_FROM_BPM else best
    chance = double_probability(spectra, slow)
    chosen, other = (2 * slow, slow) if chance > 0.5 else (slow, 2 * slow)
    top = peaks[0][1]
    certain = max(chance, 1 - chance)
    scores = {chosen: top * certain, other: top * (1 - certain)}
    for bpm, strength in peaks:  # the octave is always offered, others while there is room
        if len(scores) < CANDIDATES and min(abs(np.log2(bpm / seen)) for seen in scores) > 0.06:
            scores[bpm] = strength / 2
    total = sum(scores.values())
    rivals = [s for b, s in peaks if _unrelated(b, best)]
    return Tempo(
        bpm=chosen,
        candidates=tuple(
            TempoCandidate(float(bpm), float(score / total))
            for bpm, score in sorted(scores.items(), key=lambda pair: -pair[1])
        ),
        confidence=float(top / (top + max(rivals, default=0.0))) if top > 0 else 0.0,
        octave_confidence=float(2 * certain - 1),
    )


def autocorrelation_peaks(onset: npt.NDArray[np.float32]) -> list[tuple[float, float]]:
    """(bpm, strength) of the strongest periodicities, best first.

    Autocorrelation, plus half of it at twice and a quarter at four times the lag, under a
    log-normal prior. The prior is wide on purpose: narrow ones did worse.
    """
    if len(onset) < 4 * FRAMES_PER_SECOND or not onset.any():
        return []
    lags = _autocorrelation(onset.astype(np.float64) - float(onset.mean()))
    bpm = np.geomspace(SLOWEST_BPM, FASTEST_BPM, 400)
    lag = 60 * FRAMES_PER_SECOND / bpm
    at = np.arange(len(lags))
    strength = np.zeros(len(bpm))
    for times, weight in ((1, 1.0), (2, 0.5), (4, 0.25)):
        strength += weight * np.interp(times * lag, at, lags, right=0.0)
    prior = np.exp(-0.5 * (np.log2(bpm / PRIOR_CENTRE_BPM) / PRIOR_WIDTH_OCTAVES) ** 2)
    strength = np.maximum(strength, 0) * prior
    inner = strength[1:-1]
    peaks = 1 + np.flatnonzero((inner >= strength[:-2]) & (inner > strength[2:]))
    best = sorted(peaks.tolist(), key=lambda i: -strength[i])[:CANDIDATES]
    return [(float(bpm[i]), float(strength[i])) for i in best]


def tempo_of_beats(beats: Doubles) -> float:
    """Beats per minute as the median over spans of eight beats, 0 with fewer than two beats."""
    if len(beats) < 2:
        return 0.0
    span = min(8, len(beats) - 1)
    return float(60 * span / np.median(beats[span:] - beats[:-span]))


def _autocorrelation(signal: Doubles) -> Doubles:
    size = 1 << (2 * len(signal) - 1).bit_length()
    lags = scipy.fft.irfft(np.abs(scipy.fft.rfft(signal, size)) ** 2)[: int(FRAMES_PER_SECOND * 6)]
    return np.asarray(lags / max(float(lags[0]), 1e-9))


def _unrelated(bpm: float, other: float) -> bool:
    octaves = abs(np.log2(bpm / other))
    return bool(abs(octaves - round(octaves)) > 0.06)

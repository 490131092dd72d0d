"""The mix bus to a finished master: tone, glue, loudness and a ceiling that holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generation.rendering import envelope
from generation.rendering.arrangement import RATE
from generation.rendering.compressor import Compression, compressor_gains
from generation.rendering.convolution import Convolver
from generation.rendering.equaliser import Band, magnitude_db, minimum_phase, response
from generation.rendering.limiter import limit
from generation.rendering.spectrum import ReferenceSound
from library.analysis.long_term import BANDS_HZ, FIRST, long_term_spectrum
from library.analysis.loudness import integrated_lufs, measure_loudness
from library.analysis.types import Loudness

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

SIZE, RING = 1 << 16, 1 << 14
TONE = (
    Band("highpass", 28.0),
    Band("lowshelf", 90.0, 1.0),
    Band("peak", 300.0, -2.0, 0.7),
    Band("peak", 3_200.0, 1.0, 0.8),
    Band("highshelf", 9_000.0, 1.5),
)
GLUE = Compression(threshold_db=-9.0, ratio=2.0, attack_ms=20.0, release_ms=150.0)
GLUE_LUFS = -18.0
"""Loudness at which the mix meets the glue: three to four dB off its peaks."""
MOST_CORRECTED_DB = 3.0
CORRECTED = slice(16 - FIRST, 42 - FIRST)
"""Third-octaves from 40 Hz to 12.5 kHz; outside, a reference says more about its codec than its sound."""
TOLERANCE_LU = 0.05
ROUNDS = 4


@dataclass(frozen=True)
class Mastered:
    """The master (frames by two) and what it measures; ``gain_db`` went into the limiter."""

    audio: Floats
    lufs: float
    true_peak_dbtp: float
    lra_lu: float
    gain_db: float
    loudness: Loudness
    correction_db: tuple[float, ...]


def master(
    audio: Floats,
    *,
    target_lufs: float = -14.0,
    ceiling_dbtp: float = -1.0,
    reference: ReferenceSound | None = None,
) -> Mastered:
    """Master a mix (frames by two at ``RATE``): tone, correction, glue, gain and limiter.

    Silence stays silence. With a ``reference`` the tone is followed by a correction towards it, 3 dB
    at most in any band.
    """
    before_lufs = integrated_lufs(np.asfortranarray(audio), RATE)
    if not np.isfinite(before_lufs):
        quiet = audio.copy()
        found = measure_loudness(quiet, RATE)
        return Mastered(quiet, -np.inf, -np.inf, 0.0, 0.0, found, (0.0,) * len(BANDS_HZ))
    correction = correction_db(audio, reference)
    shaped = _shaped(audio, correction, 10 ** ((GLUE_LUFS - before_lufs) / 20))
    peaks = np.maximum(*(envelope.block_peaks(channel) for channel in shaped.T))
    envelope.apply(shaped, compressor_gains(peaks, GLUE))
    limited, final, gain_db = _loud(shaped, target_lufs, ceiling_dbtp)
    return Mastered(
        audio=limited,
        lufs=final.integrated_lufs,
        true_peak_dbtp=final.true_peak_dbtp,
        lra_lu=final.range_lu,
        gain_db=gain_db,
        loudness=final,
        correction_db=correction,
    )


def correction_db(audio: Floats, reference: ReferenceSound | None) -> tuple[float, ...]:
    """Return what to add to each third-octave so that the toned mix comes near the reference.

    Both are levelled to one mean, the difference is smoothed over three bands and cut at 3 dB.
    """
    if reference is None:
        return (0.0,) * len(BANDS_HZ)
    toned = np.array(long_term_spectrum(audio)) + magnitude_db(TONE, np.array(BANDS_HZ))
    apart = np.array(reference.bands_db) - toned
    apart -= apart[CORRECTED].mean()
    smooth = np.convolve(np.pad(apart[CORRECTED], 1, mode="edge"), [0.25, 0.5, 0.25], "valid")
    wanted = np.zeros(len(BANDS_HZ))
    wanted[CORRECTED] = np.clip(smooth, -MOST_CORRECTED_DB, MOST_CORRECTED_DB)
    return tuple(np.round(wanted, 2).tolist())


def _shaped(audio: Floats, correction: tuple[float, ...], gain: float) -> Floats:
    """Return tone, correction and gain in one response over both channels."""
    curve = response(TONE, SIZE) * minimum_phase(BANDS_HZ, correction, SIZE) * np.float32(gain)
    convolver = Convolver(SIZE, RING)
    out = np.zeros((2, len(audio)), np.float32)
    for channel, filtered in zip(audio.T, out, strict=True):
        convolver.add(np.ascontiguousarray(channel), 0, [(curve, filtered)])
    return np.ascontiguousarray(out.T)


def _loud(audio: Floats, target_lufs: float, ceiling_dbtp: float) -> tuple[Floats, Loudness, float]:
    """Gain into the limiter until loudness and peak land; the ceiling has the last word."""
    gain_db = target_lufs - integrated_lufs(np.asfortranarray(audio), RATE)
    lowered_db = 0.0
    for _ in range(ROUNDS):
        louder = audio * np.float32(10 ** (gain_db / 20))
        limited = limit(louder, ceiling_dbtp - lowered_db)
        found = measure_loudness(np.asfortranarray(limited), RATE)
        missing, over = target_lufs - found.integrated_lufs, found.true_peak_dbtp - ceiling_dbtp
        if abs(missing) <= TOLERANCE_LU and over <= 0:
            return limited, found, float(gain_db)
        gain_db += missing
        # The meter has another interpolator than the limiter; where it reads more, it is believed.
        lowered_db += max(0.0, over + 0.01)
    limited *= np.float32(10 ** (-max(0.0, over) / 20))
    return limited, measure_loudness(np.asfortranarray(limited), RATE), float(gain_db)

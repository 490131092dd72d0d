"""What a song is to come near to: the median of some long-term spectra, and how far one is from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from library.analysis.long_term import BANDS_HZ, FIRST

Doubles = npt.NDArray[np.float64]

OCTAVES_HZ: tuple[float, ...] = tuple(10 ** (n / 10) for n in range(18, 40, 3))
"""Centres of the eight octaves from 63 Hz to 8 kHz: what lossy files and small speakers still hold."""
ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU = -70.0, -10.0


@dataclass(frozen=True)
class ReferenceSound:
    """The long-term spectrum to come near to: levels of ``BANDS_HZ`` in dB, relative to loudness."""

    bands_db: tuple[float, ...]


def reference_sound(spectra: Sequence[Sequence[float]]) -> ReferenceSound:
    """Return the median of some songs' long-term spectra, band by band.

    Raises
    ------
    ValueError
        If there is none, or one has another number of bands.
    """
    if not spectra or any(len(spectrum) != len(BANDS_HZ) for spectrum in spectra):
        raise ValueError(f"{len(spectra)} spectra; each should hold {len(BANDS_HZ)} levels")
    return ReferenceSound(tuple(np.round(np.median(np.array(spectra), axis=0), 2).tolist()))


def octaves_db(bands_db: Sequence[float]) -> Doubles:
    """Return the levels of ``OCTAVES_HZ``: three third-octaves added as powers."""
    power = 10 ** (np.asarray(bands_db, np.float64) / 10)
    first = 17 - FIRST
    thirds = power[first : first + 3 * len(OCTAVES_HZ)].reshape(-1, 3)
    return np.asarray(10 * np.log10(thirds.sum(1)))


def octave_distances_db(bands_db: Sequence[float], reference: ReferenceSound) -> Doubles:
    """Return by how much each octave stands out of the reference, both levelled to the same mean."""
    apart = octaves_db(bands_db) - octaves_db(reference.bands_db)
    return np.asarray(apart - apart.mean())


def gated_lufs(weighted: Doubles) -> float:
    """Return the loudness of frames with the two gates of BS.1770, -inf for silence."""
    pairs = (weighted[:-1] + weighted[1:]) / 2 if len(weighted) > 1 else weighted
    loud = pairs[_lufs(pairs) > ABSOLUTE_GATE_LUFS]
    if not len(loud):
        return float("-inf")
    gate = float(_lufs(loud.mean(keepdims=True))[0]) + RELATIVE_GATE_LU
    return float(_lufs(loud[_lufs(loud) > gate].mean(keepdims=True))[0])


def _lufs(power: Doubles) -> Doubles:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-12)))

"""The audio bars: what a finished master must measure, by ear's standards and the studio's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from generation.quality.finding import Finding
from generation.rendering.arrangement import RATE, SectionSound
from generation.rendering.finish import Rendering
from generation.rendering.spectrum import ReferenceSound, octave_distances_db
from generation.rendering.tape import let_go
from library.analysis.long_term import long_term_spectrum
from library.analysis.loudness import lufs_between, measure_loudness
from library.analysis.types import Loudness

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

LUFS, LUFS_OFF = -14.0, 0.5
MOST_TRUE_PEAK_DBTP = -1.0
LEAST_RANGE_LU, MOST_RANGE_LU = 4.0, 12.0
MOST_OFFSET = 1e-3
CLIPPED_AT = 1 - 2**-15
MOST_SILENCE_S, MOST_HEAD_S, MOST_TAIL_S = 1.5, 0.5, 3.0
SILENT_DB = -60.0
SILENCE_STEP = RATE // 50
MOST_OCTAVE_OFF_DB = 6.0
MOST_MONO_LOSS_DB = 3.0
LEAST_CONTRAST_LU = 1.5
USUAL_S = (150.0, 240.0)
ASKED_OFF = 0.15
"""Forms come in whole sections: an asked length is met within 15 %."""
MOST_RESIDUAL_DB = -100.0
NOTHING_DB = -200.0


def judge_audio(
    rendering: Rendering, reference: ReferenceSound | None, *, asked_s: float | None = None
) -> tuple[Finding, ...]:
    """Measure a rendering against every audio bar.

    The spectrum is judged when there is a ``reference``; the contrast of chorus and verse when the
    song has both; the length against ``asked_s``, or else 150 to 240 s.
    """
    audio = rendering.master.audio
    loudness = measure_loudness(np.asfortranarray(audio), RATE)
    head_s, tail_s, inner_s = silences(audio)
    low_s, high_s = USUAL_S
    if asked_s is not None:
        low_s, high_s = asked_s * (1 - ASKED_OFF), asked_s * (1 + ASKED_OFF)
    findings = [
        Finding("loudness_lufs", loudness.integrated_lufs, LUFS - LUFS_OFF, LUFS + LUFS_OFF),
        Finding("true_peak_dbtp", loudness.true_peak_dbtp, None, MOST_TRUE_PEAK_DBTP),
        Finding("loudness_range_lu", loudness.range_lu, LEAST_RANGE_LU, MOST_RANGE_LU),
        Finding("dc_offset", offset(audio), None, MOST_OFFSET),
        Finding("clipped_samples", float((np.abs(audio) >= CLIPPED_AT).sum()), None, 0.0),
        Finding("inner_silence_s", inner_s, None, MOST_SILENCE_S),
        Finding("head_s", head_s, None, MOST_HEAD_S),
        Finding("tail_s", tail_s, None, MOST_TAIL_S),
        Finding("mono_loss_db", mono_loss_db(audio), None, MOST_MONO_LOSS_DB),
        Finding("correlation", correlation(audio), 0.0, None),
        Finding("length_s", len(audio) / RATE, low_s, high_s),
        Finding("stems_residual_db", residual_db(rendering), None, MOST_RESIDUAL_DB),
    ]
    if reference is not None:
        apart = octave_distances_db(long_term_spectrum(audio), reference)
        findings.append(
            Finding("octaves_off_db", float(np.abs(apart).max()), None, MOST_OCTAVE_OFF_DB)
        )
    contrast = contrast_lu(loudness, rendering.arrangement.sections)
    if contrast is not None:
        findings.append(Finding("chorus_over_verse_lu", contrast, LEAST_CONTRAST_LU, None))
    return tuple(findings)


def silences(audio: Floats) -> tuple[float, float, float]:
    """Return the silence before, after and the longest within a song, in seconds.

    Silent are stretches of 20 ms whose peak stays 60 dB below full scale.
    """
    count = -(-len(audio) // SILENCE_STEP)
    peaks = np.zeros(count * SILENCE_STEP, np.float32)
    for channel in audio.T:  # many times faster than over rows of two
        np.maximum(peaks[: len(audio)], np.abs(channel), out=peaks[: len(audio)])
    sounding = np.flatnonzero(peaks.reshape(count, -1).max(1) > 10 ** (SILENT_DB / 20))
    step_s = SILENCE_STEP / RATE
    if not len(sounding):
        return count * step_s, count * step_s, 0.0
    inner = float(np.diff(sounding).max(initial=1) - 1) * step_s
    return float(sounding[0]) * step_s, float(count - 1 - sounding[-1]) * step_s, inner


def offset(audio: Floats) -> float:
    """Return the larger of the channels' mean values."""
    return float(np.abs(audio.mean(0, dtype=np.float64)).max())


def mono_loss_db(audio: Floats) -> float:
    """Return how much power the fold-down to one channel loses: 0 for mono, 3 for unrelated channels."""
    left, right, across = _powers(audio)
    both, mono = (left + right) / 2, (left + right + 2 * across) / 4
    return float(10 * np.log10(both / mono)) if mono > 0 else float("inf")


def correlation(audio: Floats) -> float:
    """Return the correlation of the channels, from -1 to 1; silence has none."""
    left, right, across = _powers(audio)
    return across / float(np.sqrt(left * right)) if left > 0 and right > 0 else float("nan")


def contrast_lu(loudness: Loudness, sections: Sequence[SectionSound]) -> float | None:
    """Return by how much the choruses are louder than the verses, None without one of them."""
    levels = []
    for role in ("chorus", "verse"):
        parts = [
            (
                section.end_s - section.start_s,
                lufs_between(loudness, section.start_s, section.end_s),
            )
            for section in sections
            if section.role == role
        ]
        seconds = sum(length for length, _ in parts)
        if not seconds:
            return None
        power = sum(length * 10 ** (lufs / 10) for length, lufs in parts) / seconds
        levels.append(10 * np.log10(max(power, 1e-12)))
    return float(levels[0] - levels[1])


def residual_db(rendering: Rendering) -> float:
    """Return what the sum of the stems lacks of the mix, against the mix, in dB."""
    total = np.zeros_like(rendering.mix.audio)
    for stem in rendering.stems.values():
        total += stem
        let_go(stem)
    total -= rendering.mix.audio
    missing, whole = (float(np.einsum("ij,ij->", x, x)) for x in (total, rendering.mix.audio))
    if missing == 0:
        return NOTHING_DB
    return float(10 * np.log10(missing / whole)) if whole > 0 else float("inf")


def _powers(audio: Floats) -> tuple[float, float, float]:
    """Mean square of left, of right, and their mean product."""
    left, right = (np.ascontiguousarray(channel) for channel in audio.T)
    count = max(1, len(audio))
    return (
        float(np.dot(left, left)) / count,
        float(np.dot(right, right)) / count,
        float(np.dot(left, right)) / count,
    )

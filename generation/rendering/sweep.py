"""A filter that moves with the song: dark where its sections are dark, opening towards fuller ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.signal import lfilter

from generation.rendering.arrangement import RATE, SectionSound
from generation.rendering.voices.signal import Signal, Wide

BLOCK = 2048
DARKEST_HZ, BRIGHTEST_HZ = 900.0, 15_000.0
OPENS_S = 3.5
"""How long before a fuller section the filter begins to open."""
SETTLES_S = 0.25
INTRO_FROM = 0.35
"""Of its place at the end of an intro, where the filter begins (in octaves of its range)."""
Q = 0.8
AT_REST = 1e-7


def sweep_by_sections(x: Signal, sections: Sequence[SectionSound]) -> None:
    """Put ``x`` behind a 12 dB low-pass that follows ``sections``, in place."""
    if not sections:
        return
    state = np.zeros((2, 2))
    for number, cutoff in enumerate(cutoff_curve(sections, len(x))):
        piece = x[number * BLOCK : (number + 1) * BLOCK]
        if piece.any() or np.abs(state).max() > AT_REST:
            made, state = lfilter(*_lowpass(float(cutoff)), piece, axis=0, zi=state)
            piece[:] = made


def cutoff_curve(sections: Sequence[SectionSound], frames: int) -> Wide:
    """Return the cut-off in Hz for every block of ``BLOCK`` samples."""
    at = (np.arange(-(-frames // BLOCK)) + 0.5) * BLOCK / RATE
    place = np.empty(len(at))
    for number, section in enumerate(sections):
        level = _place(section)
        inside = (at >= section.start_s) if number else np.ones(len(at), bool)
        place[inside] = level
        if section.role == "intro":
            along = np.clip((at - section.start_s) / (section.end_s - section.start_s), 0, 1)
            place[inside] = (level * (INTRO_FROM + (1 - INTRO_FROM) * along))[inside]
    for before, after in pairwise(sections):
        rise = _place(after) - _place(before)
        if rise > 0:
            start = max(before.start_s, before.end_s - OPENS_S)
            along = np.clip((at - start) / (before.end_s - start), 0, 1)
            opening = (at >= start) & (at < before.end_s)
            place[opening] += (rise * along**2)[opening]
    width = max(1, round(SETTLES_S * RATE / BLOCK))
    padded = np.concatenate([np.full(width, place[0]), place, np.full(width, place[-1])])
    smooth = np.convolve(padded, np.ones(width) / width, "same")[width:-width]
    return np.asarray(DARKEST_HZ * (BRIGHTEST_HZ / DARKEST_HZ) ** np.clip(smooth, 0, 1))


def _place(section: SectionSound) -> float:
    """Return 0 (dark) to 1: mostly the sound of the sources, a little the section's energy."""
    return 0.18 + 0.5 * section.brightness + 0.32 * section.energy


def _lowpass(cutoff_hz: float) -> tuple[Wide, Wide]:
    """Return the low-pass of the Audio EQ Cookbook (Bristow-Johnson)."""
    turn = 2 * np.pi * min(cutoff_hz, 0.45 * RATE) / RATE
    alpha, cosine = np.sin(turn) / (2 * Q), np.cos(turn)
    b = np.array([(1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2])
    a = np.array([1 + alpha, -2 * cosine, 1 - alpha])
    return b / a[0], a / a[0]

"""Gains for stems: measured loudness first, then a little towards the spectrum of the ten."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from generation.rendering.spectrum import ReferenceSound, gated_lufs
from library.analysis.long_term import FIRST, Frames

Doubles = npt.NDArray[np.float64]

MOST_MOVED_DB = 4.0
STIFFNESS = 0.35
"""How many dB² of distance to the reference one dB² of movement has to be worth."""
MATCHED = slice(17 - FIRST, 41 - FIRST)
"""Third-octaves from 50 Hz to 10 kHz: what the octaves of the acceptance bar are made of."""


def staged_db(frames: Sequence[Frames], wanted_lufs: Sequence[float]) -> Doubles:
    """Return the gain that brings each stem to its loudness while it sounds; 0 for a silent stem."""
    gains = np.zeros(len(frames))
    for number, (frame, wanted) in enumerate(zip(frames, wanted_lufs, strict=True)):
        lufs = gated_lufs(frame.weighted)
        gains[number] = wanted - lufs if np.isfinite(lufs) else 0.0
    return gains


def balanced_db(
    frames: Sequence[Frames],
    gains_db: Doubles,
    reference: ReferenceSound | None,
    reach_db: Sequence[tuple[float, float]] | None = None,
) -> Doubles:
    """Return ``gains_db`` moved by at most 4 dB each so that the sum comes nearer to the reference.

    ``reach_db`` says for each stem how far it may go down and up: what accompanies does not become
    louder than what it accompanies, whatever the reference's spectrum asks for.

    Minimises the mean squared distance of the third-octaves (both levelled to one mean) and the
    movement, over the powers of the stems: they are added as if they were incoherent.
    """
    power = np.array([frame.bands.sum(0)[MATCHED] for frame in frames])
    power *= 10 ** (gains_db[:, None] / 10) if len(power) else 1.0
    if reference is None or not len(power) or not (power.sum(0) > 0).all():
        return gains_db
    target = np.array(reference.bands_db)[MATCHED]

    def cost(moved: Doubles) -> tuple[float, Doubles]:
        parts = power * 10 ** (moved[:, None] / 10)
        total = parts.sum(0)
        apart = 10 * np.log10(total) - target
        apart -= apart.mean()
        # d(10 log10 total)/d moved is the stem's part of the total; the mean's part drops out.
        slope = 2 * (parts / total) @ apart / len(apart)
        return (
            float((apart**2).mean() + STIFFNESS * (moved**2).mean()),
            slope + 2 * STIFFNESS * moved / len(moved),
        )

    bounds = reach_db or [(-MOST_MOVED_DB, MOST_MOVED_DB)] * len(power)
    found = minimize(cost, np.zeros(len(power)), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(gains_db + found.x)


def section_lufs(
    weighted: Doubles, step_s: float, spans: Sequence[tuple[float, float]]
) -> tuple[float, ...]:
    """Return the ungated loudness of each span of seconds, from the power of a whole song's frames."""
    levels = []
    for start_s, end_s in spans:
        first = min(len(weighted) - 1, round(start_s / step_s))
        part = weighted[first : max(first + 1, round(end_s / step_s))]
        power = float(part.mean())
        levels.append(-0.691 + 10 * np.log10(power) if power > 1e-9 else float("-inf"))
    return tuple(levels)

"""What changes from section to section: level, brightness, width and weight; and the last fade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from generation.rendering.arrangement import RATE, SectionSound
from generation.rendering.envelope import edge_times
from generation.rendering.equaliser import Band

Doubles = npt.NDArray[np.float64]

ROLE_LU: Mapping[str, float] = {
    "chorus": 0.0,
    "pre": -1.3,
    "verse": -2.9,
    "bridge": -6.0,
    "intro": -8.0,
    "outro": -7.5,
}
"""How loud each role is to be against the choruses."""
USUAL_LU = -2.0
MOST_UP_DB, MOST_DOWN_DB = 6.0, 6.0
RAMP_S = 0.25
BRIGHT_DB, BRIGHT_HZ = 3.0, 4_500.0
WEIGHT_DB, WEIGHT_HZ = 2.0, 110.0
LEAST_WIDTH, MOST_WIDTH = 0.8, 1.25
FADE_S = 0.6


def colour_of(section: SectionSound) -> tuple[Band, ...]:
    """Return the section's shelves: brightness and weight of .5 change nothing, 0 and 1 the most."""
    return (
        Band("highshelf", BRIGHT_HZ, BRIGHT_DB * (_unit(section.brightness) - 0.5)),
        Band("lowshelf", WEIGHT_HZ, WEIGHT_DB * (_unit(section.weight) - 0.5)),
    )


def width_of(section: SectionSound) -> float:
    """Return the factor of the side signal in a section, wider in a chorus."""
    lift = 0.1 if section.role == "chorus" else 0.0
    return LEAST_WIDTH + (MOST_WIDTH - LEAST_WIDTH) * min(1.0, _unit(section.width) + lift)


def section_gains_db(
    sections: Sequence[SectionSound], measured_lufs: Sequence[float]
) -> tuple[float, ...]:
    """Return the gain that brings each section to the level of its role, 6 dB at most.

    The choruses' mean is the reference and stays; without one the loudest section is.
    """
    sounding = [lufs for lufs in measured_lufs if np.isfinite(lufs)]
    if not sounding:
        return (0.0,) * len(sections)
    chorus = [
        lufs
        for section, lufs in zip(sections, measured_lufs, strict=True)
        if section.role == "chorus" and np.isfinite(lufs)
    ]
    top = 10 * np.log10(np.mean(10 ** (np.array(chorus) / 10))) if chorus else max(sounding)
    gains = []
    for section, lufs in zip(sections, measured_lufs, strict=True):
        wanted = top + ROLE_LU.get(section.role, USUAL_LU) - lufs if np.isfinite(lufs) else 0.0
        gains.append(float(min(MOST_UP_DB, max(-MOST_DOWN_DB, wanted))))
    return tuple(gains)


def automation_gains(
    sections: Sequence[SectionSound], gains_db: Sequence[float], samples: int
) -> Doubles:
    """Return gains at the grid points: each section at its own, ramps ending where one begins."""
    if not sections:
        return np.ones(len(edge_times(samples)))
    times, levels = [0.0], [gains_db[0]]
    for section, before, gain in zip(sections[1:], gains_db, gains_db[1:], strict=False):
        times += [max(times[-1], section.start_s - RAMP_S), section.start_s]
        levels += [before, gain]
    curve = np.interp(edge_times(samples), times, levels)
    return np.asarray(10 ** (curve / 20))


def last_fade(samples: int, fade_s: float = FADE_S) -> Doubles:
    """Return gains at the grid points: 1, and a raised cosine down to 0 at the very end."""
    left = np.clip((samples / RATE - edge_times(samples)) / fade_s, 0, 1)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * left))


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))

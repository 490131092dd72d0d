"""The kick makes room for itself: pad and sub dip when it sounds, from its notes and not its audio."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from generation.rendering.arrangement import Note
from generation.rendering.compressor import release
from generation.rendering.envelope import GRID_S, edges_of

Doubles = npt.NDArray[np.float64]

RELEASE_MS = 120.0
FULL_VELOCITY = 100
ATTACK_BLOCKS = 4
"""The dip is complete when the kick starts: it begins four grid steps (6 ms) earlier."""


def duck_gains(kicks: Sequence[Note], duck_db: float, samples: int) -> Doubles:
    """Return gains at the grid points: ``duck_db`` down at a full kick, back within some 120 ms."""
    reduction = np.zeros(edges_of(samples))
    for kick in kicks:
        at = min(max(0, round(kick.start_s / GRID_S)), len(reduction) - 1)
        depth = duck_db * min(1.0, kick.velocity / FULL_VELOCITY)
        reduction[at] = max(reduction[at], depth)
    held = release(reduction, RELEASE_MS)
    ahead = held.copy()
    for steps in range(1, ATTACK_BLOCKS + 1):
        part = held[steps:] * (1 - steps / (ATTACK_BLOCKS + 1))
        ahead[:-steps] = np.maximum(ahead[:-steps], part)
    return np.asarray(10 ** (-ahead / 20))

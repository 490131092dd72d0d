"""Which seeds a song is tried with: the one asked for, then others that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.constants import SEED_MAX, TRIES

STEP = 0x61C8_8647
"""Odd, so that the seeds after a seed are all different ones, and far from its neighbours."""
SEEDED_EDITS = frozenset({"reroll_section", "reroll_layer"})


def seeds_of(seed: int) -> tuple[int, ...]:
    """Return the seeds of the tries in order; the first is the one asked for."""
    return tuple((seed + number * STEP) % (SEED_MAX + 1) for number in range(TRIES))


def has_seed(edit: Mapping[str, Any] | None) -> bool:
    """Tell whether another seed would give something else: not where notes are only moved."""
    return edit is None or edit.get("kind") in SEEDED_EDITS

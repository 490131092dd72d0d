"""Random numbers that are the same on every machine, and that split by name.

SplitMix64 (Steele, Lea and Flood 2014) on integers alone; a stream is seeded by BLAKE2b over the
seed and the path of names, so that one more draw in the verse never changes the chorus.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_WORD = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15


class Stream:
    """Draws in order; ``split`` starts an independent stream that does not depend on them."""

    def __init__(self, seed: int, path: str = "") -> None:
        self._seed, self._path = seed, path
        digest = hashlib.blake2b(f"{seed}/{path}".encode(), digest_size=8).digest()
        self._state = int.from_bytes(digest, "little")

    def split(self, *names: object) -> Stream:
        """Return the stream of this seed under ``names``, whatever was drawn here before."""
        return Stream(self._seed, "/".join([self._path, *map(str, names)]))

    def unit(self) -> float:
        """Return a number from 0 (included) to 1 (not included)."""
        self._state = (self._state + _GAMMA) & _WORD
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _WORD
        return ((z ^ (z >> 31)) >> 11) / (1 << 53)

    def index(self, weights: Sequence[float]) -> int:
        """Return an index drawn in proportion to ``weights`` (0 or more, not all 0)."""
        left = self.unit() * sum(weights)
        chosen = 0
        for number, weight in enumerate(weights):
            if weight > 0:
                chosen = number
                if left < weight:
                    break
                left -= weight
        return chosen

    def pick(self, items: Sequence[T]) -> T:
        """Return one of ``items``, each as likely."""
        return items[min(int(self.unit() * len(items)), len(items) - 1)]

    def chance(self, probability: float) -> bool:
        """Return True with ``probability``."""
        return self.unit() < probability

    def spread(self, width: float) -> float:
        """Return a number between -width and width, small ones more often."""
        return (self.unit() + self.unit() - 1) * width

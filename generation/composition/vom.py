"""Variable-order Markov model of melodic steps: the longest known context speaks first.

Orders 0 to 4 interpolated after Witten and Bell (1991), as in Pachet's Continuator: a context seen n
times with t kinds of continuation gets n / (n + t), shorter contexts share the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

WIDEST = 7
STEPS = tuple(range(-WIDEST, WIDEST + 1))
"""What can follow a note: scale steps from seven down to seven up."""
ORDER = 4


class MarkovModel:
    """Distribution of the next step given the steps before it."""

    def __init__(self, lines: Iterable[Sequence[int]]) -> None:
        self._counts: dict[tuple[int, ...], Doubles] = {}
        for line in lines:
            for at, step in enumerate(line):
                for order in range(min(ORDER, at) + 1):
                    context = tuple(line[at - order : at])
                    counts = self._counts.setdefault(context, np.zeros(len(STEPS)))
                    counts[step + WIDEST] += 1
        self._known: dict[tuple[int, ...], tuple[Doubles, int]] = {}

    def next(self, context: Sequence[int]) -> tuple[Doubles, int]:
        """Return the distribution over :data:`STEPS` and the order of the longest known context.

        Without any line the distribution is even.
        """
        recent = tuple(context[-ORDER:])
        known = self._known.get(recent)
        if known is None:
            known = self._known[recent] = self._interpolate(recent)
        return known

    def _interpolate(self, recent: tuple[int, ...]) -> tuple[Doubles, int]:
        p: Doubles = np.full(len(STEPS), 1 / len(STEPS))
        reached = 0
        for order in range(len(recent) + 1):
            counts = self._counts.get(recent[len(recent) - order :])
            if counts is None:
                break
            total, kinds = float(counts.sum()), int(np.count_nonzero(counts))
            p = (counts + kinds * p) / (total + kinds)
            reached = order
        return p, reached

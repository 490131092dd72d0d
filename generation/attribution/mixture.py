"""A mixture of experts under constraints, with the exact responsibility of each for an event.

Each expert is constrained first and mixed afterwards::

    p_k'(e) = p_k(e) phi(e) / Z_k         p(e) = sum_k w_k p_k'(e)
    r_k(e)  = w_k p_k'(e) / p(e)          E_{e ~ p}[ r_k(e) ] = w_k

The reverse order, mixing and then constraining, gives ``w_k Z_k / sum_j w_j Z_j``: who fits the
constraints badly would lose its share without a word. ``docs/algorithms/mixture.md`` has the proof
and a worked table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generation.attribution.errors import NothingPossibleError, WeightsInvalidError

Doubles = npt.NDArray[np.float64]

FLOOR = 1e-4
"""Share of every expert that is spread evenly over all events, so that no Z_k is zero."""


@dataclass(frozen=True)
class Mixture:
    """``constrained``: experts by events, each row summing to 1; ``weights`` and ``p`` sum to 1."""

    constrained: Doubles
    weights: Doubles
    p: Doubles

    def responsibilities(self, event: int) -> Doubles:
        """Return what each expert is owed for ``event``; the result sums to 1.

        Raises
        ------
        NothingPossibleError
            If the event has no probability.
        """
        owed = self.weights * self.constrained[:, event]
        total = owed.sum()
        if not total > 0:
            raise NothingPossibleError("an event that the constraints forbid was asked for")
        return np.asarray(owed / total)

    def expected_responsibilities(self) -> Doubles:
        """Return E[r_k] by going through every event; equal to ``weights`` but for rounding."""
        possible = np.flatnonzero(self.p > 0)
        return np.asarray(sum(self.p[e] * self.responsibilities(int(e)) for e in possible))


def mix(experts: Doubles, phi: Doubles, weights: Doubles) -> Mixture:
    """Constrain each expert by ``phi``, then mix them.

    Parameters
    ----------
    experts
        Experts by events; rows are distributions (they are normalised here).
    phi
        How welcome each event is, 0 (forbidden) or more.
    weights
        One per expert, 0 or more; normalised here. An expert of weight 0 is never owed anything.

    Raises
    ------
    WeightsInvalidError
        If a weight is negative or not finite, or all are zero.
    NothingPossibleError
        If ``phi`` forbids every event.
    """
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.sum() > 0:
        raise WeightsInvalidError(f"{weights.tolist()}")
    if not (phi > 0).any():
        raise NothingPossibleError("every event is forbidden")
    events = experts.shape[1]
    floored = (1 - FLOOR) * experts / experts.sum(1, keepdims=True) + FLOOR / events
    constrained = floored * phi
    constrained /= constrained.sum(1, keepdims=True)
    shares = weights / weights.sum()
    p = shares @ constrained
    return Mixture(constrained, shares, p / p.sum())

"""The deficit controller: what a source is owed and has not received is paid within a few events.

Expected shares are right at every step (``mixture.py``), realised ones wander like a random walk.
The controller lends each source weight in proportion to its deficit::

    w_k(j) = max(1e-3, w_k + (w_k M_j - R_k) / (h m)), renormalised

with the mass M_j placed so far, the mass R_k of it that k received, the usual mass m of an event and
the horizon h in events. h = 16 comes from measurements in ``docs/algorithms/mixture.md``.
"""

from __future__ import annotations

import numpy as np

from generation.attribution.errors import WeightsInvalidError
from generation.attribution.mixture import Doubles

HORIZON_EVENTS = 16.0
LEAST_WEIGHT = 1e-3


class DeficitController:
    """Steers realised shares to ``targets``; a target of 0 stays at 0 for good."""

    def __init__(self, targets: Doubles, horizon: float = HORIZON_EVENTS) -> None:
        if not np.isfinite(targets).all() or (targets < 0).any() or not targets.sum() > 0:
            raise WeightsInvalidError(f"{targets.tolist()}")
        self.targets: Doubles = targets / targets.sum()
        self.horizon = horizon
        self.realised: Doubles = np.zeros(len(targets))
        self.placed = 0.0
        self.events = 0

    def weights(self) -> Doubles:
        """Return the weights for the next event; they sum to 1."""
        usual = self.placed / self.events if self.events else 1.0
        owed = self.targets * self.placed - self.realised
        steered = np.maximum(LEAST_WEIGHT, self.targets + owed / (self.horizon * usual))
        steered = np.where(self.targets > 0, steered, 0.0)
        return np.asarray(steered / steered.sum())

    def record(self, received: Doubles, mass: float = 1.0) -> None:
        """Count an event of ``mass`` whose shares are ``received`` (sum 1)."""
        self.realised = self.realised + received * mass
        self.placed += mass
        self.events += 1

    @property
    def shares(self) -> Doubles:
        """Return the realised shares; the targets while nothing is placed."""
        return np.asarray(self.realised / self.placed) if self.placed else self.targets

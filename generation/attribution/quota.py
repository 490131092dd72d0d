"""Which source fills which slot: a mixed-integer programme that keeps every share in its bounds.

    min sum cost[s,k] y[s,k]    sum_k y[s,k] = 1    low_k <= sum_s mass[s] y[s,k] <= high_k

Solved by HiGHS through scipy. It is deterministic: no time limit (a node limit instead), costs in
whole millionths, and ties broken by a tiny cost that grows with slot and source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, eye, kron

from generation.attribution.errors import QuotaInfeasibleError
from generation.attribution.mixture import Doubles

NODES = 1_000
GAP = 0.1
COST_UNITS = 1_000_000
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Quota:
    """What to assign. Rows of ``cost`` are slots, columns are sources.

    ``mass`` is each slot's part of the whole song; ``cost`` is infinite where a source has nothing
    that fits; ``low`` and ``high`` bound each source's sum.
    """

    sources: tuple[str, ...]
    slots: tuple[str, ...]
    mass: Doubles
    cost: Doubles
    low: Doubles
    high: Doubles


def assign(quota: Quota) -> tuple[int, ...]:
    """Return the column that fills each slot.

    Raises
    ------
    QuotaInfeasibleError
        If no assignment stays within the bounds; its reasons name slots and sources.
    """
    reasons = why_infeasible(quota)
    if reasons:
        raise QuotaInfeasibleError(reasons)
    slots, sources = quota.cost.shape
    possible = np.isfinite(quota.cost)
    tie = np.arange(slots * sources).reshape(slots, sources) / (slots * sources)
    cost = np.round(np.where(possible, quota.cost, 0.0) * COST_UNITS) + tie
    one_each = kron(eye(slots), np.ones((1, sources)), "csr")
    sums = csr_matrix(np.kron(quota.mass[None, :], np.eye(sources)))
    found = milp(
        cost.ravel(),
        integrality=np.ones(slots * sources),
        bounds=Bounds(0, possible.astype(float).ravel()),
        constraints=[
            LinearConstraint(one_each, 1, 1),
            LinearConstraint(sums, quota.low, quota.high),
        ],
        options={"mip_rel_gap": GAP, "node_limit": NODES},
    )
    if found.x is None:
        sizes = f"{quota.mass.min():.4f} to {quota.mass.max():.4f}"
        reason = f"{slots} slots of {sizes} each cannot be divided among the sources in bounds"
        raise QuotaInfeasibleError((reason,))
    chosen: npt.NDArray[np.int64] = found.x.reshape(slots, sources).argmax(1)
    return tuple(int(column) for column in chosen)


def why_infeasible(quota: Quota) -> tuple[str, ...]:
    """Return the plain reasons for which no assignment can exist; empty when none is plain."""
    possible = np.isfinite(quota.cost)
    reasons = [
        f"no source has material for {slot}"
        for slot, row in zip(quota.slots, possible, strict=True)
        if not row.any()
    ]
    for column, source in enumerate(quota.sources):
        reach = float(quota.mass[possible[:, column]].sum())
        if reach < quota.low[column] - TOLERANCE:
            reasons.append(
                f"{source} should fill {quota.low[column]:.3f} of the song and can fill {reach:.3f}"
            )
        alone = possible[:, column] & (possible.sum(1) == 1)
        forced = float(quota.mass[alone].sum())
        if forced > quota.high[column] + TOLERANCE:
            reasons.append(
                f"{source} may fill {quota.high[column]:.3f} of the song and is the only one that "
                f"fits {forced:.3f}"
            )
    total = float(quota.mass.sum())
    low, high = float(quota.low.sum()), float(quota.high.sum())
    if low > total + TOLERANCE or high < total - TOLERANCE:
        reasons.append(f"the shares add up to {low:.3f} to {high:.3f} and the slots to {total:.3f}")
    return tuple(reasons)


def shares(assigned: Sequence[int], mass: Doubles, sources: int) -> Doubles:
    """Return the mass that each source was given."""
    return np.bincount(np.asarray(assigned, np.int64), mass, sources).astype(np.float64)

"""Rights for staff: queues, overrides, claims, contracts, income, runs; the rest to read."""

from __future__ import annotations

from rights.admin import (
    claims,
    consents,
    contracts,
    deliveries,
    exchange,
    income,
    ledger,
    matches,
    outside,
    payees,
    payouts,
    recordings,
    royalty_runs,
    song_sets,
    statements,
)

__all__ = [
    "claims",
    "consents",
    "contracts",
    "deliveries",
    "exchange",
    "income",
    "ledger",
    "matches",
    "outside",
    "payees",
    "payouts",
    "recordings",
    "royalty_runs",
    "song_sets",
    "statements",
]

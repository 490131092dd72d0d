"""Measures the real ledger: ``manage.py bench ledger``.

One large entry through the service, as the application's role, on a database of its own; then its
reversal, small entries one by one, the proof and the trial balance. Every sum is checked exactly.
"""

from __future__ import annotations

import os
import resource
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psutil
from django.db import connection

from config.benchmarks.scratch import scratch_database
from config.jobs.benchmark import on_database
from rights.domain.allocation import allocate
from rights.domain.chart import account
from rights.domain.postings import Movement
from rights.selectors.ledger import balances_at, trial_balance
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.ledger import entry_post, entry_reverse

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = datetime(2026, 1, 1, tzinfo=UTC)
POOL, BASE = account("pool_inputs_clearing", "EUR"), account("pool_base_clearing", "EUR")


def ledger_benchmark(
    *, legs: int = 200_000, payees: int = 5_000, entries: int = 300
) -> dict[str, Any]:
    """Return the seconds of one entry of ``legs`` legs over ``payees``, and small ones a second."""
    load = [round(n, 2) for n in os.getloadavg()]
    laps = Laps({}, {})
    with scratch_database() as environment, on_database(environment):
        lap = laps.lap
        with lap("allocate"):
            movements = _movements(legs, payees)
        with lap("post"):
            entry = entry_post(
                idem="large", kind="allocation", effective_at=AT, movements=movements
            )
        with lap("post_again"):
            again = entry_post(
                idem="large", kind="allocation", effective_at=AT, movements=movements
            )
        with lap("trial_balance"):
            [section] = trial_balance()
        paid = sum(balances_at(None, roles=["payee_payable"]).values())
        with lap("reverse"):
            entry_reverse(entry=entry, idem="undo", effective_at=AT)
        with lap("small_entries"):
            _post_small(entries)
        with lap("prove"):
            findings = ledger_findings()
    return {
        "legs": entry.n_legs,
        "payees": payees,
        "cores": os.cpu_count(),
        "load_average_before": load,
        "seconds": laps.seconds,
        "cpu_seconds": laps.cpu_seconds,
        "small_entries_per_s": round(entries / laps.seconds["small_entries"], 1),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "is_exact": paid == legs * 7 + 3 and section.is_balanced,
        "is_posted_once": again == entry,
        "broken_invariants": [finding.invariant for finding in findings if finding.rows],
    }


def _movements(legs: int, payees: int) -> list[Movement]:
    """Divide a pool over ``legs`` shares with uneven weights, none so small that it gets nothing."""
    pool = legs * 7 + 3
    amounts = allocate(pool, {n: 1 + n % 13 for n in range(legs)}).amounts
    owners = [account("payee_payable", "EUR", f"payee-{n}") for n in range(payees)]
    shares = [Movement(owners[n % payees], amount) for n, amount in amounts.items()]
    return [*shares, Movement(POOL, -pool)]


def _post_small(entries: int) -> None:
    for number in range(entries):
        legs = [Movement(POOL, -7), Movement(BASE, 7)]
        entry_post(idem=f"small:{number}", kind="allocation", effective_at=AT, movements=legs)


@dataclass
class Laps:
    """Seconds by the clock and of the processors (this process and its database session).

    On a busy machine the first says how busy it was, the second what the work costs.
    """

    seconds: dict[str, float]
    cpu_seconds: dict[str, float]

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        began, worked = time.perf_counter(), self._worked()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 3)
        self.cpu_seconds[name] = round(self._worked() - worked, 3)

    def _worked(self) -> float:
        connection.ensure_connection()
        session = psutil.Process(connection.connection.info.backend_pid).cpu_times()
        return float(time.process_time() + session.user + session.system)

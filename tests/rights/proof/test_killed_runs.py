"""A royalty run whose process is killed at every step: a real process, a real SIGKILL, finished once."""

from __future__ import annotations

import os
import signal
import time

import pytest
from django.db import connection

from config.lib.faultpoints import fault_arm
from rights.income.pooling import shares_digest
from rights.models import ClaimRelease, Entry, PeriodLock, RoyaltyRun
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.claims import claim_activate
from rights.services.royalty_runs import (
    run_approve,
    run_begin_calculating,
    run_calculated,
    run_create,
    run_lock,
)
from rights.tasks.royalty_run import period_divide
from tests.rights.claims.held import books, claim
from tests.rights.factories import make_party
from tests.rights.income.reports import Sale
from tests.rights.proof.invariants import Seal
from tests.rights.runs.months import OCTOBER, OTHER, bring

LOCKING = ("posted", "closed", "released", "locking")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(point: str, act) -> None:
    """Do something in another process that is killed at the point; nothing of it may be left."""
    before = Seal().everything()
    connection.close()  # the other process opens its own
    if not (child := os.fork()):
        try:
            fault_arm(f"runs.{point}", die)
            act()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"it lived through {point}"
    assert os.WTERMSIG(status) == signal.SIGKILL
    until = time.monotonic() + 30
    while Seal().everything() != before:  # the server has still to notice, and rolls back
        assert time.monotonic() < until, f"{point} left something behind"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_every_step_a_run_is_finished_once(world, cast, olive):
    bring([Sale(net="10.000001"), Sale(isrc=OTHER, net="3", summary="S2")], cast.sam)
    run = run_begin_calculating(run_create(period=OCTOBER, actor=cast.sam))
    shares, facts = period_divide(run.period)
    done = {"run": run, "shares": shares, "facts": facts, "digest": shares_digest(shares)}
    killed_at("written", lambda: run_calculated(**done))
    run_calculated(**done)
    late = claim(world.unowned, make_party("Dora"), cast.rita)
    claim_activate(claim=late, actor=olive, reason="Seen")  # paid by the lock, or not at all

    run = RoyaltyRun.objects.get()
    killed_at("approving", lambda: run_approve(run=run, actor=olive, because="Looked"))
    run_approve(run=run, actor=olive, because="Looked")
    for point in LOCKING:
        killed_at(point, lambda: run_lock(run=run, actor=cast.sam))
        assert (RoyaltyRun.objects.get().state, PeriodLock.objects.count()) == ("approved", 0)
    run_lock(run=run, actor=cast.sam)
    after = books()
    run_lock(run=run, actor=cast.sam)
    assert books() == after
    assert Entry.objects.filter(kind="allocation").count() == 1
    assert (PeriodLock.objects.count(), ClaimRelease.objects.count()) == (1, 1)
    assert [found.invariant for found in ledger_findings() if found.rows] == []

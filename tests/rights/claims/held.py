"""Months that hold money, claims on it, and what the books say, in few words."""

from __future__ import annotations

from rights.domain.chart import CHART
from rights.models import ClaimChange, ClaimRelease, Entry, RightsClaim
from rights.selectors.ledger import balances_at
from rights.services.claims import Proof, Wanted, claim_submit
from rights.services.royalty_runs import run_approve, run_create, run_lock
from rights.tasks.royalty_run import run_calculate_here
from tests.rights.runs.months import bring

calculate = run_calculate_here


def lock(run, first, second):
    """Approve by the second person and lock."""
    run_approve(run=run, actor=second, because="Compared with the month before")
    return run_lock(run=run, actor=first)


def month_of(period, sales, first, second, *, message="M-1"):
    """Bring a report, divide its month, lock it; return the run."""
    if sales:
        bring(sales, first, month=period, message=message)
    return lock(calculate(run_create(period=period, actor=first)), first, second)


def claim(recording, party, actor, share_ppm=1_000_000, **more):
    """Claim a share with a word of evidence."""
    return claim_submit(
        recording=recording,
        party=party,
        wanted=Wanted(share_ppm, **more),
        proofs=[Proof("The recording contract of 2019")],
        actor=actor,
    )


def books(*roles):
    """Return every balance that is not zero, by the account's code."""
    found = balances_at(None, roles=roles or tuple(CHART))
    return {code: micros for code, micros in found.items() if micros}


def state_of_everything():
    """Return all that a refusal must leave alone."""
    return (
        sorted(RightsClaim.objects.values_list("pk", "state")),
        ClaimChange.objects.count(),
        ClaimRelease.objects.count(),
        Entry.objects.count(),
        books(),
    )

"""What a royalty run posts: one entry for each currency, which empties the pools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum

from rights.domain.chart import account
from rights.domain.postings import Movement, PayeeStanding, payee_movements
from rights.models import Entry, RightsClaim, RoyaltyRun, RunShare
from rights.selectors.run_inputs import Period
from rights.services.ledger import entry_post
from rights.services.ledger_accounts import payees_lock

if TYPE_CHECKING:
    from uuid import UUID

_TICK = timedelta(microseconds=1)


def run_payees_lock(
    run: RoyaltyRun, claimed: Iterable[UUID]
) -> dict[str, Mapping[str, PayeeStanding]]:
    """Lock everybody whom the run will pay, in all its currencies, before the first entry.

    Who posts holds a lock that the locking of the period waits for; waiting for a payee with it in
    hand could end in a circle.
    """
    waiting = RightsClaim.objects.filter(recording__in=claimed, state=RightsClaim.State.ACTIVE)
    late = {str(party) for party in waiting.values_list("party", flat=True)}
    return {
        currency: payees_lock({*_paid(run, currency), *late}, currency=currency)
        for currency in sorted(set(run.shares.values_list("currency", flat=True)))
    }


def _paid(run: RoyaltyRun, currency: str) -> dict[str, int]:
    rows = run.shares.filter(currency=currency).exclude(party=None).values_list("party")
    return {str(party): amount for party, amount in rows.annotate(Sum("amount")).order_by("party")}


def run_post(
    run: RoyaltyRun, currency: str, standings: Mapping[str, PayeeStanding]
) -> Entry | None:
    """Post the division of one currency: the pools are emptied into payables and suspense.

    Nothing is posted where a report that was taken back and the one that replaced it come to the
    same.
    """
    shares = run.shares.filter(currency=currency)
    movements = [
        leg
        for party, amount in sorted(_paid(run, currency).items())
        if amount
        for leg in payee_movements(party, currency, amount, standings[party])
    ]
    movements += _held(run, currency)
    pools = dict(shares.values_list("pool").annotate(Sum("amount")).order_by("pool"))
    for pool, role in (
        (RunShare.Pool.INPUTS, "pool_inputs_clearing"),
        (RunShare.Pool.BASE, "pool_base_clearing"),
    ):
        if pools.get(pool):
            movements.append(Movement(account(role, currency), -pools[pool]))
    if not movements:
        return None
    return entry_post(
        idem=f"run:{run.pk}:{currency}",
        kind="allocation",
        effective_at=Period.parse(run.period).end - _TICK,
        movements=movements,
        memo=f"Royalty run {run.period}",
        facts={"run": str(run.pk), "sha256": run.result_sha256},
        posted_by=run.approved_by,
    )


def _held(run: RoyaltyRun, currency: str) -> list[Movement]:
    held: dict[str, int] = defaultdict(int)
    rows = (
        run.shares.filter(currency=currency, party=None)
        .values_list("recording__isrc")
        .annotate(Sum("amount"))
        .order_by("recording__isrc")
    )
    for isrc, amount in rows:
        held[isrc or ""] += amount
    return [
        Movement(
            account("suspense_track", currency, isrc)
            if isrc
            else account("suspense_base", currency),
            amount,
        )
        for isrc, amount in sorted(held.items())
        if amount
    ]

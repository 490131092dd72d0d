"""Running a period: calculate, look, approve by a second person, post and lock. Never edited after.

Every step may be asked for twice and happens once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.services.audit import audit_record
from config.jobs.services import enqueue
from rights.constants import BACK_OFFICE
from rights.domain.chart import account
from rights.domain.postings import Movement, payee_movements
from rights.exceptions import RunRefusedError
from rights.models import Entry, RoyaltyRun, RunShare
from rights.selectors.run_inputs import Period, reports_of
from rights.services.ledger import entry_post
from rights.services.ledger_accounts import payees_lock
from rights.services.periods import period_lock
from rights.services.suspense import recordings_held_of, recordings_lock, suspense_release

if TYPE_CHECKING:
    from accounts.models import User
    from config.jobs.models import Job
    from rights.income.pooling import Share

KIND = "rights.run.calculate"
State = RoyaltyRun.State
_COLUMNS = "run_id, pool, group_id, recording_id, party_id, currency, weight, share_ppm, amount"
_TICK = timedelta(microseconds=1)


@transaction.atomic
def run_create(*, period: str, actor: User | None) -> RoyaltyRun:
    """Begin the run of a month that is over; return it, or the one that was begun before.

    Raises
    ------
    RunRefusedError
        If it is no month, or not over yet.
    """
    try:
        month = Period.parse(period)
    except ValueError as error:
        raise RunRefusedError(
            "rights.run.period", f"{period!r} is no month such as 2026-10. Nothing was begun."
        ) from error
    if month.end > timezone.now():
        raise RunRefusedError(
            "rights.run.period_open",
            f"{period} is not over yet. Nothing was begun. Run it from {month.end:%d %B %Y} on.",
        )
    run, is_new = RoyaltyRun.objects.get_or_create(period=period, defaults={"created_by": actor})
    if is_new:
        _record("rights.run.begun", run, actor)
    return run


@transaction.atomic
def run_calculate(*, run: RoyaltyRun, actor: User | None) -> RoyaltyRun:
    """Ask for the division of the period; what an earlier calculation said is forgotten.

    Raises
    ------
    RunRefusedError
        If the run is approved already.
    """
    run = run_begin_calculating(run)
    run.job = enqueue(
        KIND,
        {"run": str(run.pk)},
        idem=f"{KIND}/{run.pk}/{timezone.now().isoformat()}",
        tenant=BACK_OFFICE,
        title=run.period,
    )
    run.save(update_fields=["job"])
    _record("rights.run.calculated", run, actor)
    return run


@transaction.atomic
def run_begin_calculating(run: RoyaltyRun) -> RoyaltyRun:
    """Take an unapproved run back to the beginning of its calculation."""
    run = _locked(run)
    _require(run, State.DRAFT, State.CALCULATING, State.CALCULATED, to="be calculated")
    run.shares.all().delete()
    run.state, run.result_sha256, run.facts = State.CALCULATING, "", {}
    run.save(update_fields=["state", "result_sha256", "facts"])
    return run


def run_follow_retry(*, old: Job, new: Job) -> None:
    """Let the run of a job that is tried again point at the new job."""
    RoyaltyRun.objects.filter(job=old).update(job=new)


@transaction.atomic
def run_calculated(
    *, run: RoyaltyRun, shares: Iterable[Share], facts: Mapping[str, Any], digest: str
) -> None:
    """Write down what a calculation came to."""
    run = _locked(run)
    _require(run, State.CALCULATING, to="be written down")
    run.shares.all().delete()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY rights_runshare ({_COLUMNS}) FROM STDIN") as copy,
    ):
        for share in shares:
            copy.write_row(
                (run.pk, share.pool, share.group or None, share.recording or None,
                 share.party or None, share.currency, share.weight, share.share_ppm, share.amount)
            )  # fmt: skip
    run.state, run.facts, run.result_sha256 = State.CALCULATED, dict(facts), digest
    run.save(update_fields=["state", "facts", "result_sha256"])


@transaction.atomic
def run_approve(*, run: RoyaltyRun, actor: User, because: str) -> RoyaltyRun:
    """Approve what a run came to: by another person than the one who began it, with what they checked.

    Raises
    ------
    RunRefusedError
        If it is not calculated, by the same person, without a word of what was checked, or a report
        was posted in the period since it was calculated.
    """
    run = _locked(run)
    _require(run, State.CALCULATED, to="be approved")
    if run.created_by_id == actor.pk:
        raise RunRefusedError(
            "rights.run.same_person",
            "A run is approved by another person than the one who began it. Nothing was changed. "
            "Ask a colleague to look at it.",
        )
    if not because.strip():
        raise RunRefusedError(
            "rights.run.no_reason",
            "Say what you checked. Nothing was changed; the words are kept with the run.",
        )
    _require_fresh(run)
    run.state, run.approved_by, run.approved_at = State.APPROVED, actor, timezone.now()
    run.approved_because = because.strip()
    run.save(update_fields=["state", "approved_by", "approved_at", "approved_because"])
    _record("rights.run.approved", run, actor, because=because.strip())
    return run


@transaction.atomic
def run_lock(*, run: RoyaltyRun, actor: User | None) -> RoyaltyRun:
    """Post what an approved run divided, one entry for each currency, and lock the period for good.

    Raises
    ------
    RunRefusedError
        If it is not approved.
    PeriodLockError
        If money is left in a pool.
    """
    run = _locked(run)
    if run.state in (State.LOCKED, State.PUBLISHED):
        return run
    _require(run, State.APPROVED, to="be locked")
    _require_fresh(run)
    month = Period.parse(run.period)
    claimed = recordings_held_of(run)
    recordings_lock(claimed)  # before any payee, as whoever decides on claims does
    for currency in sorted(set(run.shares.values_list("currency", flat=True))):
        _post(run, currency, month)
    period_lock(ends_at=month.end, locked_by=actor, reason=f"Royalty run {run.period}")
    run.state = State.LOCKED
    run.save(update_fields=["state"])
    # What was claimed since the calculation is let go at once, in the open period.
    suspense_release(recordings=claimed, cause=f"run-{run.pk}", actor=actor)
    _record("rights.run.locked", run, actor, sha256=run.result_sha256)
    return run


def _post(run: RoyaltyRun, currency: str, month: Period) -> Entry:
    """Post the division of one currency: the pools are emptied into payables and suspense."""
    shares = run.shares.filter(currency=currency)
    paid: dict[str, int] = {
        str(party): amount
        for party, amount in shares.exclude(party=None)
        .values_list("party")
        .annotate(Sum("amount"))
        .order_by("party")
    }
    standings = payees_lock(paid, currency=currency)
    movements = [
        leg
        for party, amount in sorted(paid.items())
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
    return entry_post(
        idem=f"run:{run.pk}:{currency}",
        kind="allocation",
        effective_at=month.end - _TICK,
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


def _require_fresh(run: RoyaltyRun) -> None:
    """Refuse a run that does not know of every report of its period."""
    known, there = set(run.facts.get("reports", [])), set(reports_of(Period.parse(run.period)))
    if known != there:
        raise RunRefusedError(
            "rights.run.stale",
            "Since it was calculated, reports were posted or reversed in the period. Nothing was "
            "changed. Calculate the run again.",
        )


def _require(run: RoyaltyRun, *states: str, to: str) -> None:
    if run.state not in states:
        raise RunRefusedError(
            "rights.run.state",
            f"The run of {run.period} is {run.get_state_display().lower()} and cannot {to}. Nothing "
            "was changed.",
        )


def _locked(run: RoyaltyRun) -> RoyaltyRun:
    return RoyaltyRun.objects.select_for_update().get(pk=run.pk)


def _record(action: str, run: RoyaltyRun, actor: User | None, **data: object) -> None:
    audit_record(action=action, actor=actor, organisation=None, target=run, data=data)

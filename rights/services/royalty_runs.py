"""Running a period: calculate, look, approve by a second person, post and lock. Never edited after.

Every step may be asked for twice and happens once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.services.audit import audit_record
from config.jobs.services import enqueue
from config.lib.faultpoints import fault
from rights.constants import BACK_OFFICE
from rights.exceptions import RunRefusedError
from rights.models import RoyaltyRun
from rights.selectors.run_freshness import is_fresh, months_before
from rights.selectors.run_inputs import Period
from rights.services.periods import period_lock
from rights.services.run_posting import run_payees_lock, run_post
from rights.services.suspense import (
    claims_pause,
    recordings_held_of,
    recordings_lock,
    suspense_release,
)

if TYPE_CHECKING:
    from accounts.models import User
    from config.jobs.models import Job
    from rights.income.pooling import Share

KIND = "rights.run.calculate"
State = RoyaltyRun.State
_COLUMNS = "run_id, pool, group_id, recording_id, party_id, currency, weight, share_ppm, amount"


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
        If the run is approved and still says what it would say today, or a month before it waits.
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
    """Take a run back to the beginning of its calculation; a stale approval lapses.

    The calculation that was asked for before this one has nothing to say any more.
    """
    run = _locked(run)
    states = [State.DRAFT, State.CALCULATING, State.CALCULATED]
    if run.state == State.APPROVED and not is_fresh(run):
        states.append(State.APPROVED)
    _require(run, *states, to="be calculated")
    _require_turn(run)
    run.state, run.result_sha256, run.facts, run.job = State.CALCULATING, "", {}, None
    run.approved_by, run.approved_at, run.approved_because = None, None, ""
    run.save()
    run.shares.all().delete()
    return run


def run_follow_retry(*, old: Job, new: Job) -> None:
    """Let the run of a job that is tried again point at the new job."""
    RoyaltyRun.objects.filter(job=old).update(job=new)


@transaction.atomic
def run_calculated(
    *,
    run: RoyaltyRun,
    shares: Iterable[Share],
    facts: Mapping[str, Any],
    digest: str,
    job: Job | None = None,
) -> None:
    """Write down what a calculation came to; ``job`` is the one that calculated, if one did.

    Raises
    ------
    RunRefusedError
        If nobody asked for it, or somebody asked for another one since.
    """
    run = _locked(run)
    _require(run, State.CALCULATING, to="be written down")
    if run.job_id != (job.pk if job else None):
        raise RunRefusedError(
            "rights.run.superseded",
            f"Meanwhile another calculation of {run.period} was asked for. Nothing was written; "
            "wait for that one.",
        )
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY rights_runshare ({_COLUMNS}) FROM STDIN") as copy,
    ):
        for share in shares:
            copy.write_row(
                (run.pk, share.pool, share.group or None, share.recording or None,
                 share.party or None, share.currency, share.weight, share.share_ppm, share.amount)
            )  # fmt: skip
    fault("runs.written")
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
    fault("runs.approving")
    return run


@transaction.atomic
def run_lock(*, run: RoyaltyRun, actor: User | None) -> RoyaltyRun:
    """Post what an approved run divided, one entry for each currency, and lock the period for good.

    Raises
    ------
    RunRefusedError
        If it is not approved, would say something else today, or a month before it waits.
    PeriodLockError
        If money is left in a pool.
    """
    run = _locked(run)
    if run.state in (State.LOCKED, State.PUBLISHED):
        return run
    _require(run, State.APPROVED, to="be locked")
    claims_pause()
    _require_fresh(run)
    _require_turn(run)
    month = Period.parse(run.period)
    claimed = recordings_held_of(run)
    recordings_lock(claimed)  # before any payee, as whoever decides on claims does
    for currency, standings in run_payees_lock(run, claimed).items():
        run_post(run, currency, standings)
        fault("runs.posted")
    period_lock(ends_at=month.end, locked_by=actor, reason=f"Royalty run {run.period}")
    fault("runs.closed")
    run.state = State.LOCKED
    run.save(update_fields=["state"])
    # What was claimed since the calculation is let go at once, in the open period.
    suspense_release(recordings=claimed, cause=f"run-{run.pk}", actor=actor)
    fault("runs.released")
    _record("rights.run.locked", run, actor, sha256=run.result_sha256)
    fault("runs.locking")
    return run


def _require_fresh(run: RoyaltyRun) -> None:
    """Refuse a run that would say something else today."""
    if not is_fresh(run):
        raise RunRefusedError(
            "rights.run.stale",
            "Since it was calculated, reports were posted or reversed in the period, or claims "
            "that it pays by have ended or are disputed. Nothing was changed. Calculate the run again.",
        )


def _require_turn(run: RoyaltyRun) -> None:
    """Refuse a month while one before it is not locked: what it takes back is not settled yet."""
    if waiting := months_before(Period.parse(run.period)):
        raise RunRefusedError(
            "rights.run.order",
            f"{', '.join(waiting)} has reports and comes first. Nothing was changed. Lock that "
            f"month, then run {run.period}.",
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

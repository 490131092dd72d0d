"""Issuing statements: one transaction for each, in which it is settled, posted and written down.

Whatever stops a batch (a lost lease, kill -9), it goes on where it was: who has a statement for the
period is not due again, and the keys of the entries are made of the statement's place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from accounts.services.audit import audit_record
from config.jobs.models import Job
from config.jobs.services import enqueue
from config.lib.faultpoints import fault
from rights.constants import BACK_OFFICE
from rights.exceptions import StatementRefusedError
from rights.models import Contract, Party, RoyaltyRun, Statement, StatementBatch
from rights.selectors.run_inputs import Period
from rights.selectors.statement_due import Due
from rights.selectors.statement_inputs import (
    Span,
    advance_of,
    books_of,
    earned_before,
    lines_of,
    reserves_after,
    runs_of,
    statements_before,
)
from rights.services.ledger_accounts import payees_lock
from rights.services.statement_postings import Postings, moment_open
from rights.services.statement_settling import NO_CONTRACT, Figures, Inputs, figures_make, terms_of
from rights.services.statement_writing import Issue, statement_post, statement_write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from accounts.models import User

KIND = "rights.statements.issue"
CLOSED = (RoyaltyRun.State.LOCKED, RoyaltyRun.State.PUBLISHED)
_NUMBERING = "SELECT pg_advisory_xact_lock(hashtext('rights.statement.number'))"


@transaction.atomic
def statements_issue(*, run: RoyaltyRun, actor: User | None) -> Job:
    """Ask for the statements of a locked run; asked again, for those that are missing.

    Raises
    ------
    StatementRefusedError
        If the run is not locked, or an earlier one has no statements yet.
    """
    batch = batch_begin(run=run, actor=actor)
    if batch.job is not None and batch.job.state in (Job.State.QUEUED, Job.State.RUNNING):
        return batch.job
    batch.job = enqueue(
        KIND,
        {"run": str(run.pk)},
        idem=f"{KIND}/{run.pk}/{timezone.now().isoformat()}",
        tenant=BACK_OFFICE,
        title=run.period,
    )
    batch.save(update_fields=["job"])
    return batch.job


@transaction.atomic
def batch_begin(*, run: RoyaltyRun, actor: User | None) -> StatementBatch:
    """Begin the batch of a run, or return the one that was begun.

    Raises
    ------
    StatementRefusedError
        If the run is not locked, or an earlier one has no statements yet.
    """
    mine = RoyaltyRun.objects.select_for_update().get(pk=run.pk)
    if mine.state not in CLOSED:
        raise StatementRefusedError(
            "rights.statement.not_locked",
            f"The run of {mine.period} is {mine.get_state_display().lower()}. Nothing was issued. "
            "Statements are issued of a run that is locked.",
        )
    earlier = RoyaltyRun.objects.filter(state__in=CLOSED, period__lt=mine.period)
    if open_one := earlier.exclude(statement_batch__issued_at__isnull=False).first():
        raise StatementRefusedError(
            "rights.statement.order",
            f"The statements of {open_one.period} are not issued yet. Nothing was issued. Issue them "
            "first: each statement begins where the one before ended.",
        )
    batch, is_new = StatementBatch.objects.get_or_create(run=mine, defaults={"begun_by": actor})
    if is_new:
        audit_record(action="rights.statement.begun", actor=actor, organisation=None, target=mine)
    return batch


@transaction.atomic
def batch_issued(*, batch: StatementBatch, missed: Sequence[Mapping[str, str]]) -> None:
    """Write down that every statement of a batch is issued, but those that are named with a reason."""
    mine = StatementBatch.objects.select_for_update().get(pk=batch.pk)
    mine.missed, mine.issued_at = list(missed), mine.issued_at or timezone.now()
    mine.save(update_fields=["missed", "issued_at"])
    audit_record(
        action="rights.statement.issued",
        actor=None,
        organisation=None,
        target=mine.run,
        data={"statements": mine.run.statements.count(), "missed": len(missed)},
    )


def batch_follow_retry(*, old: Job, new: Job) -> None:
    """Let the batch of a job that is tried again point at the new job."""
    StatementBatch.objects.filter(job=old).update(job=new)


@transaction.atomic
def statement_issue(*, due: Due, run: RoyaltyRun, actor: User | None) -> Statement:
    """Settle the period of one payee, post its steps, write the statement; return it, or the known one.

    Raises
    ------
    StatementRefusedError
        If no terms count on the last day, or books and lines or the statement before disagree.
    RateMissingError
        If a currency has no rate on the last day of the period.
    """
    party = Party.objects.select_for_update(no_key=True).get(pk=due.party)
    ends_at = Period.parse(run.period).end
    known = Statement.objects.filter(
        party=party, currency=due.currency, ends_at=ends_at, replaced_by=None
    ).first()
    if known is not None:
        return known
    before = list(statements_before(party, ends_at))
    last = next((one for one in before if one.currency == due.currency), None)
    issue = Issue(
        party=party,
        contract=_contract(due.contract),
        run=run,
        currency=due.currency,
        span=Span(before[0].ends_at if before else None, ends_at),
        sequence=last.sequence + 1 if last else 1,
        last=last,
        number=_number(run.period),
        actor=actor,
    )
    return _settle(issue)


@transaction.atomic
def statement_revise(*, statement: Statement, actor: User | None, because: str) -> Statement:
    """Issue a statement anew under its number: what it posted is reversed, and settled as it is now.

    Raises
    ------
    StatementRefusedError
        If it was replaced or followed by another, or no reason is given.
    BalanceExceededError
        If it was paid out already; what is wrong is then put right by an adjustment.
    """
    party = Party.objects.select_for_update(no_key=True).get(pk=statement.party_id)
    old = Statement.objects.select_related("run", "contract").get(pk=statement.pk)
    followed = Statement.objects.filter(party=party, ends_at__gt=old.ends_at).exists()
    if followed or Statement.objects.filter(replaces=old).exists():
        raise StatementRefusedError(
            "rights.statement.followed",
            f"{old} was replaced, or another statement follows it. Nothing was changed. What is "
            "wrong is put right by an adjustment in the next statement.",
        )
    if not because.strip():
        raise StatementRefusedError(
            "rights.statement.no_reason",
            "Say what is corrected. Nothing was changed; the words are printed on the statement.",
        )
    before = statements_before(party, old.ends_at).filter(currency=old.currency)
    chain = Statement.objects.filter(party=party, currency=old.currency, sequence=old.sequence)
    issue = Issue(
        party=party,
        contract=_contract(old.contract_id),
        run=old.run,
        currency=old.currency,
        span=Span(old.starts_at, old.ends_at),
        sequence=old.sequence,
        last=before.first(),
        number=old.number,
        actor=actor,
        revision=old.revision + 1,
        replaces=old,
        because=because.strip(),
        revised=tuple(chain.values_list("pk", flat=True)),
    )
    made = _settle(issue)
    audit_record(
        action="rights.statement.revised",
        actor=actor,
        organisation=party.organisation,
        target=made,
        data={"number": made.number, "because": because.strip()},
    )
    return made


def _contract(key: UUID | None) -> Contract | None:
    return None if key is None else Contract.objects.prefetch_related("terms").get(pk=key)


def _number(period: str) -> str:
    """Return the next number of a month; the lock is held until the statement stands."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERING)
    taken = Statement.objects.filter(number__startswith=f"TF-{period}-", revision=1).count()
    return f"TF-{period}-{taken + 1:05d}"


def _settle(issue: Issue) -> Statement:
    """Settle, post and write one statement; its payee's row is locked."""
    books = books_of(issue.party, issue.span, issue.revised)
    runs = runs_of(issue.span)
    lines = lines_of(issue.party, issue.span, runs)
    if issue.contract is None:
        books = books.of(issue.currency)
        lines = [line for line in lines if line.currency == issue.currency]
    _require_the_last_closing(issue, books.opening.get(issue.currency, 0))
    terms = terms_of(issue.contract, issue.span)
    figures = figures_make(
        Inputs(
            currency=issue.currency,
            sequence=issue.sequence,
            books=books,
            lines=lines,
            terms=terms,
            hold="" if issue.contract else NO_CONTRACT,
            advance=advance_of(issue.contract, issue.span, issue.revised) if issue.contract else 0,
            earned_before=earned_before(issue.contract, issue.span) if issue.contract else 0,
            reserves=reserves_after(issue.last),
            taken_in=_periods(issue),
            on=issue.span.last_day,
        )
    )
    postings = _postings(issue, figures)
    statement_post(issue, figures, postings)
    fault("statements.posted")
    made = statement_write(issue, figures, terms=terms, runs=runs, posted=postings.posted)
    fault("statements.written")
    return made


def _postings(issue: Issue, figures: Figures) -> Postings:
    """Lock the payee in every currency that is moved, always in the order of their codes."""
    party = str(issue.party.pk)
    undone = (
        issue.replaces.entries.values_list("entry__legs__currency", flat=True)
        if issue.replaces
        else ()
    )
    moved = {issue.currency, *(one.base for one in figures.converted), *undone}
    return Postings(
        number=issue.number,
        place=f"{party}:{issue.currency}:{issue.sequence}:{issue.revision}",
        party=party,
        contract=str(issue.contract.pk) if issue.contract else "",
        effective_at=moment_open(issue.span.ends_at),
        standings={code: payees_lock([party], currency=code)[party] for code in sorted(moved)},
        actor=issue.actor,
    )


def _require_the_last_closing(issue: Issue, opening: int) -> None:
    expected = issue.last.closing if issue.last else 0
    if opening != expected:
        raise StatementRefusedError(
            "rights.statement.disagrees",
            f"The last statement closed with {expected} micro-units of {issue.currency} and the books "
            f"say {opening}. Nothing was issued. Ask manage.py check_ledger.",
        )


def _periods(issue: Issue) -> dict[int, str]:
    """Return the months that the payee's periods in the currency ended with, by their numbers."""
    rows = Statement.objects.filter(party=issue.party, currency=issue.currency, revision=1)
    return {**dict(rows.values_list("sequence", "period")), issue.sequence: issue.run.period}

"""Batches: in order, with progress, killed anywhere and finished once; who is missed is named."""

from __future__ import annotations

import json
import os
import signal
import time
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from config.jobs.models import Job
from config.lib.faultpoints import fault_arm, fault_disarm
from rights.exceptions import StatementRefusedError
from rights.models import Entry, RoyaltyRun, Statement, StatementDocument, StatementEntry
from rights.selectors.ledger_invariants import ledger_findings
from rights.selectors.statement_due import payees_due
from rights.services.statements import statements_issue
from rights.tasks.statements import statements_make
from tests.rights.factories import make_party
from tests.rights.statements.months import (
    AUGUST,
    SEPTEMBER,
    Earning,
    contract_of,
    issue,
    locked,
    rate,
)

pytestmark = pytest.mark.django_db
POINTS = ("statements.posted", "statements.written", "statements.committed")


class KilledError(BaseException):
    """What nothing catches, as little as SIGKILL; the transaction goes with it."""


@pytest.fixture
def payees(cast):
    """Three with contracts."""
    made = [make_party(f"Payee {n}") for n in range(3)]
    for one in made:
        contract_of(one, actor=cast.sam, fee_ppm=150_000, reserve_ppm=100_000, reserve_periods=1)
    return made


@pytest.fixture
def run(payees, cast, olive):
    return locked(AUGUST, [Earning(one, 10_000_001) for one in payees], cast.sam, olive)


def sound():
    assert [finding for finding in ledger_findings() if finding.rows] == []


def die():
    raise KilledError


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_a_batch_is_finished_once(run, point):
    whole = {"statements.posted": 0, "statements.written": 0, "statements.committed": 1}
    fault_arm(point, die)
    try:
        with pytest.raises(KilledError):
            statements_make(run, None, holding=transaction.atomic)
    finally:
        fault_disarm()
    assert Statement.objects.count() == whole[point]
    assert statements_make(run, None) == []
    assert statements_make(run, None) == []
    assert Statement.objects.count() == 3
    assert StatementEntry.objects.count() == 6  # a fee and a reserve each, once
    assert Entry.objects.filter(idem__startswith="statement:").count() == 6
    assert sorted(Statement.objects.values_list("number", flat=True)) == [
        f"TF-2026-08-0000{n}" for n in (1, 2, 3)
    ]
    sound()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_for_good_in_the_middle_the_command_goes_on_where_it_was(payees, cast, olive):
    """SIGKILL while the second statement is written; the first stands, and nothing is done twice."""
    run = locked(AUGUST, [Earning(one, 10_000_001) for one in payees], cast.sam, olive)
    options = {"period": AUGUST, "by": cast.sam.email, "no_pdf": True, "stdout": StringIO()}
    seen = []

    def second_time():
        seen.append(1)
        if len(seen) == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    connection.close()
    if not (child := os.fork()):
        try:
            fault_arm("statements.written", second_time)
            call_command("statements_issue", **options)
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    time.sleep(0.1)  # the server notices that its client is gone, and rolls back
    assert Statement.objects.count() == 1
    sound()
    call_command("statements_issue", **options)
    assert max(Statement.objects.values_list("number", flat=True)) == "TF-2026-08-00003"
    assert Entry.objects.filter(idem__startswith="statement:").count() == 6
    assert run.statements.count() == 3
    sound()


def test_statements_are_issued_in_the_order_of_the_months(run, payees, cast, olive):
    later = locked(SEPTEMBER, [Earning(payees[0], 1)], cast.sam, olive)
    with pytest.raises(StatementRefusedError, match="of 2026-08 are not issued yet"):
        statements_issue(run=later, actor=cast.sam)
    assert Job.objects.filter(kind="rights.statements.issue").count() == 0
    first = statements_issue(run=run, actor=cast.sam)
    assert statements_issue(run=run, actor=cast.sam) == first  # while it waits, it is one


def test_who_has_no_rate_is_named_and_stops_nobody(payees, cast, olive):
    run = locked(
        AUGUST,
        [Earning(payees[0], 1_000_000, "USD"), Earning(payees[1], 5_000_000)],
        cast.sam,
        olive,
    )
    [missed] = statements_make(run, cast.sam)
    assert (missed["name"], missed["currency"]) == ("Payee 0", "EUR")
    assert "rate" in missed["why"]
    assert Statement.objects.get().party == payees[1]
    rate("1.25", on=date(2026, 8, 31))
    assert statements_make(run, cast.sam) == []
    assert Statement.objects.get(party=payees[0]).earned == 800_000
    sound()


def test_a_contract_is_settled_when_its_period_ends(cast, olive, alma):
    """A quarter to the end of September takes two months in; each of its lines says its run."""
    contract_of(alma, actor=cast.sam, every="Q")
    august = locked(AUGUST, [Earning(alma, 1_000_000)], cast.sam, olive)
    assert payees_due(august) == []
    issue(august)
    [made] = issue(locked(SEPTEMBER, [Earning(alma, 2_000_000)], cast.sam, olive))
    assert (made.earned, made.n_lines, made.sequence, made.starts_at) == (3_000_000, 2, 1, None)
    sound()


def test_a_month_in_which_nothing_moved_has_no_statement_unless_something_stands(cast, olive, alma):
    contract_of(alma, actor=cast.sam, payout_min=5_000_000)
    other = make_party("Other")
    contract_of(other, actor=cast.sam)
    issue(locked(AUGUST, [Earning(alma, 1_000_000)], cast.sam, olive))
    [made] = issue(locked(SEPTEMBER, [], cast.sam, olive))
    assert (made.party, made.opening, made.closing) == (alma, 1_000_000, 1_000_000)
    assert made.carried_because == "below_minimum"
    sound()


def test_a_run_that_is_not_locked_has_no_statements(run, cast):
    draft = RoyaltyRun.objects.create(period=SEPTEMBER, created_by=cast.sam)
    with pytest.raises(StatementRefusedError, match="Nothing was issued"):
        statements_issue(run=draft, actor=cast.sam)


@pytest.mark.slow
def test_the_job_issues_draws_and_says_how_far_it_is(run, cast, do_next_job):
    job = statements_issue(run=run, actor=cast.sam)
    do_next_job()
    job.refresh_from_db()
    assert (job.state, job.progress_ppm) == ("succeeded", 1_000_000)
    assert (Statement.objects.count(), StatementDocument.objects.count()) == (3, 3)
    run.statement_batch.refresh_from_db()
    assert run.statement_batch.issued_at is not None
    assert run.statement_batch.missed == []


def test_the_command_issues_publishes_and_says_it_again(run, cast):
    options = {"period": AUGUST, "by": cast.sam.email, "no_pdf": True, "json": True}
    out = StringIO()
    call_command("statements_issue", publish=True, stdout=out, **options)
    said = json.loads(out.getvalue())
    assert (said["statements"], said["issued"], said["published"], said["missed"]) == (3, 3, 3, [])
    again = StringIO()
    call_command("statements_issue", publish=True, stdout=again, **options)
    assert json.loads(again.getvalue())["issued"] == 0
    with pytest.raises(CommandError, match="no member of staff"):
        call_command("statements_issue", **{**options, "by": cast.rita.email})
    sound()

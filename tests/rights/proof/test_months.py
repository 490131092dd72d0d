"""Months in the order they come, and what happens between a calculation and the lock."""

from __future__ import annotations

import pytest
import time_machine

from rights.exceptions import RunRefusedError
from rights.income.pooling import shares_digest
from rights.models import Entry, IncomeFile, RoyaltyRun
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.claims import claim_activate, claim_reject, claim_withdraw
from rights.services.income import income_reverse
from rights.services.royalty_runs import (
    run_approve,
    run_calculate,
    run_calculated,
    run_create,
    run_lock,
)
from rights.tasks.royalty_run import period_divide
from tests.rights.claims.held import books, calculate, claim, lock, month_of
from tests.rights.factories import make_party
from tests.rights.income.reports import Sale
from tests.rights.runs.months import NOVEMBER, OCTOBER, OTHER, bring

pytestmark = pytest.mark.django_db


def proved():
    return [found.invariant for found in ledger_findings() if found.rows] == []


def reverse(file, actor, month=NOVEMBER):
    with time_machine.travel(f"{month}-10T12:00Z", tick=False):
        income_reverse(file=file, because="Wrong", actor=actor)


def test_a_report_brought_again_under_another_name_leaves_nothing_to_post(world, cast, olive):
    """What the reversal takes back, the same figures give back: the month is locked all the same."""
    month_of(OCTOBER, [Sale(net="10.000001")], cast.sam, olive)
    before = books()
    reverse(IncomeFile.objects.get(), cast.sam)
    bring([Sale(net="10.000001")], cast.sam, month=NOVEMBER, message="M-2")
    run = lock(calculate(run_create(period=NOVEMBER, actor=cast.sam)), cast.sam, olive)
    assert run.state == "locked"
    assert books() | {"x": 0} == before | {"x": 0}
    assert proved()


def test_a_report_that_sums_to_nothing_is_taken_back_like_any_other(world, cast, olive):
    """One song gains what another loses: no entry is posted, and yet owners gain and lose."""
    sales = [Sale(net="5"), Sale(isrc=OTHER, net="-5")]
    bring([Sale(isrc=OTHER, net="20")], cast.sam, message="M-0")
    file = bring(sales, cast.sam)
    assert not Entry.objects.filter(idem__startswith=f"income:{file.pk}").exists()
    lock(calculate(run_create(period=OCTOBER, actor=cast.sam)), cast.sam, olive)
    gained = books("payee_payable")[f"payee_payable:{world.rita.pk}:EUR"]
    assert gained > 0
    reverse(file, cast.sam)
    lock(calculate(run_create(period=NOVEMBER, actor=cast.sam)), cast.sam, olive)
    paid = books("payee_payable")
    assert f"payee_payable:{world.rita.pk}:EUR" not in paid
    assert paid[f"payee_payable:{world.cleo.pk}:EUR"] == 13_400_000
    assert proved()


def test_a_report_that_sums_to_nothing_and_is_reversed_at_once_is_in_no_run(world, cast):
    file = bring([Sale(net="5"), Sale(isrc=OTHER, net="-5")], cast.sam)
    reverse(file, cast.sam, month=OCTOBER)
    run = calculate(run_create(period=OCTOBER, actor=cast.sam))
    assert run.shares.count() == 0


def test_who_was_rejected_after_the_calculation_is_not_paid_by_the_lock(world, cast, olive):
    crook = make_party("Crook")
    forged = claim_activate(
        claim=claim(world.unowned, crook, cast.rita), actor=olive, reason="Seen"
    )
    bring([Sale(net="10")], cast.sam)
    run = calculate(run_create(period=OCTOBER, actor=cast.sam))
    run_approve(run=run, actor=olive, because="Looked")
    claim_reject(claim=forged, actor=olive, reason="The paper was forged")
    before = books()
    with pytest.raises(RunRefusedError, match="Calculate the run again"):
        run_lock(run=run, actor=cast.sam)
    assert books() == before
    again = calculate(RoyaltyRun.objects.get())
    assert (again.approved_by, again.approved_because) == (None, "")
    lock(again, cast.sam, olive)
    assert f"payee_payable:{crook.pk}:EUR" not in books()


def test_what_was_let_go_of_a_reversed_report_after_the_calculation_is_taken_back(
    world, cast, olive
):
    """Dora is paid out of August's held money, and revoked, while September takes August back."""
    month_of(OCTOBER, [Sale(net="10")], cast.sam, olive)
    reverse(IncomeFile.objects.get(), cast.sam)
    run = calculate(run_create(period=NOVEMBER, actor=cast.sam))
    dora = make_party("Dora")
    late = claim_activate(claim=claim(world.unowned, dora, cast.rita), actor=olive, reason="Seen")
    claim_withdraw(claim=late, actor=cast.rita, reason="Not ours")
    with pytest.raises(RunRefusedError, match="Calculate the run again"):
        run_approve(run=run, actor=olive, because="Looked")
    lock(calculate(run), cast.sam, olive)
    assert books() == {}


def test_a_month_waits_for_the_month_before(world, cast, olive):
    """September takes August's report back: from those whom August paid in the end."""
    file = bring([Sale(net="10")], cast.sam)
    august = calculate(run_create(period=OCTOBER, actor=cast.sam))
    reverse(file, cast.sam)
    september = run_create(period=NOVEMBER, actor=cast.sam)
    with pytest.raises(RunRefusedError, match=OCTOBER):
        calculate(september)
    september.refresh_from_db()
    assert september.state == "draft"
    lock(august, cast.sam, olive)
    lock(calculate(september), cast.sam, olive)
    assert books() == {}


def test_an_older_calculation_does_not_answer_for_a_newer_one(world, cast):
    """The first job was slow; what it read before the second was asked for is not written down."""
    bring([Sale(net="10")], cast.sam)
    run = run_create(period=OCTOBER, actor=cast.sam)
    first = run_calculate(run=run, actor=cast.sam).job
    shares, facts = period_divide(run.period)
    second = run_calculate(run=run, actor=cast.sam).job
    digest = shares_digest(shares)
    with pytest.raises(RunRefusedError, match="another calculation"):
        run_calculated(run=run, shares=shares, facts=facts, digest=digest, job=first)
    run.refresh_from_db()
    assert (run.state, run.shares.count()) == ("calculating", 0)
    run_calculated(run=run, shares=shares, facts=facts, digest=digest, job=second)
    run.refresh_from_db()
    assert run.state == "calculated"


@pytest.mark.parametrize("period", ["2026-8", " 2026-08", "2026-08 ", "9999-12"])
def test_a_month_is_written_in_one_way(period, cast):
    with pytest.raises(RunRefusedError):
        run_create(period=period, actor=cast.sam)
    assert not RoyaltyRun.objects.exists()


def test_who_was_given_less_than_a_micro_unit_is_not_given_it_again(cast, olive, world):
    """Dora owns 60 % and got nothing of a millionth of a cent; what waits is for the others."""
    dora, emil = make_party("Dora"), make_party("Emil")
    claim_activate(claim=claim(world.unowned, dora, cast.rita, 400_000), actor=olive, reason="Seen")
    bring([Sale(net="0.000006")], cast.sam)
    run = lock(calculate(run_create(period=OCTOBER, actor=cast.sam)), cast.sam, olive)
    waiting = books("suspense_track").get(f"suspense_track:{world.unowned.isrc}:EUR", 0)
    assert waiting == 1
    assert not run.shares.filter(party=dora).exclude(amount=0).exists()
    second = claim(world.unowned, emil, cast.rita, 600_000)
    claim_activate(claim=second, actor=olive, reason="Seen")
    paid = books("payee_payable")
    assert paid.get(f"payee_payable:{emil.pk}:EUR", 0) == 1
    assert f"payee_payable:{dora.pk}:EUR" not in paid

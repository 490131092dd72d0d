"""A month from its reports to the books: divided exactly, approved by two, posted once, locked."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest
import time_machine
from django.db import DatabaseError, transaction

from rights.domain.allocation import allocate
from rights.domain.royalties import inputs_allocate, pools_split
from rights.domain.shares import shares_resolve
from rights.exceptions import RunRefusedError
from rights.models import Entry, IncomeFile, PeriodLock, RoyaltyRun, RunShare
from rights.selectors.ledger_invariants import ledger_findings
from rights.selectors.ownership import claims_of
from rights.services.income import income_reverse
from rights.services.royalty_runs import (
    run_approve,
    run_calculate,
    run_create,
    run_lock,
)
from tests.rights.claims.held import books, calculate
from tests.rights.factories import make_party, make_recording
from tests.rights.income.reports import Sale
from tests.rights.income.sheets import make_sheet
from tests.rights.runs.months import NOVEMBER, OCTOBER, OTHER, bring, own

pytestmark = pytest.mark.django_db


@pytest.fixture
def october(world, cast):
    bring([Sale(net="10.000001"), Sale(isrc=OTHER, net="3", summary="S2")], cast.sam)
    return calculate(run_create(period=OCTOBER, actor=cast.sam))


def by_hand(run, period_groups):
    """Divide with the arithmetic alone; return amounts by (recording, party)."""
    expected = defaultdict(int)
    for group in period_groups:
        weights = {str(s.recording_id): s.weight_ppm for s in group.sheet.sources.all()}
        claims = claims_of([s.recording_id for s in group.sheet.sources.all()])
        owners = {
            str(recording): shares_resolve(several, on=date(2026, 10, 1), territory="DE")
            for recording, several in claims.items()
        }
        pool = pools_split(group.micros).inputs
        for share in inputs_allocate(pool, receipt=weights, owners=owners):
            expected[share.recording, share.party] += share.amount
    return expected


def test_a_run_divides_to_the_micro_unit_what_the_arithmetic_says(october):
    groups = {
        share.group for share in october.shares.filter(pool="inputs").select_related("group__sheet")
    }
    found = defaultdict(int)
    for share in october.shares.filter(pool="inputs"):
        found[str(share.recording_id), str(share.party_id or "")] += share.amount
    assert found == by_hand(october, groups)
    assert sum(found.values()) == 6_700_001 + 2_010_000


def test_the_base_pool_is_divided_once_over_its_catalogue(october):
    base = october.shares.filter(pool="base")
    assert sum(base.values_list("amount", flat=True)) == 3_300_000 + 990_000
    expected = sorted(allocate(4_290_000, dict.fromkeys(range(3), 1)).amounts.values())
    assert sorted(base.values_list("amount", flat=True)) == expected
    assert set(base.values_list("party", flat=True)) == {None}  # nobody has claimed them yet


def test_what_nobody_owns_is_held_for_its_recording(october, world):
    [held] = october.shares.filter(recording=world.unowned)
    assert (held.party, held.share_ppm) == (None, 1_000_000)
    assert held.amount > 0


def test_each_owner_is_paid_for_the_uses_of_their_own_days(cast):
    seller, buyer, recording = make_party("Rita"), make_party("Bert"), make_recording()
    make_sheet(OTHER, shares={recording.isrc: 67_000})
    own(recording, seller, active_to=date(2026, 10, 18))
    own(recording, buyer, active_from=date(2026, 10, 18))
    days = {"2026-10-01": "1", "2026-10-17": "2", "2026-10-18": "5", "2026-10-31": "10"}
    bring([Sale(isrc=OTHER, net=net, day=day) for day, net in days.items()], cast.sam)
    run = calculate(run_create(period=OCTOBER, actor=cast.sam))
    paid = run.shares.filter(pool="inputs").values_list("party", "amount")
    assert dict(paid) == {seller.pk: 2_010_000, buyer.pk: 10_050_000}


def test_locking_empties_the_pools_into_payables_and_suspense(october, world, cast, olive):
    before = books("pool_inputs_clearing", "pool_base_clearing")
    assert before
    run_approve(run=october, actor=olive, because="Compared with September")
    run_lock(run=october, actor=cast.sam)
    assert books("pool_inputs_clearing", "pool_base_clearing") == {}
    paid = books("payee_payable")
    assert paid[f"payee_payable:{world.cleo.pk}:EUR"] == 2_010_000
    assert books("suspense_track")[f"suspense_track:{world.unowned.isrc}:EUR"] > 0
    assert sum(books().values()) == 0
    assert PeriodLock.objects.count() == 1
    assert [f.invariant for f in ledger_findings() if f.rows] == []


def test_locking_twice_posts_once(october, cast, olive):
    run_approve(run=october, actor=olive, because="Looked")
    run_lock(run=october, actor=cast.sam)
    count = Entry.objects.count()
    run_lock(run=RoyaltyRun.objects.get(), actor=cast.sam)
    assert Entry.objects.count() == count


def test_the_one_who_began_a_run_does_not_approve_it(october, cast):
    with pytest.raises(RunRefusedError, match="by another person"):
        run_approve(run=october, actor=cast.sam, because="Looked")
    october.refresh_from_db()
    assert (october.state, october.approved_by) == ("calculated", None)


def test_a_run_is_approved_with_a_word_of_what_was_checked(october, cast, olive):
    with pytest.raises(RunRefusedError, match="Say what you checked"):
        run_approve(run=october, actor=olive, because="  ")
    october.refresh_from_db()
    assert october.state == "calculated"


def test_a_report_posted_after_the_calculation_makes_it_stale(october, cast, olive):
    bring([Sale(net="1")], cast.sam, message="M-2")
    with pytest.raises(RunRefusedError, match="Calculate the run again"):
        run_approve(run=october, actor=olive, because="Looked")
    again = calculate(october)
    assert run_approve(run=again, actor=olive, because="Looked").state == "approved"


def test_calculating_again_gives_the_same_hash(october):
    first = october.result_sha256
    assert calculate(october).result_sha256 == first
    assert RunShare.objects.filter(run=october).count() == october.facts["shares"]


def test_a_run_that_is_not_approved_is_not_locked(october, cast):
    with pytest.raises(RunRefusedError, match="cannot be locked"):
        run_lock(run=october, actor=cast.sam)
    assert not PeriodLock.objects.exists()
    assert not Entry.objects.filter(kind="allocation").exists()


@pytest.mark.parametrize("period", ["2026-13", "October", "", "2026"])
def test_what_is_no_month_is_refused(period, cast):
    with pytest.raises(RunRefusedError, match="is no month"):
        run_create(period=period, actor=cast.sam)
    assert not RoyaltyRun.objects.exists()


def test_a_month_that_is_not_over_is_refused(cast):
    with pytest.raises(RunRefusedError, match="not over yet"):
        run_create(period="2999-01", actor=cast.sam)
    assert not RoyaltyRun.objects.exists()


def test_a_month_has_one_run_however_often_it_is_begun(cast, olive):
    assert run_create(period=OCTOBER, actor=cast.sam) == run_create(period=OCTOBER, actor=olive)


@pytest.mark.parametrize(
    "attack",
    [
        lambda run: run.shares.update(amount=1),
        lambda run: run.shares.all().delete(),
        lambda run: RunShare.objects.create(run=run, pool="base", currency="EUR", weight=1, share_ppm=1, amount=1),
        lambda run: RoyaltyRun.objects.filter(pk=run.pk).update(state="draft", result_sha256=""),
        lambda run: RoyaltyRun.objects.filter(pk=run.pk).update(result_sha256="0" * 64),
        lambda run: RoyaltyRun.objects.filter(pk=run.pk).delete(),
    ],
)  # fmt: skip
def test_the_database_keeps_an_approved_run(october, cast, attack, olive):
    run_approve(run=october, actor=olive, because="Looked")
    before = list(october.shares.values_list("party", "amount"))
    with pytest.raises(DatabaseError), transaction.atomic():
        attack(october)
    assert list(october.shares.values_list("party", "amount")) == before
    assert RoyaltyRun.objects.get().state == "approved"


def test_a_reversed_report_is_taken_back_in_the_period_of_its_reversal(october, world, cast, olive):
    run_approve(run=october, actor=olive, because="Looked")
    run_lock(run=october, actor=cast.sam)
    file = bring_reversed(cast)
    november = calculate(run_create(period=NOVEMBER, actor=cast.sam))
    assert november.facts["taken_back"] > 0
    assert sum(november.shares.values_list("amount", flat=True)) == -13_000_001
    run_approve(run=november, actor=olive, because="A reversal only")
    run_lock(run=november, actor=cast.sam)
    assert file.state == "reversed"
    assert books() == {}  # to the last micro-unit as if it had never been


def bring_reversed(cast):
    file = IncomeFile.objects.get()
    with time_machine.travel(f"{NOVEMBER}-10T12:00Z", tick=False):
        income_reverse(file=file, because="Wrong month", actor=cast.sam)
    file.refresh_from_db()
    return file


def test_a_report_posted_and_reversed_in_one_month_is_in_no_run(world, cast):
    file = bring([Sale(net="5")], cast.sam)
    with time_machine.travel(f"{OCTOBER}-25T12:00Z", tick=False):
        income_reverse(file=file, because="Test", actor=cast.sam)
    run = calculate(run_create(period=OCTOBER, actor=cast.sam))
    assert (run.shares.count(), run.facts["groups"]) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_the_job_calculates(world, cast, do_next_job):
    bring([Sale(net="10")], cast.sam)
    run = run_create(period=OCTOBER, actor=cast.sam)
    run_calculate(run=run, actor=cast.sam)
    assert do_next_job() == "done"
    run.refresh_from_db()
    assert (run.state, run.facts["totals"]["EUR"]["earned"]) == ("calculated", "10000000")
    assert run.shares.count() == run.facts["shares"]

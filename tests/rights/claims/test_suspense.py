"""The late claim, computed by hand and compared with the books; nobody is paid twice."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from rights.domain.allocation import allocate
from rights.models import ClaimRelease, Entry, IncomeFile, RunShare
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.claims import (
    Wanted,
    claim_activate,
    claim_reject,
    claim_supersede,
    claim_withdraw,
)
from rights.services.income import income_reverse
from rights.services.royalty_runs import run_create
from rights.services.suspense import suspense_release
from tests.rights.claims.held import books, calculate, claim, lock, month_of
from tests.rights.factories import make_party
from tests.rights.income.reports import Sale
from tests.rights.runs.months import NOVEMBER, OCTOBER, bring

pytestmark = pytest.mark.django_db
WHOLE, HALF = 1_000_000, 500_000


def held_of(recording, currency="EUR"):
    return books("suspense_track").get(f"suspense_track:{recording.isrc}:{currency}", 0)


def payable_of(party, currency="EUR"):
    return books("payee_payable").get(f"payee_payable:{party.pk}:{currency}", 0)


@pytest.fixture
def dora(db):
    return make_party("Dora")


def accept(one, actor):
    return claim_activate(claim=one, actor=actor, reason="Seen")


def test_worked_example_of_a_late_claim(held, world, cast, olive, dora):
    """10.000001 EUR: 67 % to three recordings as 300 : 200 : 170, the last of which nobody owned.

    The pool of the ten songs is 6,700,001 micro-units (largest remainder of 67 : 33). The third
    recording weighs 170,000 of 670,000; its part is exactly 1,700,000.25.., so 1,700,000, held in
    suspense since August. In September Dora claims 60 % of it, and is right.
    """
    sources = list(world.song.sources.order_by("position").values_list("weight_ppm", flat=True))
    pool = allocate(10_000_001, {"inputs": 670_000, "base": 330_000}).amounts["inputs"]
    assert pool == 6_700_001
    part = allocate(pool, dict(enumerate(sources))).amounts[2]
    assert held_of(world.unowned) == part
    late = accept(claim(world.unowned, dora, cast.rita, 600_000), olive)
    theirs = allocate(part, {"dora": 600_000, "rest": 400_000}).amounts["dora"]
    assert payable_of(dora) == theirs
    assert held_of(world.unowned) == part - theirs
    entry = Entry.objects.get(idem__startswith=f"claim:{late.pk}:EUR:")
    assert (entry.kind, entry.posted_by) == ("claim_activated", olive)
    assert [f.invariant for f in ledger_findings() if f.rows] == []
    # The remaining 40 % later on: what is left goes whole, no micro-unit stays behind.
    other = make_party("Emil")
    accept(claim(world.unowned, other, cast.rita, 400_000), olive)
    assert payable_of(other) == part - theirs
    assert held_of(world.unowned) == 0


def test_accepting_again_or_asking_again_releases_nothing(held, world, cast, olive, dora):
    late = accept(claim(world.unowned, dora, cast.rita), olive)
    before = books(), Entry.objects.count(), ClaimRelease.objects.count()
    accept(late, olive)
    assert suspense_release(recordings=[world.unowned.pk], cause="again", actor=olive) == []
    assert (books(), Entry.objects.count(), ClaimRelease.objects.count()) == before


@pytest.mark.parametrize(
    ("where", "start", "end"),
    [("FR", None, None), ("world -DE", None, None), ("world", date(2026, 11, 1), None), ("world", None, date(2026, 10, 1))],
)  # fmt: skip
def test_a_claim_elsewhere_or_for_other_days_gets_nothing(
    held, world, cast, olive, dora, where, start, end
):
    before = books()
    one = claim(world.unowned, dora, cast.rita, territories=where, active_from=start, active_to=end)
    accept(one, olive)
    assert books() == before
    assert not ClaimRelease.objects.exists()


def test_the_base_pool_is_let_go_too(held, world, cast, olive, dora):
    base = held.shares.filter(pool="base").first()
    accept(claim(base.recording, dora, cast.rita), olive)
    assert payable_of(dora) == base.amount
    assert held_of(base.recording) == 0


def test_publishing_moves_no_money_of_the_recording(held, world, cast, olive, dora):
    before = books()
    accept(claim(world.unowned, dora, cast.rita, right_type="publishing"), olive)
    assert books() == before


def test_in_conflict_only_what_is_disputed_stays_held(held, world, cast, olive, dora):
    emil = make_party("Emil")
    part = held_of(world.unowned)
    first = claim(world.unowned, dora, cast.rita, 600_000)
    second = claim(world.unowned, emil, cast.rita, 500_000)
    accept(first, olive)  # disputed: 100,000; so Dora is sure of 500,000
    sure = allocate(part, {"dora": 500_000, "rest": 500_000}).amounts["dora"]
    assert (payable_of(dora), payable_of(emil)) == (sure, 0)
    second.refresh_from_db()
    assert second.state == "conflict"
    claim_reject(claim=second, actor=olive, reason="No paper")
    more = allocate(part - sure, {"dora": 100_000, "rest": 400_000}).amounts["dora"]
    assert payable_of(dora) == sure + more
    assert held_of(world.unowned) == part - sure - more


def test_who_only_claims_is_paid_nothing_by_a_run(world, cast, olive, dora):
    emil = make_party("Emil")
    claim(world.unowned, dora, cast.rita, 600_000)
    claim(world.unowned, emil, cast.rita, 500_000)
    run = month_of(OCTOBER, [Sale(net="10")], cast.sam, olive)
    assert set(run.shares.filter(recording=world.unowned).values_list("party", flat=True)) == {None}
    assert (payable_of(dora), payable_of(emil)) == (0, 0)


def test_a_claim_accepted_between_calculation_and_lock_is_paid_at_the_lock(
    world, cast, olive, dora
):
    bring([Sale(net="10")], cast.sam)
    run = calculate(run_create(period=OCTOBER, actor=cast.sam))
    accept(claim(world.unowned, dora, cast.rita), olive)
    assert payable_of(dora) == 0
    lock(run, cast.sam, olive)
    assert payable_of(dora) == run.shares.get(recording=world.unowned).amount
    assert held_of(world.unowned) == 0
    assert [f.invariant for f in ledger_findings() if f.rows] == []


def test_the_next_month_pays_the_owner_and_nothing_of_before(held, world, cast, olive, dora):
    accept(claim(world.unowned, dora, cast.rita), olive)
    before = payable_of(dora)
    run = month_of(NOVEMBER, [Sale(net="4")], cast.sam, olive, message="M-2")
    [share] = run.shares.filter(recording=world.unowned)
    assert share.party == dora
    assert payable_of(dora) == before + share.amount


def test_a_reversed_report_takes_what_was_released_from_who_has_it(held, world, cast, olive, dora):
    accept(claim(world.unowned, dora, cast.rita, 600_000), olive)
    with time_machine.travel(f"{NOVEMBER}-10T12:00Z", tick=False):
        income_reverse(file=IncomeFile.objects.get(), because="Wrong month", actor=cast.sam)
    run = calculate(run_create(period=NOVEMBER, actor=cast.sam))
    assert sum(run.shares.values_list("amount", flat=True)) == -13_000_001
    lock(run, cast.sam, olive)
    assert books() == {}  # as if neither had ever been
    assert [f.invariant for f in ledger_findings() if f.rows] == []


def test_what_was_paid_stays_paid_when_a_claim_is_revoked(held, world, cast, olive, dora):
    late = accept(claim(world.unowned, dora, cast.rita), olive)
    before = books()
    claim_reject(claim=late, actor=olive, reason="The paper was forged")
    assert books() == before
    emil = make_party("Emil")
    accept(claim(world.unowned, emil, cast.rita), olive)
    assert books() == before  # nothing is held any more; a correction is a run of its own


def test_a_successor_is_not_paid_for_what_the_first_one_got(held, world, cast, olive, dora):
    first = accept(claim(world.unowned, dora, cast.rita, HALF), olive)
    got, left = payable_of(dora), held_of(world.unowned)
    claim_supersede(
        claim=first,
        wanted=Wanted(WHOLE, "world", date(2026, 10, 1)),  # the very month of the uses
        actor=olive,
        reason="It was the whole after all",
    )
    assert payable_of(dora) == got + left
    assert held_of(world.unowned) == 0


def test_withdrawing_what_stood_against_it_pays_the_owner(held, world, cast, olive, dora):
    emil = make_party("Emil")
    accept(claim(world.unowned, dora, cast.rita), olive)
    paid = payable_of(dora)
    against = claim(world.unowned, emil, cast.rita)
    month_of(NOVEMBER, [Sale(net="4")], cast.sam, olive, message="M-2")
    assert payable_of(dora) == paid  # the new month is disputed whole
    waiting = held_of(world.unowned)
    assert waiting > 0
    claim_withdraw(claim=against, actor=cast.rita, reason="Our mistake")
    assert (payable_of(dora), held_of(world.unowned)) == (paid + waiting, 0)


def test_a_payee_who_owes_earns_it_off_first(held, world, cast, olive, dora):
    part = held_of(world.unowned)
    accept(claim(world.unowned, dora, cast.rita), olive)
    with time_machine.travel(f"{NOVEMBER}-05T12:00Z", tick=False):
        income_reverse(file=IncomeFile.objects.get(), because="Wrong", actor=cast.sam)
    bring([Sale(net="1")], cast.sam, month=NOVEMBER, message="M-2")
    run = lock(calculate(run_create(period=NOVEMBER, actor=cast.sam)), cast.sam, olive)
    net = sum(run.shares.filter(party=dora).values_list("amount", flat=True))
    assert payable_of(dora) == part + net


# ---------------------------------------------------------------- the database's own word


@pytest.mark.parametrize(
    ("ppm", "amount"),
    [(WHOLE + 1, 1), (1, 10**9), (1, -1)],
    ids=["more ppm", "more money", "the other way"],
)
def test_the_database_lets_no_more_go_than_is_held(held, world, cast, dora, ppm, amount):
    late = claim(world.unowned, dora, cast.rita)
    share = held.shares.get(recording=world.unowned, pool="inputs")
    with pytest.raises(DatabaseError), transaction.atomic():
        ClaimRelease.objects.create(claim=late, share=share, share_ppm=ppm, amount=amount)
    assert not ClaimRelease.objects.exists()


def test_the_database_lets_nothing_go_twice(held, world, cast, olive, dora):
    late = accept(claim(world.unowned, dora, cast.rita), olive)
    [share] = RunShare.objects.filter(recording=world.unowned)
    with pytest.raises(DatabaseError, match="more would be released"), transaction.atomic():
        ClaimRelease.objects.create(claim=late, share=share, share_ppm=1, amount=0)
    assert ClaimRelease.objects.count() == 1


def test_the_database_lets_nothing_go_of_what_was_paid_or_is_not_locked(world, cast, dora):
    bring([Sale(net="10")], cast.sam)
    run = calculate(run_create(period=OCTOBER, actor=cast.sam))
    late = claim(world.unowned, dora, cast.rita)
    for share in (run.shares.get(recording=world.unowned), run.shares.filter(party=world.rita)[0]):
        with pytest.raises(DatabaseError), transaction.atomic():
            ClaimRelease.objects.create(claim=late, share=share, share_ppm=1, amount=0)
    assert not ClaimRelease.objects.exists()


@pytest.mark.parametrize(
    "attack",
    [
        lambda: ClaimRelease.objects.update(amount=0),
        lambda: ClaimRelease.objects.all().delete(),
        lambda: connection.cursor().execute("TRUNCATE rights_claimrelease"),
    ],
)
def test_what_was_released_stays(held, world, cast, olive, dora, attack):
    accept(claim(world.unowned, dora, cast.rita), olive)
    before = list(ClaimRelease.objects.values())
    with pytest.raises(DatabaseError), transaction.atomic():
        attack()
    assert list(ClaimRelease.objects.values()) == before

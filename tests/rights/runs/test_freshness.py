"""A claim that comes into dispute between calculation and lock: the run would pay what is to be held."""

from __future__ import annotations

import pytest

from rights.exceptions import RunRefusedError
from rights.models import Entry, PeriodLock
from rights.services.claims import claim_withdraw
from rights.services.royalty_runs import run_approve, run_create, run_lock
from tests.rights.claims.held import books, calculate, claim
from tests.rights.factories import make_party, make_recording
from tests.rights.income.reports import Sale
from tests.rights.income.sheets import recordings_of
from tests.rights.runs.months import OCTOBER, bring

pytestmark = pytest.mark.django_db


@pytest.fixture
def october(world, cast):
    bring([Sale(net="10")], cast.sam)
    return calculate(run_create(period=OCTOBER, actor=cast.sam))


@pytest.fixture
def disputed(world):
    """A recording of the song that is Rita's alone."""
    return recordings_of(world.song)[0]


def refused(step):
    with pytest.raises(RunRefusedError, match=r"are disputed.*Calculate the run again") as caught:
        step()
    assert caught.value.code == "rights.run.stale"
    assert not PeriodLock.objects.exists()
    assert not Entry.objects.filter(kind="allocation").exists()


@pytest.mark.parametrize("right_type", ["master", "publishing"])
def test_a_dispute_after_the_calculation_is_not_paid_over(
    october, disputed, cast, olive, right_type
):
    claim(disputed, make_party("Late"), cast.charlie, 400_000, right_type=right_type)

    def approve():
        return run_approve(run=october, actor=olive, because="Looked")

    if right_type == "publishing":  # says nothing of who is paid for the recording
        assert approve().state == "approved"
    else:
        refused(approve)


def test_a_dispute_after_the_approval_keeps_the_month_from_being_locked(
    october, world, disputed, cast, olive
):
    run_approve(run=october, actor=olive, because="Looked")
    claim(disputed, make_party("Late"), cast.charlie, 400_000)
    refused(lambda: run_lock(run=october, actor=cast.sam))
    again = calculate(october)  # the approval has lapsed
    run_approve(run=again, actor=olive, because="Looked again")
    run_lock(run=again, actor=cast.sam)
    held = books("suspense_track")[f"suspense_track:{disputed.isrc}:EUR"]
    mine = again.shares.filter(recording=disputed)
    assert sum(mine.filter(party=None).values_list("amount", flat=True)) == held > 0
    paid, whole = (
        sum(rows.values_list("amount", flat=True)) for rows in (mine.filter(party=world.rita), mine)
    )
    assert abs(10 * paid - 6 * whole) < 10  # six tenths are sure, to the micro-unit


def test_a_dispute_that_went_away_again_still_asks_for_a_look(october, disputed, cast, olive):
    late = claim(disputed, make_party("Late"), cast.charlie, 400_000)
    claim_withdraw(claim=late, actor=cast.charlie, reason="A slip of the pen")
    refused(lambda: run_approve(run=october, actor=olive, because="Looked"))
    again = calculate(october)
    assert run_approve(run=again, actor=olive, because="Looked").state == "approved"


def test_a_dispute_of_a_recording_that_the_month_does_not_divide_changes_nothing(
    october, cast, olive
):
    elsewhere = make_recording()
    claim(elsewhere, make_party("One"), cast.rita)
    claim(elsewhere, make_party("Two"), cast.charlie)
    assert run_approve(run=october, actor=olive, because="Looked").state == "approved"

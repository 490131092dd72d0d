"""A line of the base pool says how it was reckoned, or nothing where one line does not tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from rights.domain.allocation import PPM, part
from rights.domain.terms import Terms
from rights.models import Entry, RunShare, StatementLine
from rights.selectors.base_reckoning import base_reckoning
from rights.services.contracts import contract_make
from rights.services.income import income_reverse
from rights.services.royalty_runs import run_create
from rights.services.split_sheets import base_catalogue_freeze, split_sheet_freeze
from rights.services.statement_publishing import statement_publish
from tests.rights.claims.held import calculate, lock
from tests.rights.factories import make_party, make_recording
from tests.rights.income.reports import Sale
from tests.rights.income.sheets import facts, make_sheet
from tests.rights.runs.months import NOVEMBER, OCTOBER, SONG, bring, own
from tests.rights.statements.months import issue

pytestmark = pytest.mark.django_db
SECOND = "QZTEN2600009"


@pytest.fixture
def studio(cast):
    """A label that owns a fifth of the base catalogue, 7 of 35, and 60 % of that recording."""
    party = make_party("Rita Records", organisation=cast.label)
    mine, others = make_recording("Mine"), make_recording("Others")
    base_catalogue_freeze(revision="base@1", policy="duration", weights={mine.pk: 7, others.pk: 28})
    own(mine, party, 600_000)
    make_sheet(SONG)
    return party


def share_of(run, party):
    return RunShare.objects.select_related("run").get(run=run, party=party, pool="base")


def test_the_figures_come_to_the_amount(studio, cast):
    bring([Sale(net="100.000003")], cast.sam)
    run = calculate(run_create(period=OCTOBER, actor=cast.sam))
    share = share_of(run, studio)
    found = base_reckoning(share)
    assert (found.earned.micros, found.pool.micros, found.pool_ppm) == (
        100_000_003, 33_000_001, 330_000,
    )  # fmt: skip
    assert (found.weight, found.whole, found.recordings) == (7, 35, 2)
    assert (str(found.policy), found.revision) == ("By duration", "base@1")
    assert found.amount.micros == share.amount
    exact = part(found.pool.micros * found.weight // found.whole, found.share_ppm)
    assert abs(found.amount.micros - exact) <= 1
    assert found.share_ppm == 600_000 < PPM


def test_two_catalogues_in_a_month_are_not_told_as_one(studio, cast):
    later = make_recording("Later")
    base_catalogue_freeze(revision="base@2", policy="equal", weights={later.pk: 1})
    told = facts(SECOND)
    newer = {**told.receipt, "base_model": {"revision": "base@2", "sha256": "0" * 64}}
    split_sheet_freeze(facts=replace(told, receipt=newer), actor=None)
    bring([Sale(net="10"), Sale(isrc=SECOND, net="5", summary="S2")], cast.sam)
    run = calculate(run_create(period=OCTOBER, actor=cast.sam))
    assert base_reckoning(share_of(run, studio)) is None


def test_a_pool_out_of_which_earlier_months_were_taken_is_not_told_as_one(studio, cast, olive):
    first = bring([Sale(net="10")], cast.sam)
    lock(calculate(run_create(period=OCTOBER, actor=cast.sam)), cast.sam, olive)
    with time_machine.travel(f"{NOVEMBER}-10T12:00Z", tick=False):
        income_reverse(file=first, because="Wrong month", actor=cast.sam)
    bring([Sale(net="30")], cast.sam, month=NOVEMBER, message="M-2")
    run = calculate(run_create(period=NOVEMBER, actor=cast.sam))
    assert run.facts["taken_back"]
    shares = RunShare.objects.select_related("run").filter(run=run, pool="base")
    assert [base_reckoning(share) for share in shares] == [None] * shares.count()


def test_a_share_of_the_ten_songs_is_reckoned_elsewhere(studio, cast):
    bring([Sale(net="10")], cast.sam)
    run = calculate(run_create(period=OCTOBER, actor=cast.sam))
    share = RunShare.objects.select_related("run").filter(run=run, pool="inputs").first()
    assert base_reckoning(share) is None


def test_the_page_of_the_line_says_it_to_its_payee_and_to_nobody_else(studio, cast, olive):
    contract_make(
        party=studio, name="2026", currency="EUR", every="M", actor=cast.sam,
        terms=Terms(active_from=date(2020, 1, 1)),
    )  # fmt: skip
    bring([Sale(net="100.000003")], cast.sam)
    run = lock(calculate(run_create(period=OCTOBER, actor=cast.sam)), cast.sam, olive)
    [made] = [one for one in issue(run) if one.party_id == studio.pk]
    statement_publish(statement=made, actor=cast.sam)
    line = StatementLine.objects.get(statement=made, pool="base")
    address = reverse("rights:statement-line", args=[made.pk, line.number])
    entries = Entry.objects.count()
    page = _browser(cast.rita).get(address).text
    assert "Your recording weighs 7 of 35, in a catalogue of 2 recordings" in page
    assert "By duration" in page
    assert "60 %" in page.replace("\xa0", " ")
    assert "Uses of the song" not in page
    assert _browser(cast.charlie).get(address).status_code == 404
    assert Entry.objects.count() == entries


def _browser(person):
    client = Client()
    client.force_login(person)
    return client

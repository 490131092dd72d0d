"""A month of very many groups: neither they nor their shares are in memory together."""

from __future__ import annotations

import hashlib
import tracemalloc
from itertools import islice

import pytest

from rights.income.pooling import Share, SharesOnDisk, shares_digest
from rights.models import IncomeGroup, RoyaltyRun
from rights.selectors.run_inputs import Period, files_of, groups_of
from rights.services.royalty_runs import run_calculated
from rights.tasks.royalty_run import period_divide
from tests.rights.income.reports import Sale
from tests.rights.runs.months import OCTOBER, SONG, bring


def shares(count, start=0):
    for number in range(start, start + count):
        yield Share(
            "inputs", number, f"r{number * 7919 % 1000}", "ä" if number % 2 else "", "EUR", 67_000,
            1_000_000, number - count // 2,
        )  # fmt: skip


def plain_digest(rows):
    """The definition: the hash of all lines in order."""
    return hashlib.sha256("".join(sorted(row.line() for row in rows)).encode()).hexdigest()


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 100, 101])
def test_the_hash_is_the_same_however_few_are_sorted_at_once(count):
    expected = plain_digest(shares(count))
    for at_once in (1, 7, 10, 1_000):
        assert shares_digest(shares(count), at_once=at_once) == expected


def test_the_order_of_shares_does_not_change_the_hash():
    rows = list(shares(50))
    assert shares_digest(rows[::-1], at_once=6) == shares_digest(rows, at_once=50)


def test_shares_on_disk_are_the_shares_as_often_as_they_are_read():
    kept = SharesOnDisk(shares(1_000))
    assert list(kept) == list(kept) == list(shares(1_000))
    assert [one.group for one in islice(kept, 3)] == [0, 1, 2]
    assert list(kept)[-1].group == 999  # a reader that stopped early is in nobody's way


def test_many_shares_take_no_room():
    tracemalloc.start()
    try:
        kept = SharesOnDisk(shares(20_000))
        shares_digest(kept, at_once=2_000)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * 1024 * 1024  # as objects in a list: over 8 MiB


@pytest.mark.django_db
def test_groups_come_as_columns_in_the_order_of_the_report(world, cast):
    file = bring(
        [Sale(net="1"), Sale(net="2", day="2026-09-02"), Sale(net="3", summary="S2")], cast.sam
    )
    rows = list(groups_of(files_of(Period.parse(OCTOBER))))
    groups = IncomeGroup.objects.filter(file=file, match="matched").order_by("number")
    assert [(row.group, row.micros) for row in rows] == [(one.pk, one.micros) for one in groups]
    assert {row.ground.territory for row in rows} == {"DE"}
    assert {str(row.ground.day) for row in rows} == {"2026-10-01", "2026-09-01"}
    assert {row.catalogue for row in rows} == {"base@1"}


@pytest.mark.django_db
def test_what_is_divided_is_written_and_hashed_from_one_file(world, cast):
    file = bring([Sale(net="10.000001")], cast.sam)
    assert file.groups.filter(sheet__isrc=SONG).exists()
    divided, facts = period_divide(OCTOBER)
    run = RoyaltyRun.objects.create(period=OCTOBER, state="calculating", created_by=cast.sam)
    digest = shares_digest(divided)
    run_calculated(run=run, shares=divided, facts=facts, digest=digest)
    run.refresh_from_db()
    assert run.result_sha256 == plain_digest(divided)
    assert run.shares.count() == facts["shares"] == len(list(divided))
    assert sum(run.shares.values_list("amount", flat=True)) == 10_000_001

"""Split sheets: drawn from the receipt to the part per million, whole, frozen, versioned."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.split_sheet import SplitSheetError, input_weights, sheet_on
from rights.models import BaseCatalogue, BaseCatalogueWeight, SplitSheet, SplitSheetSource
from rights.services.split_sheets import base_catalogue_freeze, split_sheet_freeze
from tests.rights.factories import make_recording
from tests.rights.income.sheets import facts, make_sheet, receipt

ISRCS = [f"QZREC26{n:05}" for n in range(10)]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=10))
def test_weights_make_a_whole_and_keep_the_order_of_the_shares(shares):
    weights = input_weights(receipt(dict(zip(ISRCS, shares, strict=False))))
    assert sum(weights.values()) == 1_000_000
    by_share = sorted(zip(shares, (weights[i] for i in ISRCS[: len(shares)]), strict=True))
    assert all(low <= high for (s, low), (t, high) in pairwise(by_share) if s < t)


@pytest.mark.parametrize(
    "shares", [{}, {"QZREC2600000": 0}, {"QZREC2600000": 1, "QZREC2600001": 0}]
)
def test_a_receipt_without_shares_is_refused(shares):
    with pytest.raises(SplitSheetError, match="Nothing was frozen"):
        input_weights(receipt(shares))


def test_a_song_named_twice_is_refused():
    twice = receipt({"QZREC2600000": 5})
    twice["sources"].append(twice["sources"][0])
    with pytest.raises(SplitSheetError, match="twice"):
        input_weights(twice)


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2026-09-30", 1),  # before it was published: the first there is
        ("2026-10-01", 1),
        ("2026-10-31", 1),
        ("2026-11-15", 2),
        ("2026-11", 1),  # a month without a day means its first
        ("2026-12", 2),
        ("2027", 2),
        ("2026", 1),
    ],
)
def test_the_version_that_counts_is_the_newest_that_had_begun(day, version):
    assert sheet_on([(date(2026, 10, 1), 1), (date(2026, 11, 15), 2)], day) == version


# ---------------------------------------------------------------- frozen in the database


@pytest.mark.django_db
def test_a_sheet_holds_what_the_receipt_says_and_its_own_hash():
    told = facts()
    sheet = split_sheet_freeze(facts=told, actor=None)
    body = json.loads(sheet.body)
    assert sheet.sha256 == hashlib.sha256(sheet.body.encode()).hexdigest()
    assert body["pools"] == {"inputs_ppm": 670_000, "base_ppm": 330_000}
    assert body["receipt"] == told.receipt_id
    assert {s.recording.isrc: s.weight_ppm for s in sheet.sources.all()} == {
        source["isrc"]: source["weight_ppm"] for source in body["sources"]
    }
    assert sum(source["weight_ppm"] for source in body["sources"]) == 1_000_000


@pytest.mark.django_db
def test_the_same_song_published_twice_has_one_sheet_and_a_changed_one_the_next_version():
    told = facts()
    first = split_sheet_freeze(facts=told, actor=None)
    assert split_sheet_freeze(facts=told, actor=None) == first
    later = replace(told, receipt_id=str(uuid4()), valid_from=date(2026, 11, 1))
    second = split_sheet_freeze(facts=later, actor=None)
    assert (first.version, second.version) == (1, 2)
    assert split_sheet_freeze(facts=later, actor=None) == second
    assert SplitSheet.objects.count() == 2


@pytest.mark.django_db
def test_a_source_that_is_no_recording_of_ours_is_refused_whole():
    with pytest.raises(SplitSheetError, match="We do not know QZREC2600009"):
        make_sheet(shares={make_recording().isrc: 500_000, "QZREC2600009": 170_000})
    assert not SplitSheet.objects.exists()


def attacked(statement):
    """Run a statement as the application; return what the database calls its refusal."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        connection.cursor().execute(statement)
    return refusal.value.__cause__.diag.constraint_name


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rights_splitsheet SET title = 'Mine'",
        "DELETE FROM rights_splitsheet",
        "UPDATE rights_splitsheetsource SET weight_ppm = weight_ppm",
        "DELETE FROM rights_splitsheetsource",
        "UPDATE rights_basecatalogue SET revision = 'x'",
        "DELETE FROM rights_basecatalogueweight",
    ],
)
def test_what_was_frozen_is_not_changed_by_anybody(statement):
    sheet = make_sheet()
    base_catalogue_freeze(revision="base@1", policy="equal", weights={make_recording().pk: 1})
    before = list(SplitSheetSource.objects.values_list("recording", "weight_ppm"))
    assert attacked(statement).endswith("_is_append_only")
    assert SplitSheet.objects.get().title == sheet.title
    assert list(SplitSheetSource.objects.values_list("recording", "weight_ppm")) == before


@pytest.mark.django_db
def test_a_sheet_whose_weights_make_no_million_is_refused_at_the_commit():
    sheet = make_sheet()
    with (  # noqa: PT012 - a sheet, a source and the commit
        pytest.raises(IntegrityError, match="make 1000000 ppm, not 999999"),
        transaction.atomic(),
    ):
        other = SplitSheet.objects.create(
            isrc="QZTEN2600009", title="x", artist="y", receipt=uuid4(), version=1,
            valid_from=date(2026, 10, 1), body="{}", sha256=sheet.sha256,
        )  # fmt: skip
        SplitSheetSource.objects.create(
            sheet=other, position=1, recording=make_recording(), weight_ppm=999_999
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert SplitSheet.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_joins_a_sheet_or_a_base_catalogue_later():
    sheet = make_sheet()
    base_catalogue_freeze(revision="base@1", policy="equal", weights={make_recording().pk: 1})
    late = make_recording()
    with pytest.raises(IntegrityError, match="sealed"):
        SplitSheetSource.objects.create(sheet=sheet, position=11, recording=late, weight_ppm=1)
    with pytest.raises(IntegrityError, match="sealed"):
        BaseCatalogueWeight.objects.create(
            catalogue=BaseCatalogue.objects.get(), recording=late, weight=1
        )
    assert sheet.sources.count() == 10
    assert BaseCatalogueWeight.objects.count() == 1


@pytest.mark.django_db
def test_a_base_catalogue_is_frozen_once_under_its_revision():
    weights = {make_recording().pk: 3, make_recording().pk: 5}
    first = base_catalogue_freeze(revision="base@2", policy="duration", weights=weights)
    backwards = dict(reversed(weights.items()))
    assert base_catalogue_freeze(revision="base@2", policy="duration", weights=backwards) == first
    with pytest.raises(SplitSheetError, match="frozen with other weights"):
        base_catalogue_freeze(revision="base@2", policy="equal", weights=weights)
    assert first.weights.count() == 2

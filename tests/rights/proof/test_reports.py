"""Reports that would lose money in silence, pay the wrong song, or stop the reader with a crash."""

from __future__ import annotations

import io
from datetime import date

import duckdb
import pytest

from rights.exceptions import IncomeRefusedError
from rights.income.engine import calculator, lines_view
from rights.income.files import ReportRefusedError
from rights.models import IncomeFile, IncomeGroup
from rights.services.income import income_concern_settle, income_ignore, income_post, income_upload
from rights.services.income_reading import income_read
from rights.tasks.income import reading_in_folder
from tests.rights.claims.held import books, claim
from tests.rights.factories import make_party, make_recording
from tests.rights.income.reports import (
    SINGLE,
    Sale,
    Use,
    financial,
    head,
    in_blocks,
    line,
    summary,
)
from tests.rights.income.sheets import make_sheet, recordings_of

pytestmark = pytest.mark.django_db
SONG, OTHER = "QZTEN2600001", "QZTEN2600002"


def bring(lines, name="report.tsv"):
    """Take a report in and read it, as the job does."""
    content = "\n".join([*lines, ""]).encode()
    file, _ = income_upload(name=name, stream=io.BytesIO(content), actor=None, is_read_here=True)
    income_read(file=file, reading=reading_in_folder(file))
    file.refresh_from_db()
    return file


def blocking(file):
    return sorted(file.concerns.filter(is_blocking=True, settled_at=None).values_list("code", flat=True))  # fmt: skip


def settle(file, actor):
    for concern in file.concerns.filter(is_blocking=True, settled_at=None):
        income_concern_settle(concern=concern, because="They wrote to us", actor=actor)


# ---------------------------------------------------------------- money that belongs to no use


def test_money_that_belongs_to_no_use_is_not_passed_over(cast):
    make_sheet(SONG)
    sales = [Sale(net="10")]
    lines = [
        head(),
        summary(
            "S1", sales, UsageIndependentFeeType="MinimumGuarantee",
            UsageIndependentFeeInCurrencyOfTransaction="90",
            UsageIndependentFeeInCurrencyOfAccounting="90",
            FinalTotalAmountInCurrencyOfTransaction="100",
            FinalTotalAmountInCurrencyOfAccounting="100",
        ),
        sales[0].text(1),
        line("SRFO", NumberOfLinesInReport=4, NumberOfSummaryRecords=1),
    ]  # fmt: skip
    file = bring(lines)
    assert blocking(file) == ["fee"]
    assert "90 EUR" in file.concerns.get(code="fee").words
    with pytest.raises(IncomeRefusedError, match="1 concerns"):
        income_post(file=file, actor=cast.sam)
    assert books() == {}


@pytest.mark.parametrize("use", [Use(SONG, 0), Use(SONG, 100, bears="false")])
def test_revenue_that_no_use_earned_is_not_passed_over(cast, use):
    make_sheet(SONG)
    file = bring(in_blocks([use], {"S1": "10"}))
    assert blocking(file) == ["summary_unearned"]
    assert "10" in file.concerns.get(code="summary_unearned").words


def test_parts_of_a_stream_weigh_what_they_are():
    """Two thirds of a stream and a third: they are no whole numbers, and no rounded ones."""
    make_sheet(SONG)
    make_sheet(OTHER)
    sold = {
        "SummaryRecordId": "S1", "DspResourceId": "D", "ResourceTitle": "T",
        "IsRoyaltyBearing": "true",
    }  # fmt: skip
    lines = [
        head(SINGLE),
        line(
            "SY02.02",
            SummaryRecordId="S1",
            Territory="SE",
            NetRevenue="100",
            Usages="10",
            AllocatedNetRevenue="9",
        ),
        line("SR02", **sold, SalesTransactionId="1", ISRC=SONG, NumberOfStreams="0.6"),
        line("SR02", **sold, SalesTransactionId="2", ISRC=OTHER, NumberOfStreams="0.3"),
        line("SRFO", NumberOfLinesInReport=5, NumberOfSummaryRecords=1),
    ]
    file = bring(lines)
    assert blocking(file) == []
    assert sorted(file.groups.values_list("micros", flat=True)) == [3_000_000, 6_000_000]


# ---------------------------------------------------------------- what would crash


@pytest.mark.parametrize(
    "cells",
    [
        {"SenderName": "x" * 256},
        {"SenderPartyId": "PADPIDA" + "9" * 80},
        {"MessageId": "x" * 256},
        {"FileNumber": "-1"},
        {"NumberOfFiles": "9" * 18},
        {"ServiceDescription": "x" * 256},
    ],
)
def test_a_first_line_that_does_not_fit_is_a_fault(cells):
    file = bring(financial([Sale()], first=head(**cells)))
    assert "faults" in blocking(file)
    assert file.faults.filter(line=1, code="head_too_long").exists()
    assert not file.groups.exists()


@pytest.mark.parametrize(
    "cells",
    [{"Territory": "x" * 41}, {"CommercialModel": "x" * 81}, {"UseType": "x" * 81},
     {"ServiceDescription": "x" * 256}],
)  # fmt: skip
def test_a_summary_that_does_not_fit_is_a_fault(cells):
    sales = [Sale(net="1")]
    lines = [
        head(), summary("S1", sales, **cells), sales[0].text(1),
        line("SRFO", NumberOfLinesInReport=4, NumberOfSummaryRecords=1),
    ]  # fmt: skip
    file = bring(lines)
    assert file.faults.filter(line=2, code="summary_too_long").exists()
    assert "faults" in blocking(file)


def test_a_currency_that_is_none_is_a_fault_and_not_a_crash(cast):
    make_sheet(SONG)
    sales = [Sale(net="1")]
    lines = [
        head(), summary("S1", sales, CurrencyOfAccounting="QQQ"), sales[0].text(1),
        line("SRFO", NumberOfLinesInReport=4, NumberOfSummaryRecords=1),
    ]  # fmt: skip
    file = bring(lines)
    assert file.faults.filter(line=2, code="currency_unknown").exists()
    assert not file.groups.exists()
    settle(file, cast.sam)
    assert income_post(file=file, actor=cast.sam) == []


def test_sums_beyond_all_money_are_refused_in_words():
    most = "9" * 18
    with pytest.raises(ReportRefusedError, match="more than can be") as refusal:
        bring(financial([Sale(net=most), Sale(net=most)]))
    assert refusal.value.code == "income.too_much"
    assert not IncomeGroup.objects.exists()


# ---------------------------------------------------------------- the right song


def sale_by_number(number, **more):
    return Sale(isrc="", net="1", more={"ResourceISRC": "", "DspResourceId": number, **more})


def test_a_number_of_one_store_says_nothing_about_another_store(cast):
    make_sheet(SONG)
    taught = Sale(net="1", more={"DspResourceId": "12345"})
    income_post(file=bring(financial([taught])), actor=cast.sam)
    same = bring(financial([sale_by_number("12345")], first=head(MessageId="M-2")))
    assert same.groups.get().match == "matched"
    elsewhere = head(MessageId="M-3", SenderPartyId="PADPIDA2020000001Q", SenderName="Otherwave")
    other = bring(financial([sale_by_number("12345")], first=elsewhere))
    assert other.groups.get().match == "unmatched"
    assert "1 groups of uses" in str(refused_to_post(other, cast.sam))


def refused_to_post(file, actor):
    before = books()
    with pytest.raises(IncomeRefusedError) as refusal:
        income_post(file=file, actor=actor)
    assert books() == before
    return refusal.value


def test_two_reports_of_the_same_days_both_wait_for_a_person(cast):
    """Whichever is posted first, nobody posts the other without knowing."""
    make_sheet(SONG)
    first = bring(financial([Sale(net="1")]))
    second = bring(financial([Sale(net="1")], first=head(MessageId="M-2")))
    assert (blocking(first), blocking(second)) == (["reported_before"], ["reported_before"])
    assert second.name in first.concerns.get(code="reported_before").words
    settle(second, cast.sam)
    income_post(file=second, actor=cast.sam)
    refused_to_post(first, cast.sam)
    income_ignore(groups=first.groups.all(), because="Replaced", actor=cast.sam)
    assert IncomeFile.objects.get(pk=first.pk).state == "read"


# ---------------------------------------------------------------- days


def test_a_month_is_cut_where_a_corrected_sheet_begins_to_count():
    first = make_sheet(SONG)
    changed = make_sheet(
        SONG, shares={make_recording().isrc: 67_000}, valid_from=date(2026, 10, 16)
    )
    assert (first.version, changed.version) == (1, 2)
    sales = [Sale(net="1", day="2026-10-15"), Sale(net="2", day="2026-10-16")]
    file = bring(financial(sales))
    assert list(file.groups.order_by("net").values_list("micros", "sheet__version")) == [
        (1_000_000, 1),
        (2_000_000, 2),
    ]


def test_a_month_is_cut_where_a_claim_that_waits_begins(cast):
    """It may be accepted before the month is divided, and then counts from that very day."""
    [recording] = recordings_of(make_sheet(SONG, shares={make_recording().isrc: 67_000}))
    claim(recording, make_party("Dora"), cast.rita, active_from=date(2026, 10, 16))
    sales = [Sale(net="1", day="2026-10-15"), Sale(net="2", day="2026-10-16")]
    assert sorted(bring(financial(sales)).groups.values_list("span", flat=True)) == [
        "2026-10",
        "2026-10-16",
    ]


# ---------------------------------------------------------------- the calculator


@pytest.mark.parametrize(
    "reach",
    [
        "SELECT * FROM read_csv('{outside}/secret.csv')",
        "COPY (SELECT 1) TO '{outside}/written.csv'",
        "ATTACH '{outside}/other.db'",
        "SET allowed_directories = ['{outside}']",
        "SET enable_external_access = true",
    ],
)
def test_the_calculator_reaches_nothing_but_its_folder(tmp_path, reach):
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "secret.csv").write_text("secret\n")
    with calculator(folder) as connection, pytest.raises(duckdb.Error):
        connection.execute(reach.format(outside=outside))
    assert [path.name for path in outside.iterdir()] == ["secret.csv"]


def test_a_folder_of_any_name_is_read(tmp_path):
    folder = tmp_path / "it's; DROP TABLE lines; --"
    folder.mkdir()
    (folder / "a.tsv").write_text("one\ntwo\n")
    with calculator(folder) as connection:
        lines_view(connection, folder / "a.tsv")
        assert connection.execute("SELECT l FROM lines").fetchall() == [("one",), ("two",)]

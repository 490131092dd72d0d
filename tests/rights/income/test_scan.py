"""Reading reports: faultless ones give exact sums, and every planted fault is found and named."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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

OCTOBER = [
    Sale(net="0.0350000000"),
    Sale(net="0.0000000001", usages=3, returns=1),
    Sale(isrc="QZTEN2600002", net="-1.5", usages=0, returns=4, summary="S2"),
]


def test_a_faultless_report_is_read_without_a_word(read):
    found = read(financial(OCTOBER))
    assert (found.codes, found.report.faults_left_out) == ([], 0)
    assert found.report.head.message_id == "M-2026-10"
    assert sorted(found.report.summaries) == ["S1", "S2"]
    assert found.report.uses == 3


def test_sums_are_exact_to_the_last_of_ten_places(read):
    first, second = read(financial(OCTOBER)).groups
    assert (first["isrc"], first["lines"], first["usages"], first["returns"], first["net"]) == (
        "QZTEN2600001",
        2,
        13,
        1,
        Decimal("0.0350000001"),
    )
    assert (second["net"], second["returns"]) == (Decimal("-1.5"), 4)


sales = st.builds(
    Sale,
    isrc=st.sampled_from(["QZTEN2600001", "qzten2600002", ""]),
    summary=st.sampled_from(["S1", "S2"]),
    usages=st.integers(0, 10**6),
    returns=st.integers(0, 9),
    net=st.decimals("-99999999", "99999999", places=10, allow_nan=False).map(lambda n: f"{n:f}"),
    day=st.dates(date(2026, 9, 28), date(2026, 11, 3)).map(date.isoformat),
)


@given(sold=st.lists(sales, min_size=1, max_size=12))
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_what_comes_out_is_what_an_accountant_adds_up_by_hand(read, sold):
    by_hand = defaultdict(lambda: [0, 0, Decimal(0)])
    for sale in sold:
        sums = by_hand[sale.summary, sale.isrc.upper(), sale.day[:7]]
        sums[0] += 1
        sums[1] += sale.usages
        sums[2] += Decimal(sale.net)
    found = read(financial(sold))
    assert found.codes == []
    assert {
        (row["summary"], row["isrc"], row["span"]): [row["lines"], row["usages"], row["net"]]
        for row in found.groups
    } == dict(by_hand)


def test_a_month_is_cut_on_the_days_on_which_owners_change(read):
    days = [
        "2026-09-30",
        "2026-10-01",
        "2026-10-14",
        "2026-10-15",
        "2026-10-31",
        "2026-11-01",
        "2026-10",
    ]
    cuts = [date(2026, 10, 15), date(2026, 11, 1), date(2026, 10, 15)]
    found = read(financial([Sale(day=day) for day in days]), cuts=cuts)
    assert {row["span"]: row["lines"] for row in found.groups} == {
        "2026-09": 1,
        "2026-10": 3,  # the first, the fourteenth, and the one that names no day
        "2026-10-15": 2,
        "2026-11": 1,
    }


@pytest.mark.parametrize("how", [{"end": "\r\n"}, {"packed": True}])
def test_line_ends_of_windows_and_gzip_change_nothing(read, how):
    plain, other = read(financial(OCTOBER)), read(financial(OCTOBER), **how)
    assert other.groups == plain.groups
    assert other.codes == []


def test_comments_and_empty_lines_count_as_lines_and_mean_nothing(read):
    lines = financial(OCTOBER)
    lines.insert(1, "#SY10\tSummaryRecordId\t…")
    lines.insert(4, "")
    lines[-1] = line("SRFO", NumberOfLinesInReport=len(lines), NumberOfSummaryRecords=2)
    found = read(lines)
    assert found.codes == []
    assert found.report.uses == 3


# ---------------------------------------------------------------- faults, one planted in each report


def planted(number, text):
    """Return a report whose use ``number`` reads ``text`` instead."""
    lines = financial(OCTOBER)
    lines[2 + number] = text
    return lines


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (Sale(isrc="QZ-TEN-26-00001").text(1), "cell.isrc", "ResourceISRC"),
        (Sale(net="1e3").text(1), "cell.decimal", "AllocatedNetRevenue"),
        (Sale(net="0.00000000001").text(1), "cell.decimal", "at most ten decimal places"),
        (Sale(net="1,5").text(1), "cell.decimal", "'1,5' is not"),
        (Sale(net="").text(1), "cell.decimal", "it is empty"),
        (Sale(day="2026-13-01").text(1), "cell.date", "SalesTransactionDate"),
        (Sale(day="yesterday").text(1), "cell.date", "'yesterday'"),
        (Sale(more={"NetUsage": 11}).text(1), "net_usage", "NetUsage is 11"),
        (Sale(more={"CopyrightObligationWithDSP": "maybe"}).text(1), "cell.boolean", "'maybe'"),
        (Sale(more={"SummaryRecordId": ""}).text(1), "cell.text", "SummaryRecordId"),
        (Sale().text(1) + "\textra", "cells", "has 48 cells; this line has 49"),
        (Sale().text(1).rsplit("\t", 1)[0], "cells", "this line has 47"),
        ("SR99\tx", "record_unknown", "'SR99'"),
        ("nonsense", "record_unknown", "'nonsense'"),
        (line("SY10", SummaryRecordId="S3"), "misplaced", "SY10 cannot stand here"),
        (head(), "misplaced", "HEAD cannot stand here"),
        (
            Sale(more={"DeductionType": "Tax|Fee", "DeductionsInCurrencyOfTransaction": "1|2",
                       "DeductionsInCurrencyOfAccounting": "1"}).text(1),
            "lists",
            "DeductionsInCurrencyOfAccounting 1",
        ),
    ],
)  # fmt: skip
def test_a_faulty_line_is_kept_with_its_number_and_its_reason(read, text, code, words):
    found = read(planted(2, text))
    faults = found.report.faults
    assert {(fault.line, fault.text) for fault in faults} == {(5, text)}
    assert any(fault.code == code and words in fault.words for fault in faults)


def test_the_other_lines_of_a_faulty_report_are_summed_all_the_same(read):
    found = read(planted(2, "nonsense"))
    assert sum(row["lines"] for row in found.groups) == 2


def test_the_number_of_a_faulty_line_counts_empty_lines_before_it(read):
    lines = financial(OCTOBER)
    lines[4:4] = ["", "", "#"]
    lines[8] = "nonsense"
    [fault] = [f for f in read(lines).report.faults if f.code == "record_unknown"]
    assert fault.line == 9


def test_equal_lists_and_escaped_bars_are_no_fault(read):
    deductions = {
        "DeductionType": r"Tax\|Duty|Fee",
        "DeductionsInCurrencyOfTransaction": "1|2",
        "DeductionsInCurrencyOfAccounting": "1|2",
    }
    assert read(financial([Sale(more=deductions)])).codes == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda lines: lines[1:], "head_missing"),
        (lambda lines: [lines[1], *lines], "head_missing"),
        (lambda lines: [head("MasterListProfile"), *lines[1:]], "profile"),
        (lambda lines: [head(SenderPartyId="Lanternwave"), *lines[1:]], "cell.dpid"),
        (lambda lines: lines[:-1], "foot_missing"),
        (lambda lines: [*lines[:-2], lines[-1]], "count"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "summary_twice"),
        (lambda lines: [lines[0], *lines[2:]], "summary_unknown"),
        (lambda lines: [*lines[:3], *lines[5:]], "summary_empty"),
        (lambda lines: [lines[0], summary("S1", OCTOBER), *lines[2:]], "sum"),
        (
            lambda lines: [lines[0], summary("S1", OCTOBER[:2], FinalTotalAmountInCurrencyOfAccounting=9), *lines[2:]],
            "total",
        ),
    ],
)  # fmt: skip
def test_a_report_that_contradicts_itself_is_not_to_be_posted(read, change, code):
    assert code in read(change(financial(OCTOBER))).codes


def test_a_sum_within_the_last_printed_place_is_equal(read):
    sold = [Sale(net="0.004"), Sale(net="0.0004")]
    lines = financial(sold)
    lines[1] = summary(
        "S1",
        sold,
        AllocatedNetRevenueInCurrencyOfAccounting="0.00",
        FinalTotalAmountInCurrencyOfAccounting="0.00",
    )
    assert read(lines).codes == []


def test_fees_belong_to_the_total_of_their_summary(read):
    lines = financial([Sale(net="5")])
    lines[1] = summary(
        "S1",
        [Sale(net="5")],
        UsageIndependentFeeType="Listing|Trailer",
        UsageIndependentFeeInCurrencyOfTransaction="-1|2.5",
        UsageIndependentFeeInCurrencyOfAccounting="-1|2.5",
        FinalTotalAmountInCurrencyOfAccounting="6.5",
    )
    found = read(lines)
    assert found.codes == ["fee", "fee"]  # and nobody earns them by a use: a person decides
    assert [fee.amount for fee in found.report.summaries["S1"].fees] == [-1, Decimal("2.5")]


# ---------------------------------------------------------------- the name


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("DSR_Tenfold_Lanternwave_Premium_2026-10_Multi_1of1_20261105T081500.tsv", False),
        ("DSR_PADPIDA2026112100T_PADPIDA2014999999Z__2026-Q4__1of1_20261105T081500.tsv.gz", False),
        ("october.tsv", False),
        ("DSR_Tenfold_Lanternwave_Premium_2026-10_Multi_1of2_20261105T081500.tsv", True),
        ("DSR_Tenfold_Somebody_Premium_2026-10_Multi_1of1_20261105T081500.tsv", True),
        ("DSR_Other_Lanternwave_Premium_2026-10_Multi_1of1_20261105T081500.tsv", True),
        ("DSR_Tenfold_Lanternwave_Free_2026-10_Multi_1of1_20261105T081500.tsv", True),
    ],
)
def test_a_name_that_says_something_else_than_the_file_is_to_be_settled(read, name, blocks):
    assert ("name" in read(financial(OCTOBER), name=name).codes) is blocks


# ---------------------------------------------------------------- Basic Audio: uses without money


USES = [Use("QZTEN2600001", 70), Use("QZTEN2600002", 30), Use("QZTEN2600001", 5, bears="false")]


def test_uses_in_blocks_are_joined_with_their_recordings(read):
    found = read(in_blocks(USES, {"S1": "10"}))
    assert found.codes == []
    assert found.report.blocks == 3
    assert {(row["isrc"], row["span"]): row["usages"] for row in found.groups} == {
        ("QZTEN2600001", ""): 70,
        ("QZTEN2600002", ""): 30,
        ("QZTEN2600001", "free"): 5,
    }


def test_a_use_whose_block_lacks_its_recording_is_to_be_settled(read):
    found = read(in_blocks([*USES, Use("QZTEN2600003", 1, resource="A9")], {"S1": "10"}))
    assert "resource_unknown" in found.codes


def test_lines_of_a_block_must_stand_together(read):
    lines = in_blocks(USES, {"S1": "10"})
    torn = [*lines[:3], *lines[4:], lines[3]]
    torn[-2:] = reversed(torn[-2:])  # the last line stays the last
    assert "block_torn" in read(torn).codes
    assert all("B1" in fault.words for fault in read(torn).report.faults)


def test_a_missing_block_is_found_by_the_count_of_the_last_line(read):
    lines = in_blocks(USES, {"S1": "10"})
    assert "count" in read([*lines[:2], *lines[4:]]).codes


@pytest.mark.parametrize(
    ("mark", "cells", "codes"),
    [
        ("SY02.02", {"Usages": 100}, ["net_shared"]),
        ("SY02.02", {"Usages": 100, "AllocatedNetRevenue": "1"}, []),
        ("SY02.02", {"Usages": 12}, []),  # nobody else's uses earned it
        ("SY01.01", {"Usages": 100}, ["net_shared"]),
        ("SY01.01", {"Usages": 12}, []),
        ("SY01.01", {"Usages": 100, "NetRevenue": "0"}, []),
    ],
)
def test_revenue_of_a_whole_service_is_not_taken_for_ours(read, mark, cells, codes):
    said = {"SummaryRecordId": "S1", "IsRoyaltyBearing": "true"}
    lines = [
        head(SINGLE),
        line(mark, **({"SummaryRecordId": "S1", "NetRevenue": "3.21"} | cells)),
        line("SR02", ISRC="QZTEN2600001", NumberOfStreams="12", **said),
        line("SRFO", NumberOfLinesInReport=4, NumberOfSummaryRecords=1),
    ]
    assert read(lines).codes == codes


def test_returns_are_counted_as_the_sender_counts_them(read):
    said = {"SummaryRecordId": "S1", "IsRoyaltyBearing": "true"}
    for usages, codes in ((3, []), (2, []), (4, ["net_shared"])):
        lines = [
            head(SINGLE),
            line("SY01.01", SummaryRecordId="S1", NetRevenue="3", Usages=usages),
            line("SR01", ISRC="QZTEN2600001", Downloads="3", Returns="1", **said),
            line("SRFO", NumberOfLinesInReport=4, NumberOfSummaryRecords=1),
        ]
        assert read(lines).codes == codes


def test_single_records_of_basic_audio_are_read_too(read):
    sold = {"SummaryRecordId": "S1", "IsRoyaltyBearing": "true"}
    lines = [
        head(SINGLE),
        line("SY02.02", SummaryRecordId="S1", NetRevenue="3.21", Usages=15),
        line("SR02", ISRC="QZTEN2600001", NumberOfStreams="12", **sold),
        line("SR01", ISRC="QZTEN2600001", Downloads="3", Returns="1", **sold),
        line("SRFO", NumberOfLinesInReport=5, NumberOfSummaryRecords=1),
    ]
    found = read(lines)
    assert found.codes == []
    assert [(row["mark"], row["usages"], row["returns"]) for row in found.groups] == [
        ("SR01", 3, 1),
        ("SR02", 12, 0),
    ]


def test_groups_never_come_twice(read):
    rows = read(financial(OCTOBER * 3)).groups
    keys = [tuple(row.values())[:7] for row in rows]
    assert all(one < other for one, other in pairwise(keys))

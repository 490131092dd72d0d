"""A faultless sales report of any length for measuring: written by DuckDB, the same bytes each time."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from rights.domain.dsr.layouts import RECORDS

NAME = "DSR_Tenfold_Lanternwave_Premium_2026-10_Multi_1of1_20261105T081500.tsv"
RECORDINGS, PARTIES, SUMMARIES = 5_000, 300, 60
TERRITORIES = [
    "DE",
    "FR",
    "GB",
    "US",
    "JP",
    "SE",
    "NO",
    "DK",
    "FI",
    "NL",
    "BE",
    "AT",
    "CH",
    "ES",
    "IT",
    "PT",
    "PL",
    "CZ",
    "IE",
    "CA",
]
MODELS = ("SubscriptionModel", "AdvertisementSupportedModel", "DeviceFeeModel")
# All from the number of the line, in whole numbers: song, summary, day, uses, and 1e-10 of a euro.
_SALES = """
SELECT i, (i * 7919) % {songs} AS song, (i // 7) % {summaries} AS summary, 1 + (i * 31) % 31 AS day,
       1 + i % 9 AS uses, 10000000 + (i * 104729) % 90000000 AS tiny FROM range({lines}) r(i)
"""
_TOTALS = (
    "SELECT summary, sum(uses), sum(tiny)::HUGEINT FROM ({sales}) GROUP BY summary ORDER BY summary"
)


def report_write(path: Path, *, lines: int, songs: int) -> None:
    """Write the report with ``lines`` sales of ``songs`` songs in 60 summaries."""
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "600MB"})
    sales = _SALES.format(songs=songs, summaries=SUMMARIES, lines=lines)
    totals = connection.execute(_TOTALS.format(sales=sales)).fetchall()
    top = [_head(), *(_summary(key, uses, tiny) for key, uses, tiny in totals)]
    foot = _line(
        "SRFO", NumberOfLinesInReport=len(top) + lines + 1, NumberOfSummaryRecords=len(totals)
    )
    connection.execute("CREATE TABLE top (n INT, l VARCHAR)")
    connection.executemany("INSERT INTO top VALUES (?, ?)", list(enumerate(top)))
    body = f"SELECT {_sale()} FROM ({sales})"  # noqa: S608
    ends = str(path).replace("'", "''")
    connection.execute(
        f"COPY (SELECT l FROM top UNION ALL {body} UNION ALL SELECT '{foot}') TO '{ends}' "  # noqa: S608
        "(FORMAT csv, HEADER false, DELIMITER '\x01', QUOTE '', ESCAPE '')"
    )
    connection.close()


def _line(mark: str, **cells: Any) -> str:
    plain = {
        "decimal": "0",
        "integer": "0",
        "boolean": "true",
        "date": "2026-10-31",
        "currency": "EUR",
    }
    plain |= {"moment": "2026-11-05T08:15:00Z", "dpid": "PADPIDA2014999999Z"}
    values = [
        str(cells.get(cell.name, plain.get(cell.kind, "x") if cell.is_mandatory else ""))
        for cell in RECORDS[mark].cells
    ]
    return "\t".join([mark, *values])


def _head() -> str:
    return _line(
        "HEAD",
        MessageVersion="dsrf/30",
        Profile="FinancialReportingToRecordCompaniesProfileSRB",
        MessageId="bench",
        FileNumber=1,
        NumberOfFiles=1,
        UsageStartDate="2026-10-01",
        SenderName="Lanternwave",
        ServiceDescription="Premium",
        RecipientName="Tenfold",
    )


def _summary(key: int, uses: int, tiny: int) -> str:
    net = f"{Decimal(tiny).scaleb(-10):f}"
    both = ("Transaction", "Accounting")
    return _line(
        "SY10",
        SummaryRecordId=f"S{key}",
        CommercialModel=MODELS[key % len(MODELS)],
        UseType="OnDemandStream",
        Territory=TERRITORIES[key // len(MODELS)],
        ExchangeRate=1,
        AllocatedUsages=uses,
        **{f"AllocatedNetRevenueInCurrencyOf{which}": net for which in both},
        **{f"FinalTotalAmountInCurrencyOf{which}": net for which in both},
    )


def _sale() -> str:
    """Return the SQL of one line, its cells in the order of the record."""
    isrc = "'QZTEN26' || lpad(song::VARCHAR, 5, '0')"
    net = "printf('0.%010d', tiny)"
    filled = {
        "SalesTransactionId": "'T' || i",
        "DspReleaseId": "'R' || song",
        "ReleaseTitle": "'Song number ' || song",
        "ReleaseDisplayArtistName": "'An Artist'",
        "ResourceISRC": isrc,
        "DspResourceId": "'D' || song",
        "SummaryRecordId": "'S' || summary",
        "SalesTransactionDate": "printf('2026-10-%02d', day)",
        "TotalUsages": "uses",
        "NetUsage": "uses",
        "RightSharePercentage": "'100'",
        "AllocatedNetRevenueInCurrencyOfTransaction": net,
        "AllocatedNetRevenueInCurrencyOfAccounting": net,
        "CopyrightObligationWithDSP": "'true'",
    }
    cells = [
        filled.get(cell.name, "'0'" if cell.is_mandatory else "''")
        for cell in RECORDS["SR08"].cells
    ]
    return f"concat_ws(chr(9), 'SR08', {', '.join(cells)})"

"""Sales reports for tests, written cell by cell: what a sender would send, or nearly so."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from rights.domain.dsr.layouts import RECORDS

SENDER, RECIPIENT = "PADPIDA2014999999Z", "PADPIDA2026112100T"
NAME = "DSR_Tenfold_Lanternwave_Premium_2026-10_Multi_1of1_20261105T081500.tsv"
FINANCIAL, BLOCKS, SINGLE = (
    "FinancialReportingToRecordCompaniesProfileSRB",
    "BasicAudioProfile",
    "BasicAudioProfileSRB",
)


def line(mark: str, **cells: object) -> str:
    """Return a line with these cells and plausible ones wherever one is mandatory."""
    values = [mark]
    for cell in RECORDS[mark].cells:
        plain = {
            "decimal": "0",
            "integer": "0",
            "boolean": "true",
            "date": "2026-10-31",
            "moment": "2026-11-05T08:15:00Z",
            "currency": "EUR",
            "dpid": SENDER,
        }.get(cell.kind, "x")
        values.append(str(cells.pop(cell.name, plain if cell.is_mandatory else "")))
    assert not cells, f"{mark} has no {', '.join(cells)}"
    return "\t".join(values)


def head(profile: str = FINANCIAL, **cells: object) -> str:
    """Return a first line."""
    said = {
        "MessageVersion": "dsrf/30",
        "Profile": profile,
        "ProfileVersion": "1.0",
        "MessageId": "M-2026-10",
        "FileNumber": 1,
        "NumberOfFiles": 1,
        "UsageStartDate": "2026-10-01",
        "UsageEndDate": "2026-10-31",
        "SenderName": "Lanternwave",
        "ServiceDescription": "Premium",
        "RecipientPartyId": RECIPIENT,
        "RecipientName": "Tenfold",
    }
    return line("HEAD", **{**said, **cells})


@dataclass(frozen=True)
class Sale:
    """A line SR08: which recording, where it counts, how often, for how much."""

    isrc: str = "QZTEN2600001"
    summary: str = "S1"
    usages: int = 10
    returns: int = 0
    net: str = "0.0350000000"
    day: str = "2026-10-17"
    more: Mapping[str, object] = field(default_factory=dict)

    def text(self, number: int) -> str:
        """Return the line."""
        said = {
            "SalesTransactionId": f"T{number}",
            "ResourceISRC": self.isrc,
            "SummaryRecordId": self.summary,
            "SalesTransactionDate": self.day,
            "TotalUsages": self.usages,
            "Returns": self.returns,
            "NetUsage": self.usages - self.returns,
            "RightSharePercentage": 100,
            "AllocatedNetRevenueInCurrencyOfTransaction": self.net,
            "AllocatedNetRevenueInCurrencyOfAccounting": self.net,
        }
        return line("SR08", **{**said, **self.more})


def summary(key: str, sales: Sequence[Sale], **cells: object) -> str:
    """Return the line SY10 that these sales come to."""
    net = sum((Decimal(sale.net) for sale in sales), Decimal(0))
    said = {
        "SummaryRecordId": key,
        "CommercialModel": "SubscriptionModel",
        "UseType": "OnDemandStream",
        "Territory": "DE",
        "ServiceDescription": "Premium",
        "ExchangeRate": 1,
        "AllocatedUsages": sum(sale.usages for sale in sales),
        "AllocatedNetRevenueInCurrencyOfTransaction": f"{net:f}",
        "AllocatedNetRevenueInCurrencyOfAccounting": f"{net:f}",
        "FinalTotalAmountInCurrencyOfTransaction": f"{net:f}",
        "FinalTotalAmountInCurrencyOfAccounting": f"{net:f}",
    }
    return line("SY10", **{**said, **cells})


def financial(sales: Sequence[Sale], *, first: str = "") -> list[str]:
    """Return the lines of a whole financial report."""
    keys = sorted({sale.summary for sale in sales})
    lines = [first or head()]
    lines += [summary(key, [sale for sale in sales if sale.summary == key]) for key in keys]
    lines += [sale.text(number) for number, sale in enumerate(sales, start=1)]
    return [
        *lines,
        line("SRFO", NumberOfLinesInReport=len(lines) + 1, NumberOfSummaryRecords=len(keys)),
    ]


@dataclass(frozen=True)
class Use:
    """A block with one resource and one use of it."""

    isrc: str
    streams: int
    summary: str = "S1"
    bears: str = "true"
    resource: str = "A1"

    def texts(self, number: int) -> list[str]:
        """Return the lines of the block."""
        block = f"B{number}"
        return [
            line("AS02.02", BlockId=block, ResourceReference="A1", DspResourceId=f"D{number}", ISRC=self.isrc),
            line(
                "SU02",
                BlockId=block,
                SummaryRecordId=self.summary,
                SalesTransactionId=f"T{number}",
                TransactedResource=self.resource,
                IsRoyaltyBearing=self.bears,
                NumberOfStreams=self.streams,
            ),
        ]  # fmt: skip


def in_blocks(uses: Sequence[Use], nets: Mapping[str, str]) -> list[str]:
    """Return the lines of a Basic Audio report; ``nets`` is the net revenue of each summary."""
    lines = [head(BLOCKS)]
    lines += [
        line(
            "SY02.02",
            SummaryRecordId=key,
            Territory="SE",
            NetRevenue=net,
            Usages=sum(use.streams for use in uses if use.summary == key),
        )
        for key, net in nets.items()
    ]
    for number, use in enumerate(uses, start=1):
        lines += use.texts(number)
    return [
        *lines,
        line(
            "FOOT",
            NumberOfLinesInFile=len(lines) + 1,
            NumberOfSummaryRecords=len(nets),
            NumberOfBlocksInFile=len(uses),
        ),
    ]


def written(folder: Path, lines: Sequence[str], *, end: str = "\n", packed: bool = False) -> Path:
    """Write the lines into a file and return its path."""
    content = (end.join(lines) + end).encode()
    path = folder / (NAME + (".gz" if packed else ""))
    path.write_bytes(gzip.compress(content, mtime=0) if packed else content)
    return path

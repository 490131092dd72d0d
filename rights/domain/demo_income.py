"""What the demonstration's label earned: invented recordings, songs and stores, and their usage reports.

Whole numbers only, and none drawn by chance: a month is the same report however often it is made.
The ISRCs are of a registrant that nobody has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rights.domain.dsr.layouts import RECORDS

LABEL, OTHER_LABEL = "Rita Records", "Ferry Lane Recordings"
MINE = (
    ("Salt on the Window", "The Inventors"),
    ("Paper Lanterns", "The Inventors"),
    ("Nine Bridges", "Orla Quist"),
    ("Half a Moon, Half a Mile", "Orla Quist"),
    ("Copper Wire", "Night Ferry"),
    ("Slow Weather", "Night Ferry"),
    ("Anniversary of Rain", "Tove Lindqvist"),
)
THEIRS = (
    ("Ropewalk", "Ada Ferry"),
    ("Low Tide, High Wire", "Ada Ferry"),
    ("Lantern Keeper", "The Wharf"),
    ("Second Bell", "The Wharf"),
)
NOBODYS = (("Unsigned Letter", "Unknown"), ("Tape Without a Name", "Unknown"))
"""Nobody has claimed these: what they earn is held until somebody does."""
SONGS = (
    ("Harbour Lights at Half Past Four", "Alice"),
    ("Glass Cabinet", "Charlie"),
    ("What the Tide Wrote Down", "Mira"),
    ("Ten Rooms, One Key", "Alice"),
)
STORES = (
    ("Lanternwave", "DE", "SubscriptionModel", "OnDemandStream", 31),
    ("Lanternwave", "GB", "SubscriptionModel", "OnDemandStream", 23),
    ("Lanternwave", "US", "AdvertisementSupportedModel", "OnDemandStream", 7),
    ("Brightfold", "FR", "SubscriptionModel", "OnDemandStream", 17),
    ("Brightfold", "SE", "AdvertisementSupportedModel", "OnDemandStream", 4),
    ("Tidepool", "JP", "PayAsYouGoModel", "PermanentDownload", 11),
)
BASE_REVISION = "demonstration@1"
USED_OF_MINE, USED_OF_OTHERS = 4, 6
MONTHS_UNTIL_REPORTED = 2
_PART = 16_370_000_000
"""Of what one song earns in one place, in 1e-10 of a euro: the rest follows by whole numbers."""
_SENDER = "PADPIDA2014999999Z"
_SEASON = (9, 8, 9, 11, 12, 13, 14, 13, 11, 10, 9, 12)


@dataclass(frozen=True)
class Report:
    """A file as a store's aggregator would send it."""

    name: str
    text: str
    message: str


def demo_isrc(place: int, *, is_song: bool = False) -> str:
    """Return the ISRC of the recording or the song at a place of all of them."""
    return f"QZZZZ25{90_001 + place if is_song else 10_001 + place:05}"


def month_before(month: str, count: int) -> str:
    """Return the month ``count`` months before ``month`` (``2026-10``)."""
    at = int(month[:4]) * 12 + int(month[5:7]) - 1 - count
    return f"{at // 12:04}-{at % 12 + 1:02}"


def demo_receipt(song: int) -> Mapping[str, Any]:
    """Return what a song is made of: four of the label's recordings, six of others, and the base."""
    all_titles = (*MINE, *THEIRS, *NOBODYS)
    mine = [(song + step) % len(MINE) for step in range(USED_OF_MINE)]
    used = [*mine, *range(len(MINE), len(MINE) + USED_OF_OTHERS)]
    shares = [101_000 - 7_000 * place for place in range(USED_OF_MINE)]
    part, over = divmod(670_000 - sum(shares), USED_OF_OTHERS)
    shares += [part + (place < over) for place in range(USED_OF_OTHERS)]
    sources: list[dict[str, Any]] = [
        {
            "isrc": demo_isrc(place), "title": all_titles[place][0], "artist": all_titles[place][1],
            "pool": "references", "weight_ppm": 67_000, "share_ppm": share,
        }
        for place, share in zip(used, shares, strict=True)
    ]  # fmt: skip
    sources.append(
        {"isrc": "base", "title": "Base", "artist": "Tenfold", "pool": "catalogue",
         "weight_ppm": 330_000, "share_ppm": 330_000}
    )  # fmt: skip
    return {"sources": sources, "base_model": {"revision": BASE_REVISION, "sha256": "0" * 64}}


def demo_report(booked: str) -> Report:
    """Return the report that is booked in the month ``booked``; its uses are of two months before."""
    used = month_before(booked, MONTHS_UNTIL_REPORTED)
    message = f"DEMONSTRATION-{used}"
    first = _line(
        "HEAD", used,
        MessageVersion="dsrf/30", Profile="FinancialReportingToRecordCompaniesProfileSRB",
        ProfileVersion="1.0", MessageId=message, FileNumber=1, NumberOfFiles=1,
        UsageStartDate=f"{used}-01", UsageEndDate=f"{used}-28", SenderName="Lanternwave",
        ServiceDescription="Premium", RecipientPartyId="PADPIDA2026112100T", RecipientName="Tenfold",
    )  # fmt: skip
    summaries: list[str] = []
    sales: list[str] = []
    for place, store in enumerate(STORES):
        earned = [_earned(used, store[4], rank) for rank in range(len(SONGS))]
        uses = [97 * store[4] + 13 * rank + int(used[5:7]) for rank in range(len(SONGS))]
        summaries.append(_summary(used, place, earned, uses))
        sales += [
            _sale(used, place, rank, pair, len(sales) + rank + 1)
            for rank, pair in enumerate(zip(earned, uses, strict=True))
        ]
    lines = [first, *summaries, *sales]
    last = _line(
        "SRFO", used, NumberOfLinesInReport=len(lines) + 1, NumberOfSummaryRecords=len(STORES)
    )
    created = f"{booked.replace('-', '')}05T081500"
    name = f"DSR_Tenfold_Lanternwave_Premium_{used}_Multi_1of1_{created}.tsv"
    return Report(name, "\n".join([*lines, last, ""]), message)


def _earned(month: str, size: int, rank: int) -> int:
    """Return what a song earns in a place, in 1e-10 of a euro: with the season, and never evenly."""
    number = int(month[5:7])
    return _PART * size * _SEASON[number - 1] * (9 - 2 * rank) // 17 + 104_729 * (rank + number)


def _summary(month: str, place: int, earned: Sequence[int], uses: Sequence[int]) -> str:
    service, territory, model, use, _size = STORES[place]
    net = _decimal(sum(earned))
    both = ("Transaction", "Accounting")
    return _line(
        "SY10", month,
        SummaryRecordId=f"S{place}", CommercialModel=model, UseType=use, Territory=territory,
        ReportingPeriodStartDate=f"{month}-01", ReportingPeriodEndDate=f"{month}-28",
        ServiceDescription=service, ExchangeRate=1, AllocatedUsages=sum(uses),
        **{f"AllocatedNetRevenueInCurrencyOf{which}": net for which in both},
        **{f"FinalTotalAmountInCurrencyOf{which}": net for which in both},
    )  # fmt: skip


def _sale(month: str, place: int, rank: int, pair: tuple[int, int], number: int) -> str:
    earned, uses = pair
    return _line(
        "SR08", month,
        SalesTransactionId=f"T{number}", ResourceISRC=demo_isrc(rank, is_song=True),
        DspReleaseId=f"R{rank}", DspResourceId=f"D{rank}", ResourceTitle=SONGS[rank][0],
        ResourceDisplayArtistName=SONGS[rank][1], SummaryRecordId=f"S{place}",
        SalesTransactionDate=f"{month}-17", TotalUsages=uses, NetUsage=uses,
        RightSharePercentage=100,
        AllocatedNetRevenueInCurrencyOfTransaction=_decimal(earned),
        AllocatedNetRevenueInCurrencyOfAccounting=_decimal(earned),
    )  # fmt: skip


def _decimal(tiny: int) -> str:
    return f"{tiny // 10**10}.{tiny % 10**10:010}"


def _line(mark: str, month: str, **cells: object) -> str:
    """Return a line with these cells, and plain ones wherever one is mandatory."""
    plain = {
        "decimal": "0", "integer": "0", "boolean": "true", "date": f"{month}-28", "dpid": _SENDER,
        "currency": "EUR", "moment": f"{month}-28T08:15:00Z",
    }  # fmt: skip
    return "\t".join(
        [
            mark,
            *(
                str(cells.get(cell.name, plain.get(cell.kind, "x") if cell.is_mandatory else ""))
                for cell in RECORDS[mark].cells
            ),
        ]
    )

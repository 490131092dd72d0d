"""Which cells a record of a flat-file sales report has, in their order.

From the profiles "Financial Reporting to Record Companies" 1.0 and "Basic Audio" 1.2 (DSR parts 1
and 8). A cell is written ``Name``, ``Name?`` (may be empty), ``Name+`` (one value or more, divided
by ``|``) or ``Name*`` (any number), then its kind unless that is text: ``Returns:integer``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

TEXT = "text"
DECIMAL = r"-?[0-9]{1,18}(?:\.[0-9]{1,10})?"
"""Ten decimal places and eighteen before them: what the sums hold exactly."""
ISRC = r"[A-Za-z]{2}[A-Za-z0-9]{3}[0-9]{7}"
DAY = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
# Written so that RE2 (DuckDB), Java (Spark) and Python read the same in them.
PATTERNS: Mapping[str, str] = {
    "decimal": DECIMAL,
    "integer": r"-?[0-9]{1,18}",
    "boolean": r"(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])",
    "date": DAY,
    "moment": r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?",
    "isrc": ISRC,
    "icpn": r"[0-9]{12,14}",
    "iswc": r"T[0-9]{10}",
    "dpid": r"PADPIDA[a-zA-Z0-9]+",
    "party": r"[^\t|]*::[^\t|]*",
    "currency": r"[A-Z]{3}",
    TEXT: r"[^\t]+",
}
_CELL = re.compile(r"(\w+)([?*+]?)(?::(\w+))?")
_ESCAPED = re.compile(r"\\([\\|])")


@dataclass(frozen=True)
class Cell:
    """One column: whether it must be there, whether it may hold several values, of which kind."""

    name: str
    kind: str
    is_mandatory: bool
    is_repeated: bool

    @property
    def pattern(self) -> str:
        """Return what the whole cell matches, as a regular expression without groups that count."""
        one = PATTERNS[self.kind]
        if self.is_repeated and self.kind != TEXT:
            one = rf"{one}(?:\|{one})*"
        return one if self.is_mandatory else rf"(?:{one})?"


@dataclass(frozen=True)
class Record:
    """A kind of line. Cell 0 is ``mark``, the cells follow it."""

    mark: str
    cells: tuple[Cell, ...]

    def index(self, name: str) -> int:
        """Return the place of a cell in the line, counted from 0 with the mark.

        Raises
        ------
        KeyError
            If the record has no such cell.
        """
        for place, cell in enumerate(self.cells, start=1):
            if cell.name == name:
                return place
        raise KeyError(name)

    @property
    def least(self) -> int:
        """Return how many cells a line has when the optional ones at its end were left away."""
        needed = [place for place, cell in enumerate(self.cells, start=1) if cell.is_mandatory]
        return max(needed, default=0) + 1

    @property
    def pattern(self) -> str:
        """Return what a whole, faultless line matches; cells at the end may be left away."""
        cells = [cell.pattern for cell in self.cells]
        must, may = cells[: self.least - 1], cells[self.least - 1 :]
        tail = ""
        for cell in reversed(may):
            tail = rf"(?:\t{cell}{tail})?"
        return re.escape(self.mark) + "".join(rf"\t{cell}" for cell in must) + tail


def _record(mark: str, text: str) -> Record:
    cells = []
    for word in text.split():
        found = _CELL.fullmatch(word)
        if found is None:
            msg = f"{word!r} does not describe a cell"
            raise ValueError(msg)
        name, number, kind = found.groups()
        cells.append(Cell(name, kind or TEXT, number in ("", "+"), number in ("*", "+")))
    return Record(mark, tuple(cells))


_HEAD = """
MessageVersion Profile ProfileVersion MessageId MessageCreatedDateTime:moment FileNumber:integer
NumberOfFiles:integer UsageStartDate:date UsageEndDate:date SenderPartyId:dpid SenderName
ServiceDescription? RecipientPartyId?:dpid RecipientName? RepresentedRepertoire*
"""
_SUMMARY = (
    "SummaryRecordId DistributionChannel? DistributionChannelDPID?:dpid CommercialModel UseType"
)
_WRITERS = """
ISWC?:iswc ComposerAuthor* ComposerAuthorPartyId*:party Arranger* ArrangerPartyId*:party
MusicPublisher* MusicPublisherPartyId*:party WorkContributor* WorkContributorPartyId*:party
"""
_RESOURCE = """
BlockId ResourceReference DspResourceId ISRC*:isrc Title SubTitle? DisplayArtistName
DisplayArtistPartyId?:party Duration? ResourceType
"""
_SOLD = f"""
SummaryRecordId DspResourceId ISRC?:isrc ResourceTitle ResourceSubTitle? ResourceDisplayArtistName
ResourceDisplayArtistPartyId?:party Duration? ResourceType ProprietaryWorkId?:party {_WRITERS}
DspReleaseId? ProprietaryReleaseId*:party ReleaseCatalogNumber? ICPN?:icpn ReleaseDisplayArtistName
ReleaseDisplayArtistPartyId?:party ReleaseTitle ReleaseSubTitle? ReleaseType? ReleaseLabel? PLine?
ReleaseDataProvider?
"""

HEAD = _record("HEAD", _HEAD)
FOOT = _record(
    "FOOT",
    "NumberOfLinesInFile:integer NumberOfLinesInReport?:integer NumberOfSummaryRecords:integer"
    " NumberOfBlocksInFile:integer NumberOfBlocksInReport?:integer",
)
SRFO = _record("SRFO", "NumberOfLinesInReport:integer NumberOfSummaryRecords:integer")
SY10 = _record(
    "SY10",
    """
    SummaryRecordId DistributionChannelName? DistributionChannelDPID?:dpid CommercialModel UseType
    ReportingPeriodStartDate:date ReportingPeriodEndDate:date SubscriberType? Subscribers?:decimal
    ActiveSubscribers?:decimal PromotionalActivity? Territory ServiceDescription? OfferType? Quality?
    Usages:decimal AllocatedUsages:decimal Returns:decimal MusicUsageRatio:decimal
    CurrencyOfTransaction:currency CurrencyOfAccounting:currency ExchangeRate:decimal
    ExchangeRateSource? DateOfCurrencyExchange?:moment GrossRevenueInCurrencyOfTransaction?:decimal
    GrossRevenueInCurrencyOfAccounting?:decimal CalculationType* CalculationValue*:decimal
    DeductionType* DeductionsInCurrencyOfTransaction+:decimal DeductionsInCurrencyOfAccounting+:decimal
    NetRevenueInCurrencyOfTransaction:decimal NetRevenueInCurrencyOfAccounting:decimal
    AllocatedRevenueInCurrencyOfTransaction:decimal AllocatedRevenueInCurrencyOfAccounting:decimal
    AllocatedNetRevenueInCurrencyOfTransaction:decimal AllocatedNetRevenueInCurrencyOfAccounting:decimal
    RightsControllerMarketShare?:decimal SubscriptionFeeInCurrencyOfTransaction?:decimal
    SubscriptionFeeInCurrencyOfAccounting:decimal UsageIndependentFeeType*
    UsageIndependentFeeInCurrencyOfTransaction*:decimal UsageIndependentFeeInCurrencyOfAccounting*:decimal
    FinalTotalAmountInCurrencyOfTransaction:decimal FinalTotalAmountInCurrencyOfAccounting:decimal
    """,
)
SR08 = _record(
    "SR08",
    """
    SalesTransactionId ReleaseGRid? ReleaseICPN? DspReleaseId LabelReleaseId?
    ProprietaryReleaseId*:party ReleaseContextReleaseGRid? ReleaseType? ReleaseTitle?
    ReleaseSubTitle? ReleaseDisplayArtistName? ReleaseDisplayArtistPartyId?:party ResourceISRC?:isrc
    ResourceISAN? DspResourceId? LabelResourceId? ProprietaryResourceId*:party
    ResourceContextReleaseGRid? ResourceType? ResourceTitle? ResourceSubTitle?
    ResourceDisplayArtistName? ResourceDisplayArtistPartyId?:party SummaryRecordId
    SalesTransactionDate:date TotalUsages:decimal Returns:integer NetUsage:decimal
    WholesalePriceInCurrencyOfTransaction?:decimal WholesalePriceInCurrencyOfAccounting?:decimal
    SuggestedConsumerPriceInCurrencyOfTransaction?:decimal
    SuggestedConsumerPriceInCurrencyOfAccounting?:decimal PriceType? PriceRangeType?
    PriceConsumerPaidExcSalesTaxInCurrencyOfTransaction?:decimal
    PriceConsumerPaidExcSalesTaxInCurrencyOfAccounting?:decimal DeductionType*
    DeductionsInCurrencyOfTransaction*:decimal DeductionsInCurrencyOfAccounting*:decimal
    RightSharePercentage:decimal CalculatedUnitPriceInCurrencyOfTransaction:decimal
    CalculatedUnitPriceInCurrencyOfAccounting:decimal AllocatedRevenueInCurrencyOfTransaction:decimal
    AllocatedRevenueInCurrencyOfAccounting:decimal AllocatedNetRevenueInCurrencyOfTransaction:decimal
    AllocatedNetRevenueInCurrencyOfAccounting:decimal CopyrightObligationWithDSP:boolean
    """,
)
DE01 = _record("DE01", "DealSpecificCell+")
SY0101 = _record(
    "SY01.01",
    f"{_SUMMARY} Territory ServiceDescription? Usages:integer Subscribers?:decimal"
    " CurrencyOfReporting:currency NetRevenue:decimal IndirectNetRevenue?:decimal"
    " CurrencyOfTransaction?:currency ExchangeRate?:decimal",
)
SY0202 = _record(
    "SY02.02",
    f"{_SUMMARY} Territory ServiceDescription Usages:integer Users?:integer"
    " CurrencyOfReporting:currency NetRevenue:decimal RightsController?"
    " RightsControllerPartyId?:party AllocatedUsages*:decimal AllocatedRevenue*:decimal"
    " AllocatedNetRevenue?:decimal RightsType? ContentCategory CurrencyOfTransaction?:currency"
    " ExchangeRate?:decimal RightsTypePercentage?:decimal",
)
RE01 = _record(
    "RE01",
    "BlockId ReleaseReference DspReleaseId ProprietaryReleaseId*:party CatalogNumber? ICPN?:icpn"
    " DisplayArtistName DisplayArtistPartyId?:party Title SubTitle? ReleaseType? Label? PLine?"
    " DataProvider?",
)
RE02 = _record(
    "RE02",
    "BlockId ReleaseReference DspSubReleaseId ProprietarySubReleaseId*:party UsedResources+",
)
AS0101 = _record("AS01.01", f"{_RESOURCE} IsMasterRecording?:boolean")
AS0202 = _record(
    "AS02.02", f"{_RESOURCE} {_WRITERS} ProprietaryWorkId?:party IsMasterRecording?:boolean"
)
MW0101 = _record(
    "MW01.01",
    f"BlockId DspWorkId {_WRITERS.replace('ISWC?:iswc', 'ISWC?:iswc Title SubTitle?', 1)}"
    " DataProvider? ProprietaryWorkId?:party",
)
SU01 = _record(
    "SU01",
    "BlockId SummaryRecordId SalesTransactionId TransactedRelease? TransactedResource?"
    " IsRoyaltyBearing:boolean SalesUpgrade:boolean Usages:integer Returns:integer"
    " PriceConsumerPaidExcSalesTax?:decimal PromotionalActivity?",
)
SU02 = _record(
    "SU02",
    "BlockId SummaryRecordId SalesTransactionId TransactedRelease? TransactedResource?"
    " IsRoyaltyBearing?:boolean NumberOfStreams:integer PriceConsumerPaidExcSalesTax?:decimal"
    " PromotionalActivity?",
)
SR01 = _record(
    "SR01",
    f"{_SOLD} NumberOfTransactedResources:integer SalesTransactionId IsRoyaltyBearing:boolean"
    " SalesUpgrade:boolean Downloads:integer Returns:integer PriceConsumerPaidExcSalesTax?:decimal"
    " CalculatedPriceConsumerPaidForResourceExcSalesTax?:decimal PromotionalActivity?",
)
SR02 = _record(
    "SR02",
    f"{_SOLD} SalesTransactionId IsRoyaltyBearing:boolean NumberOfStreams:decimal"
    " PromotionalActivity?",
)

SUMMARIES = (SY10, SY0101, SY0202)
FOOTS = (FOOT, SRFO)
BLOCKS = (RE01, RE02, AS0101, AS0202, MW0101, SU01, SU02)
RECORDS: Mapping[str, Record] = {
    record.mark: record for record in (HEAD, *SUMMARIES, SR08, DE01, SR01, SR02, *BLOCKS, *FOOTS)
}


@cache
def line_pattern(mark: str) -> re.Pattern[str]:
    """Return the compiled pattern of a whole line of the record ``mark``."""
    return re.compile(RECORDS[mark].pattern)


def unescape(text: str) -> str:
    r"""Return a value as it was meant: ``\|`` is a bar, ``\\`` a backslash."""
    return _ESCAPED.sub(r"\1", text)

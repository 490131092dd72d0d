"""What the first lines of a report say: who sends it, for when, and what it sums up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rights.domain.dsr.lines import line_values

PROFILES: Mapping[str, tuple[str, ...]] = {
    "FinancialReportingToRecordCompaniesProfileSRB": ("SR08",),
    "BasicAudioProfileSRB": ("SR01", "SR02"),
    "BasicAudioProfile": ("SU01", "SU02"),
}
"""The profiles that are read, and the lines that carry usage in each."""


@dataclass(frozen=True)
class Head:
    """The first line. ``sender_id`` and ``message_id`` together name the report for ever."""

    profile: str
    profile_version: str
    message_id: str
    created: str
    file_number: int
    files: int
    usage_from: str
    usage_to: str
    sender_id: str
    sender: str
    service: str
    recipient_id: str
    recipient: str

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> Head:
        """Read the cells of a faultless ``HEAD``."""
        return cls(
            profile=cells["Profile"],
            profile_version=cells["ProfileVersion"],
            message_id=cells["MessageId"],
            created=cells["MessageCreatedDateTime"],
            file_number=int(cells["FileNumber"]),
            files=int(cells["NumberOfFiles"]),
            usage_from=cells["UsageStartDate"],
            usage_to=cells["UsageEndDate"],
            sender_id=cells["SenderPartyId"],
            sender=cells["SenderName"],
            service=cells["ServiceDescription"],
            recipient_id=cells["RecipientPartyId"],
            recipient=cells["RecipientName"],
        )


@dataclass(frozen=True)
class Fee:
    """Money of a summary that belongs to no single use."""

    kind: str
    amount: Decimal


@dataclass(frozen=True)
class Summary:
    """One line ``SY``: a service, a territory and a model, and what they come to.

    ``net`` is in ``currency``, in which we are paid; ``net_tx`` in ``currency_tx``, in which people
    paid. ``usages`` is what the sender says it reports to us. ``total`` is ``net`` and the fees.
    Where the sender does not say what of the revenue is ours (``is_allocated``), ``net`` is what all
    of the service's ``usages`` earned.
    """

    key: str
    mark: str
    channel: str
    service: str
    model: str
    use: str
    territory: str
    starts: str
    ends: str
    usages: Decimal
    currency: str
    currency_tx: str
    rate: str
    rate_source: str
    rate_day: str
    net: Decimal
    net_tx: Decimal
    total: Decimal
    fees: tuple[Fee, ...] = ()
    is_allocated: bool = True


def summary_of(mark: str, cells: Mapping[str, str], head: Head) -> Summary:
    """Read a faultless summary line of any of the kinds that are read."""
    return _financial(cells) if mark == "SY10" else _audio(mark, cells, head)


def _financial(cells: Mapping[str, str]) -> Summary:
    kinds = line_values(cells["UsageIndependentFeeType"])
    amounts = line_values(cells["UsageIndependentFeeInCurrencyOfAccounting"])
    fees = tuple(
        Fee(kind, Decimal(amount)) for kind, amount in zip(kinds, amounts, strict=False) if amount
    )
    return Summary(
        key=cells["SummaryRecordId"],
        mark="SY10",
        channel=cells["DistributionChannelName"],
        service=cells["ServiceDescription"],
        model=cells["CommercialModel"],
        use=cells["UseType"],
        territory=cells["Territory"],
        starts=cells["ReportingPeriodStartDate"],
        ends=cells["ReportingPeriodEndDate"],
        usages=Decimal(cells["AllocatedUsages"]),
        currency=cells["CurrencyOfAccounting"],
        currency_tx=cells["CurrencyOfTransaction"],
        rate=cells["ExchangeRate"],
        rate_source=cells["ExchangeRateSource"],
        rate_day=cells["DateOfCurrencyExchange"][:10],
        net=Decimal(cells["AllocatedNetRevenueInCurrencyOfAccounting"]),
        net_tx=Decimal(cells["AllocatedNetRevenueInCurrencyOfTransaction"]),
        total=Decimal(cells["FinalTotalAmountInCurrencyOfAccounting"]),
        fees=fees,
    )


def _audio(mark: str, cells: Mapping[str, str], head: Head) -> Summary:
    """Basic Audio has money in its summaries only; what is allocated to us, if that is said."""
    allocated = cells.get("AllocatedNetRevenue", "")
    net = Decimal(allocated or cells["NetRevenue"])
    return Summary(
        key=cells["SummaryRecordId"],
        mark=mark,
        channel=cells["DistributionChannel"],
        service=cells["ServiceDescription"],
        model=cells["CommercialModel"],
        use=cells["UseType"],
        territory=cells["Territory"],
        starts=head.usage_from,
        ends=head.usage_to,
        usages=Decimal(cells["Usages"]),
        currency=cells["CurrencyOfReporting"],
        currency_tx=cells["CurrencyOfTransaction"] or cells["CurrencyOfReporting"],
        rate=cells["ExchangeRate"] or "1",
        rate_source="",
        rate_day="",
        net=net,
        net_tx=net,
        total=net,
        is_allocated=bool(allocated),
    )

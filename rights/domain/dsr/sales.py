"""Where the lines of sales have what money depends on, for each kind of line that says it all itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rights.domain.identifiers import RELEASE_NUMBER


@dataclass(frozen=True)
class Reading:
    """Where a kind of line has what we need; of several names the first that is not empty is taken.

    A number of a release stands for several recordings: it begins with ``RELEASE_NUMBER``.
    """

    isrc: str
    icpn: str
    label_id: tuple[str, ...]
    dsp_id: tuple[str, ...]
    day: str
    usages: str
    returns: str
    net_usages: str
    net: str
    net_tx: str


SALES: Mapping[str, Reading] = {
    "SR08": Reading(
        isrc="ResourceISRC",
        icpn="ReleaseICPN",
        label_id=("LabelResourceId", "LabelReleaseId"),
        dsp_id=("DspResourceId", "DspReleaseId"),
        day="SalesTransactionDate",
        usages="TotalUsages",
        returns="Returns",
        net_usages="NetUsage",
        net="AllocatedNetRevenueInCurrencyOfAccounting",
        net_tx="AllocatedNetRevenueInCurrencyOfTransaction",
    ),
    "SR01": Reading(
        isrc="ISRC",
        icpn="ICPN",
        label_id=("ProprietaryReleaseId",),
        dsp_id=("DspResourceId", "DspReleaseId"),
        day="",
        usages="Downloads",
        returns="Returns",
        net_usages="",
        net="",
        net_tx="",
    ),
    "SR02": Reading(
        isrc="ISRC",
        icpn="ICPN",
        label_id=("ProprietaryReleaseId",),
        dsp_id=("DspResourceId", "DspReleaseId"),
        day="",
        usages="NumberOfStreams",
        returns="",
        net_usages="",
        net="",
        net_tx="",
    ),
}
"""Lines that say everything themselves. Basic Audio has money in its summaries only."""


def number_as_kept(column: str, number: str) -> str:
    """Return a number that is not empty as groups keep it: that of a release says that it is one."""
    return RELEASE_NUMBER + number if "Release" in column else number

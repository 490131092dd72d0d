"""What happened to a payee's money, in words: kinds of entries and of uses, countries, months."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ENTRIES: dict[str, _StrPromise] = {
    "allocation": _("Earned"),
    "claim_activated": _("Earned before your claim was accepted"),
    "fee": _("Our fee"),
    "over_cap": _("Above the cap of the contract"),
    "reserve_taken": _("Kept in reserve"),
    "reserve_released": _("Released from reserve"),
    "advance_paid": _("Advance paid"),
    "advance_recouped": _("Advance recouped"),
    "tax_withheld": _("Tax withheld"),
    "payout_reserved": _("Paid out"),
    "payout_settled": _("Arrived"),
    "chargeback": _("Charged back by the store"),
    "conversion": _("Converted"),
    "adjustment": _("Adjustment"),
    "written_off": _("Written off by us"),
    "reversal": _("Reversed"),
}
USES: dict[str, _StrPromise] = {
    "OnDemandStream": _("Stream on demand"),
    "NonInteractiveStream": _("Radio stream"),
    "Stream": _("Stream"),
    "PermanentDownload": _("Download"),
    "ConditionalDownload": _("Download while subscribed"),
    "UserMadeAvailableContent": _("In videos of users"),
    "SubscriptionModel": _("Subscription"),
    "AdvertisementSupportedModel": _("With advertisements"),
    "FreeOfChargeModel": _("Free of charge"),
    "PayAsYouGoModel": _("Bought one by one"),
}
POOLS: dict[str, _StrPromise] = {"inputs": _("Ten songs"), "base": _("Base catalogue")}
COUNTRIES: dict[str, _StrPromise] = {
    "AR": _("Argentina"),
    "AT": _("Austria"),
    "AU": _("Australia"),
    "BE": _("Belgium"),
    "BR": _("Brazil"),
    "CA": _("Canada"),
    "CH": _("Switzerland"),
    "CL": _("Chile"),
    "CO": _("Colombia"),
    "CZ": _("Czechia"),
    "DE": _("Germany"),
    "DK": _("Denmark"),
    "ES": _("Spain"),
    "FI": _("Finland"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "GR": _("Greece"),
    "ID": _("Indonesia"),
    "IE": _("Ireland"),
    "IN": _("India"),
    "IT": _("Italy"),
    "JP": _("Japan"),
    "KR": _("South Korea"),
    "MX": _("Mexico"),
    "NL": _("Netherlands"),
    "NO": _("Norway"),
    "NZ": _("New Zealand"),
    "PH": _("Philippines"),
    "PL": _("Poland"),
    "PT": _("Portugal"),
    "SE": _("Sweden"),
    "TH": _("Thailand"),
    "TR": _("Türkiye"),
    "TW": _("Taiwan"),
    "US": _("United States"),
    "ZA": _("South Africa"),
}
"""Where most plays come from; another country is shown by its code."""


def entry_words(kind: str) -> _StrPromise | str:
    """Return what an entry did to a payee."""
    return ENTRIES.get(kind, kind.replace("_", " "))


def use_words(code: str) -> _StrPromise | str:
    """Return a kind of use in words; a code of a store that we do not know stays as it came."""
    return USES.get(code, code or _("Not said"))


def territory_words(code: str) -> _StrPromise | str:
    """Return a country in words; what is none (``Worldwide``) stays as it came."""
    return COUNTRIES.get(code, code)


def pool_words(code: str) -> _StrPromise | str:
    """Return the name of a pool."""
    return POOLS.get(code, code)


def month_words(period: str) -> str:
    """Return a month such as ``2026-10`` as people write it; what is none stays as it came."""
    try:
        first = date.fromisoformat(f"{period[:7]}-01")
    except ValueError:
        return period
    return date_format(first, "F Y")

"""Mappings to begin with: our own template, and shapes in which reports usually come."""

from __future__ import annotations

from collections.abc import Sequence

from rights.domain.csv_mapping import ColumnMapping, header_key

OWN = "Tenfold's template"
TEMPLATE_HEADER = (
    "isrc", "barcode", "title", "artist", "month", "territory", "service", "use", "units", "returns",
    "net_revenue", "currency",
)  # fmt: skip
TEMPLATE_EXAMPLE = (
    "QZTEN2600001", "", "Harbour Lights", "Marlow Quay", "2026-10", "DE", "Lanternwave Premium",
    "OnDemandStream", "1200", "0", "4.2031", "EUR",
)  # fmt: skip
PRESETS: dict[str, ColumnMapping] = {
    OWN: ColumnMapping(
        header=TEMPLATE_HEADER,
        columns={
            "isrc": "isrc", "icpn": "barcode", "title": "title", "artist": "artist", "day": "month",
            "territory": "territory", "service": "service", "use": "use", "usages": "units",
            "returns": "returns", "net": "net_revenue", "currency": "currency",
        },
        days="YYYY-MM",
        returns="column",
    ),
    "Distributor, comma, a line for each store and month": ColumnMapping(
        header=(
            "Reporting Month", "Sale Month", "Store", "Country", "UPC", "ISRC", "Artist", "Title",
            "Sale Type", "Quantity", "Net Revenue", "Currency",
        ),
        columns={
            "day": "Sale Month", "service": "Store", "territory": "Country", "icpn": "UPC",
            "isrc": "ISRC", "artist": "Artist", "title": "Title", "use": "Sale Type",
            "usages": "Quantity", "net": "Net Revenue", "currency": "Currency",
        },
        days="YYYY-MM",
    ),
    "Distributor, semicolon and decimal comma, euros": ColumnMapping(
        header=(
            "Abrechnungsmonat", "Verkaufsdatum", "Shop", "Land", "EAN", "ISRC", "Interpret", "Titel",
            "Nutzungsart", "Stück", "Nettoerlös",
        ),
        columns={
            "day": "Verkaufsdatum", "service": "Shop", "territory": "Land", "icpn": "EAN",
            "isrc": "ISRC", "artist": "Interpret", "title": "Titel", "use": "Nutzungsart",
            "usages": "Stück", "net": "Nettoerlös",
        },
        fixed={"currency": "EUR"},
        delimiter=";",
        decimal=",",
        thousands=".",
        days="DD.MM.YYYY",
    ),
    "Store, tab, returns in a column of their own": ColumnMapping(
        header=(
            "Period", "Territory", "Product", "Track Id", "ISRC", "Title", "Artist", "Downloads",
            "Returns", "Royalty", "Royalty Currency",
        ),
        columns={
            "day": "Period", "territory": "Territory", "service": "Product", "dsp_id": "Track Id",
            "isrc": "ISRC", "title": "Title", "artist": "Artist", "usages": "Downloads",
            "returns": "Returns", "net": "Royalty", "currency": "Royalty Currency",
        },
        delimiter="\t",
        days="YYYYMM",
        returns="column",
    ),
}  # fmt: skip


def preset_of(header: Sequence[str]) -> str:
    """Return the name of the preset whose columns these are, empty if it is none."""
    wanted = header_key(header)
    return next((name for name, one in PRESETS.items() if header_key(one.header) == wanted), "")

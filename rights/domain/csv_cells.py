"""One cell of a table, read exactly as its mapping says, or refused with what it should be."""

from __future__ import annotations

import re
from calendar import monthrange
from decimal import Decimal

from config.lib.currencies import MINOR_PLACES

SHOWN = 40
PLACES = 10
DIGITS = 17
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", re.ASCII)
_ICPN = re.compile(r"[0-9]{12,14}", re.ASCII)
_PLAIN = re.compile(rf"-?[0-9]{{1,{DIGITS}}}(?:\.[0-9]{{1,{PLACES}}})?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_DAYS = {
    "YYYY-MM": r"(?P<y>\d{4})-(?P<m>\d{2})",
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})",
    "YYYYMM": r"(?P<y>\d{4})(?P<m>\d{2})",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "DD.MM.YYYY": r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
    "DD/MM/YYYY": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})",
    "MM/YYYY": r"(?P<m>\d{1,2})/(?P<y>\d{4})",
}
_PATTERNS = {form: re.compile(pattern, re.ASCII) for form, pattern in _DAYS.items()}


class CellError(ValueError):
    """The cell does not say what its column is for."""


def text_cell(value: str) -> str:
    """Return a text on one line; what steers a terminal or a table becomes a blank."""
    return " ".join(_CONTROL.sub(" ", value).split())


def isrc_cell(value: str) -> str:
    """Return an ISRC without its hyphens, empty if there is none.

    Raises
    ------
    CellError
        If it is none.
    """
    plain = re.sub(r"[\s-]", "", value).upper()
    if plain and not _ISRC.fullmatch(plain):
        raise CellError(_not(value, "an ISRC such as DEABC2600001"))
    return plain


def icpn_cell(value: str) -> str:
    """Return a barcode, empty if there is none; eleven digits lost the zero in front in a spreadsheet.

    Raises
    ------
    CellError
        If it is none.
    """
    plain = re.sub(r"[\s-]", "", value)
    if len(plain) == 11:
        plain = "0" + plain
    if plain and not _ICPN.fullmatch(plain):
        raise CellError(_not(value, "a barcode of twelve to fourteen digits"))
    return plain


def number_cell(value: str, *, decimal: str, thousands: str) -> Decimal:
    """Return a number exactly; accountants' brackets and a minus behind it make it negative.

    Raises
    ------
    CellError
        If it is none, or has more than ten decimal places.
    """
    plain = value.strip().replace("\N{MINUS SIGN}", "-")
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    elif plain.endswith("-"):
        plain = "-" + plain[:-1]
    if thousands:
        plain = _without(plain, thousands, decimal)
    if decimal == ",":
        plain = plain.replace(".", "?").replace(",", ".")
    if not _PLAIN.fullmatch(plain):
        raise CellError(_not(value, f"a number with at most {PLACES} decimal places"))
    return Decimal(plain)


def _without(plain: str, thousands: str, decimal: str) -> str:
    """Take the signs between thousands out, where they stand in threes."""
    plain = plain.replace("\xa0", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    whole, point, rest = plain.partition(decimal)
    first, *threes = whole.split(thousands)
    if threes and (not 1 <= len(first.lstrip("-")) <= 3 or any(len(one) != 3 for one in threes)):
        return "?"
    return first + "".join(threes) + point + rest


def day_cell(value: str, *, form: str) -> tuple[str, bool]:
    """Return the day as ``YYYY-MM-DD`` and whether the form names one; of a month it is the first.

    Raises
    ------
    CellError
        If it is no day or month of this form.
    """
    found = _PATTERNS[form].fullmatch(value.strip())
    if found is not None:
        parts = found.groupdict(default="01")
        year, month, day = int(parts["y"]), int(parts["m"]), int(parts.get("d", "01"))
        if 1999 <= year <= 2199 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]:
            return f"{year:04}-{month:02}-{day:02}", "d" in parts
    raise CellError(_not(value, f"a day or month written {form}"))


def currency_cell(value: str) -> str:
    """Return a code of ISO 4217.

    Raises
    ------
    CellError
        If it is none.
    """
    plain = value.strip().upper()
    if plain not in MINOR_PLACES:
        raise CellError(_not(value, "a currency code such as EUR"))
    return plain


def _not(value: str, wanted: str) -> str:
    return f"{value[:SHOWN]!r} is not {wanted}" if value.strip() else f"it is empty, not {wanted}"

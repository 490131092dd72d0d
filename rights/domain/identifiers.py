"""Numbers that name recordings, works, releases and Apple's resources: read, checked, written.

Sources: ISO 3901 and the ISRC Handbook (International ISRC Agency, 4th edition), ISO 15707 (ISWC),
GS1 General Specifications (barcodes, section 7.9: check digit).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
ISWC = re.compile(r"T[0-9]{10}")
APPLE_ID = re.compile(r"[0-9]{1,20}")
# What people and files put between and before the parts.
ISRC_NOISE = re.compile(r"^ISRC(?=[\s:.-])[\s:.-]*|[\s\u00a0.\u2010-\u2015\u2212-]+")
ISWC_NOISE = re.compile(r"^ISWC(?=[\s:.-])[\s:.-]*|[\s\u00a0.\u2010-\u2015\u2212-]+")
BARCODE_NOISE = re.compile(r"[\s\u00a0\u2010-\u2015-]+")
ISRC_TAGS = ("isrc", "tsrc", "----:com.apple.itunes:isrc", "com.apple.itunes:isrc")
LONGEST = 64
RELEASE_NUMBER = "release:"
"""How a number that a report gives for a release, not for a recording, begins with us."""
BARCODE_LENGTHS = frozenset({8, 12, 13, 14})


class IdentifierError(ValueError):
    """The text is no such number."""


@dataclass(frozen=True, slots=True, order=True)
class Isrc:
    """An International Standard Recording Code: prefix, year of reference, designation."""

    code: str

    @property
    def prefix(self) -> str:
        """Return the five characters given to whoever first assigned codes: the registrant.

        The registrant is not always who owns the recording now, and never proves it.
        """
        return self.code[:5]

    @property
    def year_text(self) -> str:
        """Return the two digits of the year in which the code was assigned."""
        return self.code[5:7]

    def __str__(self) -> str:
        """Return the code as people read it: ``GB-UM7-15-04503``."""
        return f"{self.code[:2]}-{self.code[2:5]}-{self.code[5:7]}-{self.code[7:]}"


def parse_isrc(text: str) -> Isrc:
    """Read an ISRC with or without hyphens, spaces, lower case or ``ISRC`` before it.

    Raises
    ------
    IdentifierError
        If it is none.
    """
    code = ISRC_NOISE.sub("", _short(text).upper())
    if not ISRC.fullmatch(code):
        msg = f"{text[:LONGEST]!r} is no ISRC: two letters, three letters or digits, seven digits"
        raise IdentifierError(msg)
    return Isrc(code)


def find_isrc(text: str) -> str:
    """Return the bare code when ``text`` is an ISRC, else nothing."""
    try:
        return parse_isrc(text).code
    except IdentifierError:
        return ""


def isrc_in_tags(tags: Mapping[str, str]) -> str:
    """Return the ISRC that a file's own tags claim, or nothing; names differ by format."""
    for name in ISRC_TAGS:
        if isrc := find_isrc(tags.get(name, "")):
            return isrc
    return ""


def parse_barcode(text: str) -> str:
    """Read a UPC-A, EAN-8, EAN-13 or GTIN-14, check it, and return its digits.

    A UPC-A keeps its twelve digits; as an EAN-13 it has a zero before it, which
    :func:`barcodes_equal` knows.

    Raises
    ------
    IdentifierError
        If it has another length, or the check digit is wrong.
    """
    digits = BARCODE_NOISE.sub("", _short(text))
    if not (digits.isascii() and digits.isdecimal() and len(digits) in BARCODE_LENGTHS):
        msg = f"{text[:LONGEST]!r} is no barcode: 8, 12, 13 or 14 digits"
        raise IdentifierError(msg)
    if barcode_check_digit(digits[:-1]) != digits[-1]:
        msg = f"{text[:LONGEST]!r} is no barcode: its last digit does not fit the others"
        raise IdentifierError(msg)
    return digits


def barcode_check_digit(digits: str) -> str:
    """Return the digit that completes ``digits``: weights 3, 1, 3 … from the right, modulo 10."""
    total = sum(int(d) * (1 if place % 2 else 3) for place, d in enumerate(reversed(digits)))
    return str(-total % 10)


def barcodes_equal(one: str, other: str) -> bool:
    """Say whether two barcodes name the same release; leading zeros only fill a field."""
    return one.lstrip("0") == other.lstrip("0") != ""


def parse_iswc(text: str) -> str:
    """Read an International Standard Musical Work Code and return it as ``T0345246801``.

    Raises
    ------
    IdentifierError
        If it is none, or the check digit is wrong.
    """
    code = ISWC_NOISE.sub("", _short(text).upper())
    if not ISWC.fullmatch(code):
        msg = f"{text[:LONGEST]!r} is no ISWC: a T and ten digits"
        raise IdentifierError(msg)
    if iswc_check_digit(code[1:10]) != code[10]:
        msg = f"{text[:LONGEST]!r} is no ISWC: its last digit does not fit the others"
        raise IdentifierError(msg)
    return code


def iswc_check_digit(digits: str) -> str:
    """Return the digit that completes nine: 1 for the T, each digit times its place, modulo 10."""
    total = 1 + sum(place * int(digit) for place, digit in enumerate(digits, start=1))
    return str(-total % 10)


def format_iswc(code: str) -> str:
    """Return an ISWC as people read it: ``T-034.524.680-1``."""
    return f"{code[0]}-{code[1:4]}.{code[4:7]}.{code[7:10]}-{code[10]}"


def parse_apple_id(text: str) -> str:
    """Return the digits of an Apple Music id.

    Raises
    ------
    IdentifierError
        If it is none.
    """
    digits = text.strip()
    if not (digits.isascii() and APPLE_ID.fullmatch(digits)):
        msg = f"{text[:LONGEST]!r} is no Apple Music id: only digits"
        raise IdentifierError(msg)
    return digits


def _short(text: str) -> str:
    """Return ``text`` without the space around it, and nothing of what is too long to be a code."""
    stripped = text.strip()
    return stripped if len(stripped) <= LONGEST else ""

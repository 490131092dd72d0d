"""Reading the tables in which the European Central Bank prints its reference rates.

The same figures come in four shapes: the XML of a day or of many (``eurofxref-daily.xml``,
``eurofxref-hist.xml``), the CSV of all days (``eurofxref-hist.csv``), the CSV of one day
(``eurofxref.csv``), and either CSV inside a ZIP. Texts are kept as they are printed; nothing
is read as a floating-point number. https://www.ecb.europa.eu/stats/eurofxref/
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

from config.lib.currencies import MINOR_PLACES
from rights.domain.exchange import RateError, rate_parse

SOURCE = "ECB"
BASE = "EUR"
LARGEST_BYTES = 32 << 20
"""All days since 1999 are 0.7 MB of CSV and 8 MB of XML."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError)
"""What zipfile raises for a damaged archive, a compression that it does not know, or a password."""
_NOTHING = frozenset({"", "N/A"})


class RateTableError(ValueError):
    """The file is no table of rates; the message says where and why."""


@dataclass(frozen=True, order=True)
class Printed:
    """One figure: the text of how many ``quote`` one euro was worth on the day ``on``."""

    on: date
    quote: str
    text: str


@dataclass(frozen=True)
class Tables:
    """Every figure of a file, by day and currency, and the currencies that we do not know."""

    rates: Sequence[Printed]
    unknown: Sequence[str]


def tables_read(content: bytes) -> Tables:
    """Read a file of the European Central Bank in any of its shapes.

    Raises
    ------
    RateTableError
        If it is none of them, or says two things about one day and currency.
    """
    if len(content) > LARGEST_BYTES:
        msg = (
            f"a table of rates has at most {LARGEST_BYTES >> 20} MB; this has {len(content)} bytes"
        )
        raise RateTableError(msg)
    if content.startswith(b"PK\x03\x04"):
        content = _only_member(content)
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    found = list(_of_xml(start) if start.startswith(b"<") else _of_csv(start))
    if not found:
        msg = "there is not one rate in the file"
        raise RateTableError(msg)
    return _tables(found)


def _tables(found: Sequence[Printed]) -> Tables:
    texts: dict[tuple[date, str], str] = {}
    for one in found:
        if texts.setdefault((one.on, one.quote), one.text) != one.text:
            msg = f"the file says both {texts[one.on, one.quote]} and {one.text} for {one.quote} of {one.on}"
            raise RateTableError(msg)
    known = [
        Printed(on, quote, text) for (on, quote), text in texts.items() if quote in MINOR_PLACES
    ]
    for one in known:
        try:
            rate_parse(one.text, base=BASE, quote=one.quote, source=SOURCE, on=one.on)
        except RateError as error:
            msg = f"{one.quote} of {one.on}: {error}"
            raise RateTableError(msg) from None
    return Tables(sorted(known), sorted({one.quote for one in found} - set(MINOR_PLACES)))


def _only_member(content: bytes) -> bytes:
    """Return the one CSV of the ZIP, never more bytes than a table may have."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [one for one in archive.namelist() if one.lower().endswith(".csv")]
            unpacked = b""
            if len(names) == 1:
                with archive.open(names[0]) as member:
                    unpacked = member.read(LARGEST_BYTES + 1)
    except (*ZIP_ERRORS, ValueError) as error:
        msg = f"the ZIP cannot be opened: {error}"
        raise RateTableError(msg) from error
    if len(names) != 1:
        msg = f"a ZIP of rates holds one CSV file, this one {len(names)}"
        raise RateTableError(msg)
    if len(unpacked) > LARGEST_BYTES:
        msg = f"the ZIP unpacks to more than {LARGEST_BYTES >> 20} MB"
        raise RateTableError(msg)
    return unpacked


class _Envelope:
    """Collects the cubes of an envelope: a day, and in it currencies with their rates."""

    def __init__(self) -> None:
        self.found: list[Printed] = []
        self._on: date | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] != "Cube":
            return
        if "time" in attributes:
            self._on = _day(attributes["time"])
        elif "currency" in attributes:
            if self._on is None:
                msg = f"the rate of {attributes['currency'][:10]!r} stands in no day"
                raise RateTableError(msg)
            text = attributes.get("rate", "").strip()
            if text not in _NOTHING:
                self.found.append(Printed(self._on, attributes["currency"][:10], text))


def _of_xml(content: bytes) -> list[Printed]:
    """Read the envelope. A document type could hold entities that grow without end: refused."""
    envelope, parser = _Envelope(), expat.ParserCreate()
    parser.StartElementHandler = envelope.start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        msg = f"the XML cannot be read: {error}"
        raise RateTableError(msg) from error
    return envelope.found


def _refuse_doctype(*_said: Any) -> None:
    msg = "a table of rates has no document type and no entities"
    raise RateTableError(msg)


def _of_csv(content: bytes) -> Iterator[Printed]:
    try:
        text = content.decode("utf-8")
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        msg = f"the CSV cannot be read: {error}"
        raise RateTableError(msg) from error
    if not rows or not rows[0] or rows[0][0].strip().lower() != "date":
        msg = "the first line begins with Date and names currencies; this file is no table of rates"
        raise RateTableError(msg)
    quotes = [cell.strip() for cell in rows[0][1:]]
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(quotes) + 1:
            msg = f"line {number} has {len(row)} cells, the first line {len(quotes) + 1}"
            raise RateTableError(msg)
        on = _day(row[0].strip())
        for quote, cell in zip(quotes, row[1:], strict=False):
            if quote and cell.strip() not in _NOTHING:
                yield Printed(on, quote[:10], cell.strip())


def _day(text: str) -> date:
    """Read ``2026-10-30``, or ``30 October 2026`` as the CSV of one day has it."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.strptime(text, "%d %B %Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        msg = f"{text[:40]!r} is not a day"
        raise RateTableError(msg) from None

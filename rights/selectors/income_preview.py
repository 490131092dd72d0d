"""The beginning of a report that came as a table, and the mapping that it may be read by."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.lib import blobs
from rights.domain.csv_mapping import ColumnMapping, header_key
from rights.domain.csv_presets import PRESETS
from rights.income.csv_files import PREVIEW_BYTES, Row, delimiter_of, preview_rows, preview_text
from rights.income.csv_lines import PlainLine, preview_lines
from rights.income.files import GZIP
from rights.models import IncomeMapping

if TYPE_CHECKING:
    from rights.domain.dsr.lines import Fault
    from rights.models import IncomeFile

LINES_SHOWN = 10


@dataclass(frozen=True)
class TablePreview:
    """The first rows as they are, and where their names of columns may stand."""

    rows: Sequence[Row]
    delimiter: str
    header_row: int
    header: tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """A mapping that fits a file: the newest of a source, or one of ours to begin with."""

    source: str
    name: str
    mapping: ColumnMapping


def report_start(key: str) -> bytes:
    """Return the first bytes of a stored report, unpacked; of a damaged archive what there is."""
    with blobs.open_blob(key) as blob:
        if blob.read(2) != GZIP:
            blob.seek(0)
            return blob.read(PREVIEW_BYTES)
        blob.seek(0)
        try:
            with gzip.open(blob) as plain:
                return bytes(plain.read(PREVIEW_BYTES))
        except (OSError, EOFError, zlib.error):
            return b""


def table_preview(
    file: IncomeFile, *, delimiter: str = "", encoding: str = "auto", header_row: int = 0
) -> TablePreview:
    """Return the first rows; what is not given is guessed, for a person to put right."""
    start = report_start(file.key)
    sign = delimiter or delimiter_of(preview_text(start, encoding))
    rows = preview_rows(start, encoding, sign)
    wide = max((len(row.cells) for row in rows), default=0)
    named = (row for row in rows if len(row.cells) == wide and all(row.cells))
    guess = next(named, None) or next((row for row in rows if len(row.cells) == wide), None)
    at = header_row or (guess.last if guess is not None else 1)
    header = next((row.cells for row in rows if row.last >= at), ())
    return TablePreview(rows, sign, at, tuple(cell.strip() for cell in header))


def mapping_offer(file: IncomeFile) -> Offer | None:
    """Return the newest saved mapping whose columns the file has, or a preset of ours, or None."""
    start = report_start(file.key)
    newest: dict[str, IncomeMapping] = {}
    for row in IncomeMapping.objects.order_by("source", "-revision"):
        newest.setdefault(row.source, row)
    saved = sorted(newest.values(), key=lambda row: row.made_at, reverse=True)
    offers = [Offer(row.source, str(row), row.mapping) for row in saved]
    offers += [Offer("", name, mapping) for name, mapping in PRESETS.items()]
    return next((offer for offer in offers if _fits(start, offer.mapping)), None)


def mapped_preview(
    file: IncomeFile, mapping: ColumnMapping
) -> Sequence[tuple[PlainLine | None, Sequence[Fault]]]:
    """Return what the first lines become by the mapping, or what is wrong with them."""
    rows = preview_rows(report_start(file.key), mapping.encoding, mapping.delimiter)
    found = preview_lines(rows, mapping, LINES_SHOWN)
    return [(one, ()) if isinstance(one, PlainLine) else (None, one) for one in found]


def _fits(start: bytes, mapping: ColumnMapping) -> bool:
    rows = preview_rows(start, mapping.encoding, mapping.delimiter)
    header = next((row.cells for row in rows if row.last >= mapping.header_row), ())
    return bool(header_key(header)) and mapping.fits(header)

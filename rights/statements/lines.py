"""The lines of a statement as files: CSV by the names of DSRF, and JSON. Equal to the screen, exactly.

Amounts are plain decimal text with a point, to the last micro-unit; text that a spreadsheet would
take for a formula gets an apostrophe in front. A file is written while it is sent.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from config.lib.money import decimal_text, minor_places
from rights.domain.shares import percent_text
from rights.domain.statement_body import LINE_COLUMNS, uses_text
from rights.domain.statement_words import Cut
from rights.domain.tables import cell_for_export
from rights.models import StatementLine
from rights.selectors.statement_page import statement_slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rights.models import Statement

CHUNK = 2_000
COLUMNS: dict[str, str] = {
    "LineNumber": "number",
    "StatementNumber": "",
    "RightsController": "",
    "RightsControllerPartyId": "",
    "ResourceISRC": "song_isrc",
    "ResourceTitle": "song_title",
    "ResourceDisplayArtistName": "project",
    "SourceISRC": "isrc",
    "SourceTitle": "title",
    "ServiceDescription": "service",
    "TerritoryCode": "territory",
    "UsagePeriod": "month",
    "UseType": "use",
    "CommercialModelType": "model",
    "Pool": "pool",
    "TotalUsages": "uses",
    "SourceWeight": "weight",
    "RightSharePercentage": "share_ppm",
    "CurrencyOfTransaction": "currency",
    "AllocatedNetRevenueInCurrencyOfTransaction": "amount",
    "CurrencyOfStatement": "",
    "AllocatedAmount": "paid",
}
"""What a column is called, and what of a line it says: the song that was used is the resource, the
payee's recording in it the source."""
NUMBERS = frozenset({"number", "uses", "weight", "share_ppm", "amount", "paid"})


def statement_csv(statement: Statement) -> Iterator[str]:
    """Yield the lines as CSV, a part at a time. ``AllocatedAmount`` sums to what was earned."""
    own = {
        "StatementNumber": str(statement),
        "RightsController": statement.party.name,
        "RightsControllerPartyId": str(statement.party_id),
        "CurrencyOfStatement": statement.currency,
    }
    tape = io.StringIO()
    writer = csv.writer(tape)
    writer.writerow(COLUMNS)
    for number, line in enumerate(_lines(statement), start=1):
        writer.writerow(
            cell_for_export(own[name]) if name in own else _cell(line, column, statement.currency)
            for name, column in COLUMNS.items()
        )
        if number % CHUNK == 0:
            yield _taken(tape)
    yield _taken(tape)


def statement_json(statement: Statement) -> Iterator[str]:
    """Yield the statement as JSON: the body that its hash is of, its sums, and every line.

    Amounts are micro-units as text. ``body`` is text too, so that it can be hashed as it stands.
    """
    head = {
        "number": statement.number,
        "revision": statement.revision,
        "sha256": statement.sha256,
        "lines_sha256": statement.lines_sha256,
        "body": statement.body,
        "sums": {cut.value: _sums(statement, cut) for cut in Cut},
        "columns": list(LINE_COLUMNS),
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "lines": ['
    for number, line in enumerate(_lines(statement)):
        said = [
            uses_text(line.uses) if name == "uses" else str(getattr(line, name))
            for name in LINE_COLUMNS
        ]
        yield (",\n" if number else "\n") + json.dumps(said, ensure_ascii=False)
    yield "\n]}\n"


def _lines(statement: Statement) -> Iterator[StatementLine]:
    rows = StatementLine.objects.filter(statement=statement).order_by("number")
    return rows.iterator(chunk_size=CHUNK)


def _sums(statement: Statement, cut: Cut) -> list[dict[str, Any]]:
    return [
        {
            "key": row.key,
            "words": row.words,
            "uses": uses_text(row.uses),
            "lines": row.lines,
            "amount": str(row.amount.micros),
        }
        for row in statement_slices(statement=statement, by=cut)
    ]


def _cell(line: StatementLine, column: str, currency: str) -> str:
    if column == "amount":
        return decimal_text(line.amount, places=minor_places(line.currency))
    if column == "paid":
        return decimal_text(line.paid, places=minor_places(currency))
    if column == "share_ppm":
        return percent_text(line.share_ppm)
    if column == "uses":
        return uses_text(line.uses)
    text = str(getattr(line, column))
    return text if column in NUMBERS else cell_for_export(text)


def _taken(tape: io.StringIO) -> str:
    text = tape.getvalue()
    tape.seek(0)
    tape.truncate()
    return text

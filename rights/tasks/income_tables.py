"""Reading a report that came as a table, by the mapping that it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rights.domain.dsr.report import Head
from rights.income.csv_files import table_open, table_rows
from rights.income.csv_lines import TableReading, table_write
from rights.income.csv_sums import table_sums
from rights.income.division import earned_table
from rights.income.engine import calculator, sums_that_fit
from rights.income.files import ReportRefusedError
from rights.selectors.ownership import ownership_days
from rights.services.income import TABLE
from rights.services.income_reading import GroupFacts, Reading
from rights.tasks.income_groups import SummaryFacts, groups_earned

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from rights.models import IncomeFile, IncomeMapping


def reading_of_table(path: Path, folder: Path, file: IncomeFile) -> Reading:
    """Read a table and return what the rows are made of.

    Raises
    ------
    ReportRefusedError
        If it has no mapping yet, or cannot be cut into lines of text.
    """
    if file.mapping is None:
        raise ReportRefusedError(
            "income.not_mapped",
            "Nobody has said what its columns are. Nothing was read. Choose them on its page.",
        )
    mapping = file.mapping.mapping
    table = table_open(path, folder, encoding=mapping.encoding)
    plain = folder / "plain.tsv"
    found = table_write(table_rows(table, mapping.delimiter), mapping, plain)
    groups: list[GroupFacts] = []
    cuts = ownership_days(found.first_day, found.last_day) if found.uses else ()
    if found.uses:
        with sums_that_fit(), calculator(folder) as connection:
            table_sums(connection, plain, cuts)
            earned_table(connection)
            groups = _groups(connection, found)
    return Reading(
        head=_head(file, file.mapping, found),
        lines=table.lines,
        uses=found.uses,
        faults=found.faults,
        faults_left_out=found.faults_left_out,
        concerns=_concerns(found, table.encoding, mapping.encoding),
        groups=groups,
        cuts=cuts,
    )


def _head(file: IncomeFile, mapping: IncomeMapping, found: TableReading) -> Head:
    """Return what the first line of a flat file would say; the bytes are its message."""
    services = {summary.service for summary in found.summaries}
    return Head(
        profile=TABLE,
        profile_version=str(mapping.revision),
        message_id=f"csv:{file.sha256}",
        created="",
        file_number=1,
        files=1,
        usage_from=found.first_day,
        usage_to=found.last_day,
        sender_id=mapping.source,
        sender=mapping.source,
        service=services.pop()[:255] if len(services) == 1 else "",
        recipient_id="",
        recipient="",
    )


def _concerns(found: TableReading, encoding: str, wanted: str) -> list[tuple[str, str, bool]]:
    concerns = []
    if not found.uses:
        concerns.append(("no_uses", "There is not one line that could be read", True))
    if wanted == "auto" and encoding == "cp1252":
        words = "The file says not how it is encoded and is no UTF-8; it was read as Windows-1252"
        concerns.append(("encoding", words, False))
    return concerns


def _groups(connection: duckdb.DuckDBPyConnection, found: TableReading) -> list[GroupFacts]:
    """Return the groups with the facts of their summary and their money in whole micro-units."""
    return groups_earned(
        connection,
        {
            key: SummaryFacts(
                service=summary.service,
                territory=summary.territory[:40],
                model=summary.model[:80],
                use=summary.use[:80],
                currency=summary.currency,
                starts="",  # every line of a table has its day
            )
            for summary, key in found.summaries.items()
        },
    )

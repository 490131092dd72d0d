"""Job ``rights.income.read``: read a usage report from storage and write down what it says."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from config.lib import blobs
from rights.domain.dsr.report import Summary
from rights.income.checks import report_concerns
from rights.income.division import earned_by_use, earned_table
from rights.income.engine import calculator, sums_that_fit
from rights.income.files import ReportRefusedError, report_open
from rights.income.scan import Report, report_head, scan_report
from rights.models import IncomeFile
from rights.selectors.ownership import ownership_days
from rights.services.income import TABLE
from rights.services.income_reading import GroupFacts, Reading, income_read, income_refuse
from rights.tasks.income_groups import SummaryFacts, groups_earned
from rights.tasks.income_tables import reading_of_table

if TYPE_CHECKING:
    import duckdb

    from config.jobs.stages import Run


def income_file_read(run: Run) -> None:
    """Handle one job; ``params`` names the file."""
    file = IncomeFile.objects.get(pk=run.params["file"])
    try:
        reading = reading_in_folder(file)
    except ReportRefusedError as refusal:
        with run.holding():
            income_refuse(file=file, why=str(refusal))
        raise
    run.finish(lambda: income_read(file=file, reading=reading))


def reading_in_folder(file: IncomeFile) -> Reading:
    """Fetch a report from storage into a folder of its own and read it.

    Raises
    ------
    ReportRefusedError
        If the file cannot be cut into lines of text.
    """
    with tempfile.TemporaryDirectory(prefix="income-") as made:
        path = Path(made) / "report"
        with blobs.open_blob(file.key) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        if file.profile == TABLE:
            return reading_of_table(path, Path(made), file)
        return reading_of(path, Path(made), file.name)


def reading_of(path: Path, folder: Path, name: str) -> Reading:
    """Read a report and return what the rows are made of.

    Raises
    ------
    ReportRefusedError
        If the file cannot be cut into lines of text.
    """
    file = report_open(path, folder)
    with sums_that_fit(), calculator(folder) as connection:
        head = report_head(file)
        cuts = ownership_days(head.usage_from, head.usage_to) if head is not None else ()
        report = scan_report(connection, file, folder=folder, cuts=cuts)
        has_sums = bool(connection.execute("SHOW TABLES").fetchall())
        concerns = report_concerns(connection, report, file, name) if has_sums else []
        groups = _groups(connection, report) if has_sums else []
    return Reading(
        head=report.head,
        lines=file.lines,
        uses=int(report.uses),
        faults=report.faults,
        faults_left_out=report.faults_left_out,
        concerns=[(one.code, one.words, one.is_blocking) for one in concerns],
        groups=groups,
        cuts=cuts,
    )


def _groups(connection: duckdb.DuckDBPyConnection, report: Report) -> list[GroupFacts]:
    """Return the groups, priced by their uses where the report has no lines of money."""
    earned_table(connection)
    if not any(summary.mark == "SY10" for summary in report.summaries.values()):
        earned_by_use(connection, [(s.key, micros_of(s)) for s in report.summaries.values()])
    return groups_earned(
        connection,
        {
            key: SummaryFacts(
                service=summary.service or summary.channel,
                territory=summary.territory,
                model=summary.model,
                use=summary.use,
                currency=summary.currency,
                starts=summary.starts,
            )
            for key, summary in report.summaries.items()
        },
    )


def micros_of(summary: Summary) -> int:
    """Return the net revenue of a summary in micro-units, rounded once, half to even."""
    return int((summary.net.scaleb(6)).to_integral_value(rounding="ROUND_HALF_EVEN"))

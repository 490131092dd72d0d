"""The lines of a statement: pages of them, cut by what somebody clicked, and where each comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum

from config.lib.money import Money
from rights.domain.statement_words import Cut
from rights.models import Statement, StatementDispute, StatementLine
from rights.models.statement_dispute import PENDING

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

PER_PAGE = 100
COLUMN: dict[Cut, str] = {
    Cut.SONG: "song_isrc",
    Cut.RECORDING: "isrc",
    Cut.SERVICE: "service",
    Cut.TERRITORY: "territory",
    Cut.PROJECT: "project",
    Cut.MONTH: "month",
    Cut.USE: "use",
    Cut.POOL: "pool",
}


@dataclass(frozen=True)
class LineRow:
    """One line. ``amount`` is what was earned, ``paid`` the same in the statement's currency.

    ``is_release`` marks money that was held until a claim was accepted.
    """

    id: int
    number: int
    pool: str
    song_isrc: str
    song_title: str
    project: str
    isrc: str
    title: str
    service: str
    territory: str
    month: str
    use: str
    model: str
    uses: Decimal
    weight: int
    share_ppm: int
    amount: Money
    paid: Money
    is_release: bool
    is_disputed: bool


@dataclass(frozen=True)
class LinesPage:
    """Some lines of a statement, ``count`` and ``total`` of all that were asked for.

    ``after`` is the number to ask for the next page with; 0 where this is the last.
    """

    rows: tuple[LineRow, ...]
    count: int
    total: Money
    after: int


@dataclass(frozen=True)
class LineOrigin:
    """Where a line comes from: the report, the split sheet with its receipt, the run and its entry."""

    line: LineRow
    statement: str
    run: str
    run_entry: str
    report: str
    report_sha256: str
    summary: str
    group_id: int | None
    sheet_id: UUID | None
    sheet_version: int | None
    receipt: UUID | None
    release_claim: UUID | None


def lines_where(statement: Statement, where: Mapping[Cut, str]) -> QuerySet[StatementLine]:
    """Return the lines of a statement that are in all of the slices, in their order."""
    columns = {COLUMN[cut]: key for cut, key in where.items()}
    return StatementLine.objects.filter(statement=statement, **columns).order_by("number")


def statement_lines(
    *, statement: Statement, where: Mapping[Cut, str] | None = None, after: int = 0
) -> LinesPage:
    """Return the lines after the one numbered ``after``, a page of them."""
    lines = lines_where(statement, where or {})
    shown = list(lines.filter(number__gt=after)[: PER_PAGE + 1])
    total = lines.aggregate(total=Sum("paid"))["total"]
    disputed = _disputed(statement)
    rows = tuple(line_row(line, statement.currency, disputed) for line in shown[:PER_PAGE])
    return LinesPage(
        rows=rows,
        count=lines.count(),
        total=Money(total or 0, statement.currency),
        after=rows[-1].number if len(shown) > PER_PAGE else 0,
    )


def line_row(line: StatementLine, currency: str, disputed: frozenset[int] = frozenset()) -> LineRow:
    """Return a line as pages show it."""
    return LineRow(
        id=line.pk,
        number=line.number,
        pool=line.pool,
        song_isrc=line.song_isrc,
        song_title=line.song_title,
        project=line.project,
        isrc=line.isrc,
        title=line.title,
        service=line.service,
        territory=line.territory,
        month=line.month,
        use=line.use,
        model=line.model,
        uses=line.uses,
        weight=line.weight,
        share_ppm=line.share_ppm,
        amount=Money(line.amount, line.currency),
        paid=Money(line.paid, currency),
        is_release=line.release_id is not None,
        is_disputed=line.pk in disputed,
    )


def line_origin(*, line: StatementLine) -> LineOrigin:
    """Return where a line comes from, for a page that leads on to each of it."""
    share, group = line.share, line.share.group
    sheet = group.sheet if group else None
    release = line.release
    return LineOrigin(
        line=line_row(line, line.statement.currency, _disputed(line.statement)),
        statement=str(line.statement),
        run=share.run.period,
        run_entry=f"run:{share.run_id}:{line.currency}",
        report=group.file.name if group else "",
        report_sha256=group.file.sha256 if group else "",
        summary=group.summary if group else "",
        group_id=share.group_id,
        sheet_id=sheet.pk if sheet else None,
        sheet_version=sheet.version if sheet else None,
        receipt=sheet.receipt if sheet else None,
        release_claim=release.claim_id if release else None,
    )


def _disputed(statement: Statement) -> frozenset[int]:
    rows = StatementDispute.objects.filter(line__statement=statement, state__in=PENDING)
    return frozenset(rows.values_list("line", flat=True))

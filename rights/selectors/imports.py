"""A label's delivery for its pages: the columns to name, and the preview row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import Count
from django.utils.translation import gettext as _

from rights.domain.catalogue_csv import BY_NAME, COLUMNS
from rights.models import ImportRow, ImportRun

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.core.paginator import Page

    from accounts.models import Organisation

PER_PAGE = 100
SAMPLES = 3


@dataclass(frozen=True)
class ColumnChoice:
    """One thing a table may tell, and which of its columns is taken to tell it."""

    name: str
    heading: str
    is_required: bool
    chosen: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class ErrorLine:
    """Why a cell cannot be used, in words."""

    column: str
    message: str


@dataclass(frozen=True)
class ChangeOfFact:
    """What the label says otherwise than is believed now."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class ImportLine:
    """One row of the preview."""

    line: int
    action: str
    action_label: str
    isrc: str
    title: str
    artist: str
    audio: str
    is_indexed: bool
    errors: tuple[ErrorLine, ...]
    changes: tuple[ChangeOfFact, ...]


@dataclass(frozen=True)
class ImportCounts:
    """How many rows do what."""

    total: int
    create: int
    update: int
    same: int
    refuse: int


@dataclass(frozen=True)
class ImportPage:
    """Everything the pages of one delivery show."""

    id: UUID
    label: str
    filename: str
    state: str
    state_label: str
    consent: str
    terms: str
    said_by: str
    columns: tuple[str, ...]
    choices: tuple[ColumnChoice, ...]
    counts: ImportCounts
    lines: tuple[ImportLine, ...]
    page: Page[ImportRow]
    created_at: datetime
    applied_at: datetime | None
    can_apply: bool
    is_over: bool


def import_list(*, organisation: Organisation) -> list[ImportRun]:
    """Return the deliveries of a rights holder, newest first, each with ``rows_total``."""
    mine = ImportRun.objects.filter(organisation=organisation).select_related("label")
    return list(mine.annotate(rows_total=Count("rows")))


def import_page(run: ImportRun, *, number: int = 1, only: str = "") -> ImportPage:
    """Return a delivery with one page of its rows, those with the effect ``only`` if it is given.

    The same number of queries for any number of rows.
    """
    counts = _counts(run)
    rows = run.rows.order_by("line")
    if only in ImportRow.Action.values:
        rows = rows.filter(action=only)
    page = Paginator(rows, PER_PAGE).get_page(number)
    lines = tuple(_line(row) for row in page.object_list)
    is_over = run.state in (ImportRun.State.APPLIED, ImportRun.State.DISCARDED)
    return ImportPage(
        id=run.pk,
        label=run.label.name,
        filename=run.filename,
        state=run.state,
        state_label=run.get_state_display(),
        consent=run.get_consent_state_display() if run.consent_state else "",
        terms=run.consent_terms,
        said_by=run.said_by,
        columns=tuple(run.columns),
        choices=_choices(run, list(page.object_list)),
        counts=counts,
        lines=lines,
        page=page,
        created_at=run.created_at,
        applied_at=run.applied_at,
        can_apply=run.state == ImportRun.State.PREVIEWED
        and counts.refuse < counts.total
        and not run.is_applying,
        is_over=is_over,
    )


def error_in_words(error: dict[str, object]) -> ErrorLine:
    """Return a kept error in the language of the reader."""
    column = BY_NAME.get(str(error["column"]))
    text = _(str(error["text"]))
    data = error["data"] if isinstance(error["data"], dict) else {}
    return ErrorLine(_(column.heading) if column else str(error["column"]), text % data)


def _counts(run: ImportRun) -> ImportCounts:
    found = dict(run.rows.values_list("action").annotate(Count("pk")).order_by())
    return ImportCounts(
        total=sum(found.values()),
        create=found.get(ImportRow.Action.CREATE, 0),
        update=found.get(ImportRow.Action.UPDATE, 0),
        same=found.get(ImportRow.Action.SAME, 0),
        refuse=found.get(ImportRow.Action.REFUSE, 0),
    )


def _choices(run: ImportRun, rows: list[ImportRow]) -> tuple[ColumnChoice, ...]:
    return tuple(
        ColumnChoice(
            name=column.name,
            heading=_(column.heading),
            is_required=column.required,
            chosen=run.mapping.get(column.name, ""),
            samples=_samples(rows, run.mapping.get(column.name, "")),
        )
        for column in COLUMNS
    )


def _samples(rows: list[ImportRow], heading: str) -> tuple[str, ...]:
    cells = (str(row.raw.get(heading, "")) for row in rows if heading)
    return tuple(cell for cell in cells if cell)[:SAMPLES]


def _line(row: ImportRow) -> ImportLine:
    return ImportLine(
        line=row.line,
        action=row.action,
        action_label=row.get_action_display(),
        isrc=str(row.values.get("isrc", "")),
        title=str(row.values.get("title", "")),
        artist=str(row.values.get("artist", "")),
        audio=row.audio_name,
        is_indexed=bool(row.fingerprint_key),
        errors=tuple(error_in_words(error) for error in row.errors),
        changes=tuple(
            ChangeOfFact(_(BY_NAME[each["field"]].heading), each["old"], each["new"])
            for each in row.changes
            if each["field"] in BY_NAME
        ),
    )

"""A label's delivery: uploaded, its columns named, previewed; or put away.

Applying it is ``rights.services.import_apply``. ``values`` of a row are what
``rights.domain.catalogue_csv`` read. Audio files are decoded and fingerprinted by
``rights.tasks.delivery``, which writes what it found into rows of the same kind.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from config.lib import blobs
from rights.domain.catalogue_csv import mapping_errors, read_rows, suggest_mapping
from rights.domain.tables import TableUnreadableError, read_table
from rights.exceptions import ImportRefusedError
from rights.models import ImportRow, ImportRun
from rights.services.audio_leftovers import import_audio_forget
from rights.services.import_rows import recordings_known, row_previewed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from accounts.models import Organisation, User
    from rights.models import Party

State = ImportRun.State


@dataclass(frozen=True)
class Terms:
    """What the label says about the use of what it delivers; "" says nothing."""

    state: str = ""
    terms: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    said_by: str = ""


@transaction.atomic
def import_begin(
    *,
    label: Party,
    filename: str,
    content: bytes,
    actor: User | None,
    organisation: Organisation | None = None,
    terms: Terms | None = None,
) -> ImportRun:
    """Keep a delivered table and suggest which column is what.

    Raises
    ------
    ImportRefusedError
        If the file is no table that can be read, or the consent lacks its terms, day or speaker.
    """
    said = terms or Terms()
    _check_terms(said)
    try:
        table = read_table(content)
    except TableUnreadableError as error:
        raise ImportRefusedError("rights.import.unreadable", _(str(error))) from error
    return import_create(
        label=label,
        filename=filename,
        actor=actor,
        organisation=organisation,
        terms=said,
        source_key=table_put(content),
        encoding=table.encoding,
        delimiter=table.delimiter,
        columns=list(table.columns),
        mapping=suggest_mapping(table.columns),
    )


def import_create(
    *,
    label: Party,
    filename: str,
    actor: User | None,
    organisation: Organisation | None,
    terms: Terms,
    **table: Any,
) -> ImportRun:
    """Write down a delivery in the caller's transaction; ``table`` holds the fields of its table.

    Raises
    ------
    ImportRefusedError
        If the consent lacks its terms, day or speaker.
    """
    said = terms
    _check_terms(said)
    run = ImportRun.objects.create(
        label=label,
        organisation=organisation,
        created_by=actor,
        filename=filename[:255],
        **table,
        consent_state=said.state,
        consent_terms=said.terms.strip(),
        consent_from=said.valid_from,
        consent_to=said.valid_to,
        said_by=said.said_by.strip()[:255],
    )
    _trail("rights.import.begun", run, actor)
    return run


def table_put(content: bytes) -> str:
    """Keep a table as it came; return its key."""
    return blobs.put(io.BytesIO(content), suffix=".csv")


@transaction.atomic
def import_map(*, run: ImportRun, mapping: Mapping[str, str], actor: User | None) -> ImportRun:
    """Say which column of the table holds what; a preview made before is thrown away.

    Raises
    ------
    ImportRefusedError
        If a column is missing, named twice or unknown, or the delivery is applied, even in part.
    """
    mine = _lock_to_read(run)
    _check_read(mine)
    named = {name: heading for name, heading in mapping.items() if heading}
    errors = mapping_errors(named, tuple(mine.columns))
    if errors:
        words = "\n".join(_(error.text) % error.data for error in errors)
        raise ImportRefusedError("rights.import.mapping", words)
    mine.mapping, mine.state = named, State.MAPPED
    mine.save(update_fields=["mapping", "state"])
    mine.rows.all().delete()
    return mine


@transaction.atomic
def import_preview(*, run: ImportRun, actor: User | None) -> ImportRun:
    """Read every row and write down what applying it would do; the catalogue is not touched.

    Raises
    ------
    ImportRefusedError
        If the columns are not named yet, or the delivery is applied, even in part.
    """
    mine = _lock_to_read(run)
    if mine.state not in (State.MAPPED, State.PREVIEWED):
        text = _("Say first which column holds what.")
        raise ImportRefusedError("rights.import.not_mapped", text)
    with blobs.open_blob(mine.source_key) as stream:
        table = read_table(stream.read())
    read = read_rows(table, mine.mapping)
    isrcs = [str(row.values["isrc"]) for row in read if "isrc" in row.values]
    known = recordings_known(isrcs)
    raw = dict(table.rows)
    mine.rows.all().delete()
    ImportRow.objects.bulk_create(
        (
            row_previewed(mine, row, raw[row.line], known.get(str(row.values.get("isrc"))))
            for row in read
        ),
        batch_size=1000,
    )
    mine.state = State.PREVIEWED
    mine.save(update_fields=["state"])
    return mine


@transaction.atomic
def import_discard(*, run: ImportRun, actor: User | None) -> ImportRun:
    """Put a delivery away that shall not be applied; what was written of it stays written.

    Raises
    ------
    ImportRefusedError
        If it was applied already, or is being applied.
    """
    mine = _lock(run)
    _check_read(mine)
    mine.state = State.DISCARDED
    mine.save(update_fields=["state"])
    import_audio_forget(run=mine)
    _trail("rights.import.discarded", mine, actor)
    return mine


def _lock(run: ImportRun) -> ImportRun:
    mine = ImportRun.objects.select_for_update(of=("self",)).select_related("label").get(pk=run.pk)
    if mine.state in (State.APPLIED, State.DISCARDED):
        text = _("This delivery was applied or discarded already. Bring the file again.")
        raise ImportRefusedError("rights.import.over", text)
    if mine.is_applying:
        text = _("This delivery is being applied. Wait for the job to end, or cancel it first.")
        raise ImportRefusedError("rights.import.applying", text)
    return mine


def _lock_to_read(run: ImportRun) -> ImportRun:
    """Lock it to read its rows anew, unless some already tell what was written."""
    mine = _lock(run)
    if mine.rows.exclude(recording=None).exists():
        text = _("Part of this delivery is in your catalogue. Apply the rest, or discard it.")
        raise ImportRefusedError("rights.import.begun_to_apply", text)
    return mine


def _check_read(run: ImportRun) -> None:
    if run.is_reading:
        text = _("The audio files are being read. Wait for the job to end, or cancel it first.")
        raise ImportRefusedError("rights.import.reading", text)


def _check_terms(terms: Terms) -> None:
    has_terms = bool(terms.terms.strip())
    wants_terms = terms.state == "allowed_with_terms"
    is_said = not terms.state or (terms.valid_from is not None and terms.said_by.strip())
    if has_terms != wants_terms or not is_said:
        text = _("Say who gives the consent and from which day, and the terms if there are any.")
        raise ImportRefusedError("rights.import.consent", text)


def _trail(action: str, run: ImportRun, actor: User | None, **data: int) -> None:
    audit_record(action=action, actor=actor, organisation=run.organisation, target=run, data=data)

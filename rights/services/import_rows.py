"""The rows of a delivery: what applying each would do, and whose recordings they may speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rights.domain.catalogue_csv import CellError
from rights.models import ImportRow, Recording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from rights.domain.catalogue_csv import RowRead
    from rights.models import ImportRun


def row_previewed(
    run: ImportRun, row: RowRead, raw: Mapping[str, str], known: Recording | None
) -> ImportRow:
    """Return the row as it is previewed."""
    changes = [] if known is None else _changes(known, row.values)
    errors = [*row.errors, *_strangers(run, known)]
    if errors:
        action = ImportRow.Action.REFUSE
    elif known is None:
        action = ImportRow.Action.CREATE
    else:
        action = ImportRow.Action.UPDATE if changes else ImportRow.Action.SAME
    return ImportRow(
        run=run,
        line=row.line,
        raw=dict(raw),
        values=dict(row.values),
        errors=[_error(error) for error in errors],
        action=action,
        changes=changes,
        audio_name=str(row.values.get("audio", ""))[:255],
    )


def recordings_known(isrcs: Sequence[str]) -> dict[str, Recording]:
    """Return our own recordings among these ISRCs, read along with their labels."""
    found = Recording.objects.filter(isrc__in=isrcs).select_related("label")
    return {recording.isrc: recording for recording in found}


def _strangers(run: ImportRun, known: Recording | None) -> list[CellError]:
    """Return why a customer may not deliver this: it stands under somebody else's name.

    Otherwise anybody could speak for any recording, by its number alone. Staff may.
    """
    label = None if known is None else known.label
    if run.organisation_id is None or label is None or label.pk == run.label_id:
        return []
    if label.organisation_id == run.organisation_id:
        return []
    text = "This recording stands under “%(label)s” in our books. Ask us if that is wrong."
    return [CellError("isrc", text, {"label": label.name})]


def rows_left(run: ImportRun) -> QuerySet[ImportRow]:
    """Return the rows that can be used and are not written yet."""
    return run.rows.exclude(action=ImportRow.Action.REFUSE).filter(recording=None)


def rows_usable(run: ImportRun, rows: Sequence[ImportRow]) -> list[ImportRow]:
    """Return these rows less those that have become somebody else's since the preview."""
    known = recordings_known([row.values["isrc"] for row in rows])
    usable = []
    for row in rows:
        errors = _strangers(run, known.get(row.values["isrc"]))
        if errors:
            row.action, row.errors = ImportRow.Action.REFUSE, [_error(error) for error in errors]
            row.save(update_fields=["action", "errors"])
        else:
            usable.append(row)
    return usable


def _error(error: CellError) -> dict[str, Any]:
    return {"column": error.column, "text": error.text, "data": dict(error.data)}


def _changes(known: Recording, values: Mapping[str, object]) -> list[dict[str, str]]:
    """Return what the label says otherwise than we believe now."""
    held = {name: getattr(known, name) for name in values if name not in ("isrc", "audio")}
    return [
        {"field": name, "old": _shown(old), "new": _shown(values[name])}
        for name, old in held.items()
        if _shown(old) != _shown(values[name])
    ]


def _shown(value: object) -> str:
    return "" if value is None else str(value)

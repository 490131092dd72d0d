"""A previewed delivery written into the catalogue: by a job in steps, or by a command in one go.

Both go through ``import_apply_some`` and ``import_apply_close``. A row that is written names its
recording in the same transaction, so that it is written once, whoever comes again (ADR 63).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from config.jobs.models import Job
from config.jobs.services import enqueue, job_retry
from rights.domain.hints import delivery_hints, p_line_hints
from rights.exceptions import ImportRefusedError
from rights.models import ImportRow, ImportRun, Recording
from rights.services.consents import Said, consent_record
from rights.services.import_rows import rows_left, rows_usable
from rights.services.recordings import Told, recording_upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User

KIND = "rights.delivery.apply"
SOURCE = "label"
DELIVERY_PPM = 950_000
# About half a second: the job's row is locked as long, and the worker renews its lease there.
ROWS_AT_ONCE = 50

State = ImportRun.State


@transaction.atomic
def import_apply_ask(*, run: ImportRun, actor: User) -> ImportRun:
    """Ask for the job that applies a previewed delivery; asked twice, by anybody, it is one job.

    Where that job failed or was cancelled, it is tried again and goes on with the rows that are left.

    Raises
    ------
    ImportRefusedError
        If it was not previewed, was discarded, or no row of it can be used.
    """
    # Before the delivery is locked: whoever retries a job or works at it takes the job's row first.
    before = ImportRun.objects.select_related("job").get(pk=run.pk).job
    if before is not None and before.state in (Job.State.FAILED, Job.State.CANCELLED):
        job_retry(job=before, idem=f"{KIND}:{before.public_id}")
    mine = _lock(run)
    if mine.state == State.APPLIED:
        return mine
    _check_previewed(mine)
    if mine.job_id is None:
        mine.job = enqueue(
            KIND,
            {"import": str(mine.pk), "actor": str(actor.pk)},
            idem=f"{KIND}:{mine.pk}",
            tenant=mine.organisation_id,
            title=mine.filename[:200],
        )
        mine.save(update_fields=["job"])
    return mine


@transaction.atomic
def import_apply(*, run: ImportRun, actor: User | None) -> ImportRun:
    """Write the previewed recordings, their hints at the owner and their consent here and now.

    All of it or nothing. Rows that cannot be used are left out; they stay with their errors. Applied
    twice, or by two people, the second call changes nothing.

    Raises
    ------
    ImportRefusedError
        If it was not previewed, or no row of it can be used.
    """
    mine = _lock(run)
    if mine.state == State.APPLIED:
        return mine
    _check_previewed(mine)
    while import_apply_some(run=mine, actor=actor):
        pass
    return import_apply_close(run=mine, actor=actor)


@transaction.atomic
def import_apply_some(*, run: ImportRun, actor: User | None) -> int:
    """Write the next ``ROWS_AT_ONCE`` rows; return how many were looked at, 0 when none is left.

    Raises
    ------
    ImportRefusedError
        If it is not previewed, or was discarded meanwhile.
    """
    mine = _lock(run)
    if mine.state == State.APPLIED:
        return 0
    _check_previewed(mine)
    rows = list(rows_left(mine).order_by("line")[:ROWS_AT_ONCE])
    # By ISRC: two deliveries that name the same recordings never wait for each other in a ring.
    usable = sorted(rows_usable(mine, rows), key=lambda row: str(row.values["isrc"]))
    for row in usable:
        row.recording = _recording(mine, row)
    ImportRow.objects.bulk_update(usable, ["recording"])
    _consent(mine, usable, actor)
    return len(rows)


@transaction.atomic
def import_apply_close(*, run: ImportRun, actor: User | None) -> ImportRun:
    """Say that a delivery is applied, once every row of it that can be used is written.

    Raises
    ------
    ImportRefusedError
        If none could be used after all, or it was discarded meanwhile.
    """
    mine = _lock(run)
    if mine.state == State.APPLIED:
        return mine
    _check_previewed(mine)
    mine.state, mine.applied_at = State.APPLIED, timezone.now()
    mine.save(update_fields=["state", "applied_at"])
    audit_record(
        action="rights.import.applied",
        actor=actor,
        organisation=mine.organisation,
        target=mine,
        data={"recordings": mine.rows.exclude(recording=None).count()},
    )
    return mine


def import_follow_retry(*, old: Job, new: Job) -> None:
    """Point the delivery at the job that tries again; called in the transaction of the retry."""
    ImportRun.objects.filter(job=old).update(job=new)


def _lock(run: ImportRun) -> ImportRun:
    return ImportRun.objects.select_for_update(of=("self",)).select_related("label").get(pk=run.pk)


def _check_previewed(run: ImportRun) -> None:
    is_usable = run.rows.exclude(action=ImportRow.Action.REFUSE).exists()
    if run.state != State.PREVIEWED or not is_usable:
        text = _("There is nothing to apply: look at the preview first. Nothing was changed.")
        raise ImportRefusedError("rights.import.not_previewed", text)


def _recording(run: ImportRun, row: ImportRow) -> Recording:
    values = {name: value for name, value in row.values.items() if name not in ("isrc", "audio")}
    values.setdefault("label_name", run.label.name)
    values["artists"] = [values["artist"]]
    if row.duration_ms is not None:
        values.setdefault("duration_ms", row.duration_ms)
    where = f"import:{run.pk}:{row.line}"
    hints = delivery_hints(run.label.name, raw_ref=where)
    hints += p_line_hints(str(values.get("p_line", "")), source="delivery_p_line", raw_ref=where)
    told = Told(row.values["isrc"], SOURCE, values, DELIVERY_PPM, where, Recording.Origin.LABEL)
    return recording_upsert(told=told, hints=hints)


def _consent(run: ImportRun, rows: Sequence[ImportRow], actor: User | None) -> None:
    """Write what the label says of each recording it delivered."""
    if not run.consent_state or run.consent_from is None:
        return
    said = Said(
        run.consent_state,
        run.consent_from,
        run.said_by,
        "label_delivery",
        run.consent_terms,
        run.consent_to,
        note=f"import:{run.pk}",
    )
    for row in rows:
        if row.recording is not None:
            consent_record(subject=row.recording, said=said, actor=actor)

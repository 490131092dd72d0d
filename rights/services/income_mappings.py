"""How the tables of a source are read: saved by revision, offered again, and given to a report."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from django.db import connection, transaction

from accounts.services.audit import audit_record
from rights.domain.csv_mapping import ColumnMapping, header_key
from rights.exceptions import IncomeRefusedError
from rights.models import IncomeFile, IncomeMapping
from rights.services.income import TABLE, income_reading_job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User

SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", re.ASCII)
OPEN = (IncomeFile.State.UPLOADED, IncomeFile.State.READ, IncomeFile.State.REFUSED)


@transaction.atomic
def mapping_save(*, source: str, mapping: ColumnMapping, actor: User | None) -> IncomeMapping:
    """Keep how a source is read, as its next revision; the same as before stays what it is.

    Raises
    ------
    IncomeRefusedError
        If the source has no name that an account can bear.
    """
    if not SOURCE.fullmatch(source):
        raise IncomeRefusedError(
            "rights.income.source",
            "A source has a name of letters, digits, dots and hyphens, such as lanternwave. "
            "Nothing was saved.",
        )
    with connection.cursor() as cursor:  # two people who save at once get two revisions
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"income-mapping:{source}"])
    newest = IncomeMapping.objects.filter(source=source).order_by("-revision").first()
    if newest is not None and newest.body == mapping.to_json():
        return newest
    made = IncomeMapping.objects.create(
        source=source,
        revision=newest.revision + 1 if newest else 1,
        body=mapping.to_json(),
        header_sha256=header_hash(mapping.header),
        made_by=actor,
    )
    audit_record(
        action="rights.income.mapping_saved",
        actor=actor,
        organisation=None,
        target=made,
        data={"source": source, "revision": made.revision},
    )
    return made


@transaction.atomic
def income_map(
    *, file: IncomeFile, mapping: IncomeMapping, actor: User | None, is_read_here: bool = False
) -> IncomeFile:
    """Let a table be read by ``mapping``; one that was read is read anew, with all its groups.

    Raises
    ------
    IncomeRefusedError
        If the report is posted, is no table, or is being read just now.
    """
    file = IncomeFile.objects.select_for_update().get(pk=file.pk)
    if file.profile != TABLE or file.state not in OPEN:
        raise IncomeRefusedError(
            "rights.income.not_mapped",
            f"The report {file.name} is {file.get_state_display().lower()}; columns are chosen for a "
            "table that is not posted. Nothing was changed.",
        )
    if file.job is not None and not file.job.is_terminal:
        raise IncomeRefusedError(
            "rights.income.being_read",
            f"The report {file.name} is being read just now. Nothing was changed. Wait until it is "
            "read, then choose its columns again.",
        )
    file.mapping, file.state, file.refusal = mapping, IncomeFile.State.UPLOADED, ""
    if not is_read_here:
        file.job = income_reading_job(file)
    file.save(update_fields=["mapping", "state", "refusal", "job"])
    audit_record(
        action="rights.income.mapped",
        actor=actor,
        organisation=None,
        target=file,
        data={"source": mapping.source, "revision": mapping.revision},
    )
    return file


def header_hash(header: Sequence[str]) -> str:
    """Return what a file's names of columns are known by."""
    return hashlib.sha256("\x1f".join(header_key(header)).encode()).hexdigest()

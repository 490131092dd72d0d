"""Copies of a person's data, erasures that are due, and the hourly look for both."""

from __future__ import annotations

import json
import tempfile
import zipfile
from typing import TYPE_CHECKING, BinaryIO, cast
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import DataExport
from accounts.services.closings import closing_carry_out, closings_enqueue
from accounts.services.data_exports import data_export_finish, data_exports_expire
from accounts.services.deletions import (
    account_deletions_enqueue,
    account_erase,
    account_files_drop,
)
from accounts.services.personal_data import personal_data_collect
from config.lib import blobs

if TYPE_CHECKING:
    from config.jobs.stages import Run

SPOOL_BYTES = 16 << 20
README = """\
Your data at Tenfold
====================

Made on {day} UTC for {email}. Export {export_id}.

One folder per part of the product, one JSON file (UTF-8) per kind of data, each a list of rows.
Times are UTC in ISO 8601. Passwords, keys and their hashes are not included: they are kept only
in a form that nobody can read.

{files}
"""


def export(run: Run) -> None:
    """Make the ZIP of everything about a person (job kind ``account.export``)."""
    export_id = UUID(run.params["export_id"])
    key = run.stage(
        "collect", lambda: _archive(export_id), progress_ppm=900_000, is_present=blobs.exists
    )
    size = blobs.size(key)
    run.finish(lambda: data_export_finish(export_id=export_id, key=key, size_bytes=size))


def erase(run: Run) -> None:
    """Pseudonymise a person whose days of grace are over (job kind ``account.erase``)."""
    deletion_id = UUID(run.params["deletion_id"])
    run.stage("files", lambda: _drop(deletion_id), progress_ppm=500_000)
    run.finish(lambda: account_erase(deletion_id=deletion_id))


def close_organisation(run: Run) -> None:
    """Close an organisation whose days of grace are over (job kind ``organisation.close``)."""
    closing_id = UUID(run.params["closing_id"])
    run.finish(lambda: closing_carry_out(closing_id=closing_id))


def data_sweep(**_ignored: object) -> None:
    """Carry out deletions and closings that are due and drop old exports; run every hour."""
    account_deletions_enqueue()
    closings_enqueue()
    data_exports_expire()


def _drop(deletion_id: UUID) -> str:
    account_files_drop(deletion_id=deletion_id)
    return "dropped"


def _archive(export_id: UUID) -> str:
    """Write the archive and return its blob key."""
    wanted = DataExport.objects.select_related("user").get(pk=export_id)
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
        names = []
        with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in personal_data_collect(user_id=wanted.user_id):
                text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
                archive.writestr(f"{name}.json", text)
                names.append(f"  {name}.json")
            readme = README.format(
                day=f"{wanted.requested_at:%Y-%m-%d}",
                email=wanted.user.email,
                export_id=wanted.pk,
                files="\n".join(names),
            )
            archive.writestr("README.txt", readme)
        spool.seek(0)
        return blobs.put(cast("BinaryIO", spool), suffix=".zip")

"""The page "Your data"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import AccountDeletion, DataExport
from config.jobs.models import Job

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accounts.models import User

SHOWN = 10


@dataclass(frozen=True)
class ExportRow:
    """One copy that was asked for. ``state``: working, ready, expired or failed."""

    id: str
    state: str
    requested_at: datetime
    expires_at: datetime | None
    size_bytes: int
    reference: str


@dataclass(frozen=True)
class DataPage:
    """Everything the page shows."""

    exports: list[ExportRow]
    deletion: AccountDeletion | None

    @property
    def is_working(self) -> bool:
        """Whether a copy is being made now."""
        return any(row.state == "working" for row in self.exports)


def data_page(user: User) -> DataPage:
    """Return the person's newest copies and the deletion they asked for, if any."""
    now = timezone.now()
    rows = DataExport.objects.filter(user=user).select_related("job")[:SHOWN]
    return DataPage(
        exports=[
            ExportRow(
                id=str(row.pk),
                state=_state(row, now),
                requested_at=row.requested_at,
                expires_at=row.expires_at,
                size_bytes=row.size_bytes,
                reference=row.job.reference if row.job else "",
            )
            for row in rows
        ],
        deletion=AccountDeletion.objects.pending().filter(user=user).first(),
    )


def export_get(user: User, export_id: UUID) -> DataExport | None:
    """Return a finished copy of this person that is still there, or None."""
    mine = DataExport.objects.filter(user=user, pk=export_id, expires_at__gt=timezone.now())
    return mine.exclude(key="").first()


def _state(row: DataExport, now: datetime) -> str:
    if row.expires_at is not None:
        return "ready" if row.expires_at > now and row.has_file else "expired"
    return "working" if row.job is not None and row.job.state in Job.LIVE else "failed"

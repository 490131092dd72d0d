"""Download my data: ask for a copy, keep it for a week, drop it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import DataExport, User
from accounts.models.export import EXPORT_LIFE
from accounts.services.audit import audit_record
from accounts.services.mail import mail_send
from config.jobs.models import Job
from config.jobs.services import enqueue
from config.lib import blobs
from config.lib.errors import DomainError

if TYPE_CHECKING:
    from uuid import UUID

KIND = "account.export"
PER_DAY = 3


class DataExportError(DomainError):
    """No copy can be made now."""


@transaction.atomic
def data_export_request(*, user: User) -> DataExport:
    """Ask for a copy of everything about the person.

    The job has no tenant: it is the person's, and no business of their organisations.

    Raises
    ------
    DataExportError
        ``export.running`` while one is being made, ``export.limit`` after several in a day.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # one count at a time
    mine = DataExport.objects.filter(user=user)
    if mine.filter(ready_at__isnull=True, job__state__in=Job.LIVE).exists():
        raise DataExportError(
            "export.running",
            _("A copy is being made already. You get a mail when it is ready."),
        )
    if mine.filter(requested_at__gt=timezone.now() - timedelta(days=1)).count() >= PER_DAY:
        raise DataExportError(
            "export.limit",
            _("You asked for %(count)d copies within a day, which is the most. Try tomorrow.")
            % {"count": PER_DAY},
        )
    export = DataExport.objects.create(user=user)
    export.job = enqueue(KIND, {"export_id": str(export.pk)}, idem=f"{KIND}:{export.pk}")
    export.save(update_fields=["job"])
    audit_record(action="accounts.data.requested", actor=user, organisation=None, target=export)
    return export


def data_export_finish(*, export_id: UUID, key: str, size_bytes: int) -> None:
    """Note the finished file and mail the person; called in the job's last transaction."""
    export = DataExport.objects.select_related("user").get(pk=export_id)
    export.ready_at = timezone.now()
    export.expires_at = export.ready_at + EXPORT_LIFE
    export.key, export.size_bytes = key, size_bytes
    export.save(update_fields=["ready_at", "expires_at", "key", "size_bytes"])
    path = reverse("accounts:data-download", args=[export.pk])
    mail_send(
        template="accounts/export_ready",
        to=export.user.email,
        kind="export",
        context={
            "url": settings.SITE_URL.rstrip("/") + path,
            "days": EXPORT_LIFE // timedelta(days=1),
        },
    )


def data_export_follow(*, old: Job, new: Job) -> None:
    """Point the copy at the job that tries again; called in the transaction of the retry."""
    DataExport.objects.filter(job=old).update(job=new)


def data_exports_expire() -> int:
    """Delete the files whose days are over and return how many; safe to run at any time."""
    over = DataExport.objects.filter(expires_at__lte=Now()).exclude(key="")
    count = 0
    for export in over:
        data_export_drop(export=export)
        count += 1
    return count


def data_export_drop(*, export: DataExport) -> None:
    """Delete the file of one export. No other row names it: it holds the export's own id."""
    if export.key:
        blobs.delete(export.key)
        DataExport.objects.filter(pk=export.pk).update(key="")

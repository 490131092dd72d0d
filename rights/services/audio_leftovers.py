"""The bytes of delivered audio go as soon as nobody reads them any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from library.services.leaving import files_go, files_leave
from rights.models import ImportAudio, ImportRun

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID


@transaction.atomic
def import_audio_forget(*, run: ImportRun) -> None:
    """Remove the bytes of a delivery's files; what was read of them stays."""
    waiting = run.audio.exclude(audio_key="")
    keys = set(waiting.values_list("audio_key", flat=True))
    waiting.update(audio_key="")
    files_leave(keys=keys)
    transaction.on_commit(lambda: files_go(keys=keys))


def import_audio_purge(*, now: datetime, older_than: timedelta) -> int:
    """Remove the bytes of deliveries that were begun so long ago and never read to their end.

    Returns how many deliveries there were. A file that had not been read says that it is gone.
    """
    held = ImportAudio.objects.exclude(audio_key="").filter(run__created_at__lt=now - older_than)
    runs = ImportRun.objects.filter(pk__in=held.values("run")).select_related("reading")
    over = [run for run in runs if not run.is_reading]
    for run in over:
        import_audio_forget(run=run)
    return len(over)


@transaction.atomic
def organisation_audio_forget(*, organisation_id: UUID) -> None:
    """Forget the files that an organisation delivered, their names with them."""
    for run in ImportRun.objects.filter(
        organisation=organisation_id, audio__isnull=False
    ).distinct():
        import_audio_forget(run=run)
        run.audio.all().delete()

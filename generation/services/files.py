"""Files that are made when somebody asks for them, and kept for a week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from config.jobs.models import Job
from config.jobs.services import enqueue
from generation.exceptions import FileRefusedError
from generation.models import Version, VersionAsset
from generation.selectors.wanted import ON_DEMAND, WANTED, file_jobs

if TYPE_CHECKING:
    from generation.services.versions import MadeFile


@transaction.atomic
def file_want(*, version: Version, kind: str) -> Job | None:
    """Ask for a file that is made on demand; return its job, or None if the file is there.

    Asked for by two people at once, or twice, it is made once. What failed is tried anew.

    Raises
    ------
    FileRefusedError
        If files of this kind are not made on demand, or the version is not ready.
    """
    if kind not in ON_DEMAND:
        text = _("There is no such file to be made. Choose one from the page of the song's files.")
        raise FileRefusedError("generation.file.unknown", text)
    mine = Version.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if mine.state != Version.State.READY:
        text = _("Version %(number)s is not finished. Its files can be made when it is ready.")
        raise FileRefusedError("generation.file.too_early", text % {"number": mine.number})
    if mine.assets.filter(kind=kind).exists():
        return None
    jobs = [job for asked, job in file_jobs(mine) if asked == kind]
    if jobs and jobs[-1].state in Job.LIVE:
        return jobs[-1]
    return enqueue(
        WANTED,
        {"version": str(mine.pk), "kind": kind},
        idem=f"{WANTED}/{mine.pk}/{kind}/{len(jobs) + 1}",
        tenant=mine.song.organisation_id,
        title=_("%(file)s of “%(song)s”")
        % {"file": VersionAsset.Kind(kind).label, "song": mine.song.title},
    )


def file_keep(*, version: Version, file: MadeFile) -> None:
    """Let a file that was made on demand be downloaded; in the transaction of its job."""
    VersionAsset.objects.get_or_create(
        version=version,
        kind=file.kind,
        name=file.name,
        defaults={
            "key": file.key,
            "content_type": file.content_type,
            "size_bytes": file.size_bytes,
        },
    )

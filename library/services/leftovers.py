"""What work leaves behind: notes of stages whose job is over, pieces of files that are stored.

A finished stage is kept so that a later attempt need not repeat it. Once the job has ended there is
no later attempt, and after a week nobody asks any more how it went.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from config.jobs.models import Stage
from config.jobs.selectors import jobs_at_work
from library.constants import ARTEFACTS_KEPT
from library.models import Track, Upload
from library.services import pieces
from library.services.leaving import files_go, files_leave

if TYPE_CHECKING:
    from datetime import datetime

# One look takes at most this many; the next look, an hour later, takes the rest.
AT_ONCE = 1_000
KINDS = ("track.ingest", "track.analyse")
PAST_READING = (Track.State.ANALYSING, Track.State.READY, Track.State.REFUSED)


def artefacts_purge(*, now: datetime) -> int:
    """Forget the stages of the library's jobs that ended a week ago; return how many.

    While such a job is at work nothing is removed: it may just have stored the same bytes, with no
    row yet that says so. The next look finds the same stages again.
    """
    if tracks_at_work():
        return 0
    over = Stage.objects.filter(job__kind__in=KINDS, job__finished_at__lt=now - ARTEFACTS_KEPT)
    found = list(over.order_by("pk").values_list("pk", "artefact")[:AT_ONCE])
    keys = {key for _pk, key in found if key.endswith(".json")}
    with transaction.atomic():
        Stage.objects.filter(pk__in=[pk for pk, _key in found]).delete()
        files_leave(keys=keys)
    files_go(keys=keys)
    return len(found)


def pieces_purge() -> int:
    """Remove what has arrived of files that are stored, or refused; return how many.

    The job does this itself; a worker that dies right after its effect leaves the file behind.
    """
    removed = 0
    done = Q(track__state__in=PAST_READING) | Q(state=Upload.State.ENDED)
    for upload_id in pieces.every():
        if Upload.objects.filter(done, pk=upload_id).exists():
            pieces.delete(upload_id)
            removed += 1
    return removed


def tracks_at_work(kinds: tuple[str, ...] = KINDS) -> bool:
    """Say whether a worker has begun such a job; one that only waits has stored nothing."""
    return jobs_at_work(kinds)

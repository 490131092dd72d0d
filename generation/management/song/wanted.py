"""The files that the portal makes on demand: asked for, and waited for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from config.jobs.models import Job
from config.jobs.selectors import job_progress
from generation.management.song.errors import SongFailedError
from generation.management.song.journey import WRITTEN
from generation.services.files import file_want

if TYPE_CHECKING:
    from generation.management.song.telling import Teller
    from generation.models import Version

LOOK_EVERY_S = 0.2


def files_wait(version: Version, teller: Teller) -> None:
    """Let the workers make the files of ``version`` that are not there yet.

    Raises
    ------
    SongFailedError
        If one cannot be made.
    """
    jobs = [job for kind in WRITTEN if (job := file_want(version=version, kind=kind)) is not None]
    while any(not job.is_terminal for job in jobs):
        shown = [job_progress(job).percent for job in jobs]
        teller.tell(sum(shown) // len(shown), "writing the files")
        time.sleep(LOOK_EVERY_S)
        for job in jobs:
            job.refresh_from_db()
    for job in jobs:
        if job.state != Job.State.SUCCEEDED:
            raise SongFailedError(f"{job.title}: {job_progress(job).error or 'stopped.'}")

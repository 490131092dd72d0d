"""The ten songs of the demonstration as files, rendered by the workers where they are missing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import uuid4

from config.jobs.models import Job
from config.jobs.selectors import job_progress
from config.jobs.services import enqueue, job_cancel
from generation.demo_catalogue.piece import load_catalogue
from generation.demo_catalogue.rendered import is_rendered
from generation.management.song.errors import SongFailedError
from generation.rendering.fonts import find_soundfont
from generation.services.demo import demo_folder

if TYPE_CHECKING:
    from pathlib import Path

    from generation.management.song.telling import Teller

LOOK_EVERY_S = 0.2
WHOLE_PPM, PPM_PER_PERCENT = 1_000_000, 10_000
ENDED_BADLY = (Job.State.FAILED, Job.State.CANCELLED)


def demo_songs_render(teller: Teller) -> Path:
    """Return the folder of the ten; what is missing is rendered first.

    Raises
    ------
    SongFailedError
        If one cannot be rendered.
    """
    soundfont, run = find_soundfont(), uuid4()
    missing = [one for one in load_catalogue() if not is_rendered(one, demo_folder(), soundfont)]
    jobs = [
        enqueue(
            "demo.piece",
            {"piece": one.name},
            idem=f"demo.piece/{run}/{one.name}",
            title=one.release.title,
        )
        for one in missing
    ]
    if jobs:
        teller.stage("demo")
    try:
        _wait([job.pk for job in jobs], teller)
    except BaseException:
        for job in Job.objects.filter(pk__in=[job.pk for job in jobs], state__in=Job.LIVE):
            job_cancel(job=job)
        raise
    return demo_folder()


def _wait(ids: list[int], teller: Teller) -> None:
    while True:
        jobs = list(Job.objects.filter(pk__in=ids))
        for job in jobs:
            if job.state in ENDED_BADLY:
                raise SongFailedError(f"{job.title}: {job_progress(job).error or 'stopped.'}")
        done = sum(job.state == Job.State.SUCCEEDED for job in jobs)
        if done == len(ids):
            return
        part = sum(WHOLE_PPM if j.is_terminal else j.progress_ppm for j in jobs) // len(jobs)
        teller.tell(part // PPM_PER_PERCENT, f"{done} of {len(ids)} songs rendered")
        time.sleep(LOOK_EVERY_S)

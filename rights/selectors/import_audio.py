"""A delivery's audio files for its page: how far they are read, what each is for or why not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.selectors import job_words as words
from config.jobs.models import Job
from config.jobs.selectors import job_progress, job_tag
from library.selectors.track_list import clock
from rights.models import ImportAudio

if TYPE_CHECKING:
    from rights.models import ImportRun


@dataclass(frozen=True)
class AudioLine:
    """One file. ``use`` says which line of the delivery it belongs to, or that none does."""

    name: str
    size: str
    duration: str
    refusal: str
    use: str
    is_used: bool


@dataclass(frozen=True)
class ReadingProgress:
    """How far the files are read; ``tag`` changes with what is shown, "" when nothing moves."""

    done: int
    total: int
    is_live: bool
    is_cancelled: bool
    percent: int
    line: str
    announcement: str
    error: str
    job_url: str
    tag: str


def reading_progress(run: ImportRun) -> ReadingProgress | None:
    """Return how far the files of ``run`` are read; None when there is nothing more to read."""
    job = Job.objects.filter(pk=run.reading_id).first() if run.reading_id else None
    if job is None or job.state == Job.State.SUCCEEDED:
        return None
    progress = job_progress(job)
    total = run.audio.count()
    done = total - run.audio.filter(state=ImportAudio.State.WAITING).count()
    seen = hashlib.sha256(f"{job_tag(job)}:{done}".encode()).hexdigest()[:16]
    return ReadingProgress(
        done=done,
        total=total,
        is_live=not progress.is_terminal,
        is_cancelled=job.state == Job.State.CANCELLED,
        percent=progress.percent,
        line=words.progress_line(progress),
        announcement=words.announcement(progress),
        error=progress.error,
        job_url=reverse("accounts:job-detail", args=[progress.public_id]),
        tag="" if progress.is_terminal else seen,
    )


def audio_lines(run: ImportRun) -> tuple[AudioLine, ...]:
    """Return the files of a delivery, those that cannot be used first; two queries."""
    rows = list(run.rows.values_list("line", "audio_name", "values__isrc"))
    by_name = {name: line for line, name, _isrc in rows if name}
    by_isrc = {isrc: line for line, _name, isrc in rows if isrc}
    files = sorted(run.audio.all(), key=lambda each: (each.refusal == "", each.name))
    return tuple(_line(each, by_name, by_isrc) for each in files)


def _line(audio: ImportAudio, by_name: dict[str, int], by_isrc: dict[str, int]) -> AudioLine:
    line = by_name.get(audio.name) or by_isrc.get(str(audio.values.get("isrc", "")))
    if audio.refusal:
        use = ""
    elif line is None:
        use = _("No line names this file or its ISRC, so it is not used.")
    else:
        use = _("Line %(line)d") % {"line": line}
    return AudioLine(
        name=audio.name,
        size=filesizeformat(audio.size_bytes),
        duration=clock(audio.duration_ms) if audio.duration_ms else "",
        refusal=audio.refusal,
        use=use,
        is_used=line is not None and not audio.refusal,
    )

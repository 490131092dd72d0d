"""What the job centre says: durations, places in the queue, states, in the reader's language.

All strings of a row are made here, once, so that a template of fifty rows only prints them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.humanize.templatetags.humanize import ordinal
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import date, datetime

    from config.jobs.models import Job
    from config.jobs.selectors import JobProgress

# Below this a time left only flickers (docs/explanation/jobs.md).
SHORTEST_ETA_S = 5
# Lines remembered: from one poll to the next most of a list says the same.
KEPT = 4096
# The screen reader hears of progress this often, not at every per cent.
ANNOUNCED_PERCENT = 25

STEP_LABELS = {
    "done": _("done"),
    "current": _("running"),
    "stopped": _("stopped here"),
    "todo": _("to come"),
}


def gettext(text: str) -> str:
    """Translate, and remember it: a page of fifty rows says the same few things over and over."""
    return _remembered(get_language() or "", text)


@lru_cache(maxsize=256)
def _remembered(language: str, text: str) -> str:
    return gettext_now(text)


def duration_text(seconds: float) -> str:
    """Return "45 s", "3 min" or "1 h 20 min": rounded to what a person can use."""
    whole = max(1, round(seconds))
    if whole < 60:
        return gettext("%(n)d s") % {"n": whole}
    minutes = round(whole / 60)
    if minutes < 60:
        return gettext("%(n)d min") % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    if rest == 0:
        return gettext("%(n)d h") % {"n": hours}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def eta_text(eta_s: int | None, *, is_waiting: bool = False) -> str:
    """Return "about 2 min left", or nothing when it is unknown or not worth saying."""
    if eta_s is None or eta_s < SHORTEST_ETA_S:
        return ""
    text = gettext("done in about %(time)s") if is_waiting else gettext("about %(time)s left")
    return text % {"time": duration_text(_coarse(eta_s))}


def _coarse(seconds: int) -> int:
    """Round as an estimate deserves: to 5 s below a minute, then to half minutes, then minutes."""
    step = 5 if seconds < 55 else 60
    return max(step, round(seconds / step) * step)


def queue_text(place: int | None) -> str:
    """Return "next in the queue", "3rd in the queue", or nothing when the place is unknown."""
    return "" if place is None else _place_text(get_language() or "", place)


@lru_cache(maxsize=256)
def _place_text(language: str, place: int) -> str:
    if place <= 1:
        return gettext("next in the queue")
    return gettext("%(place)s in the queue") % {"place": ordinal(place)}


def when_text(moment: datetime | None) -> str:
    """Return the clock time with its zone, with the date when it is not today; "" for never."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    time = f"{local:%H:%M %Z}"
    if local.date() == timezone.localdate():
        return time
    return gettext("%(date)s, %(time)s") % {
        "date": formats.date_format(local, "j M Y"),
        "time": time,
    }


def progress_line(progress: JobProgress) -> str:
    """Return "Step 2 of 4: Separate the stems · about 2 min left", as far as it is known."""
    return _line(get_language() or "", progress)


@lru_cache(maxsize=KEPT)
def _line(language: str, progress: JobProgress) -> str:
    parts: list[str] = []
    if progress.is_cancelling:
        parts = [gettext("stops within a few seconds")]
    elif progress.state == "queued":
        parts = [queue_text(progress.queue_place), eta_text(progress.eta_s, is_waiting=True)]
    elif progress.state == "running":
        parts = [step_text(progress), eta_text(progress.eta_s)]
    line = " · ".join(part for part in parts if part)
    return line[:1].upper() + line[1:]


def step_text(progress: JobProgress) -> str:
    """Return "Step 2 of 4: Separate the stems", or just the name of a step out of order."""
    if not progress.step_number:
        return progress.step
    return gettext("Step %(n)d of %(count)d: %(name)s") % {
        "n": progress.step_number,
        "count": progress.step_count,
        "name": progress.step,
    }


def when_line(job: Job) -> str:
    """Return the one time that matters most: started, ended, or asked for."""
    times = (job.created_at, job.started_at, job.finished_at)
    return _when(_Reader.now(), job.state, *times)


class _Reader(NamedTuple):
    """All that the words of a moment depend on beside the moment itself."""

    language: str
    zone: str
    today: date

    @classmethod
    def now(cls) -> _Reader:
        return cls(get_language() or "", timezone.get_current_timezone_name(), timezone.localdate())


@lru_cache(maxsize=KEPT)
def _when(
    reader: _Reader,
    state: str,
    created_at: datetime,
    started_at: datetime | None,
    finished_at: datetime | None,
) -> str:
    if finished_at:
        ended = {"time": when_text(finished_at)}
        if state != "succeeded" or started_at is None:
            return gettext("Ended %(time)s") % ended
        took = duration_text((finished_at - started_at).total_seconds())
        return gettext("Done %(time)s, took %(took)s") % {**ended, "took": took}
    if state == "running" and started_at:
        return gettext("Started %(time)s") % {"time": when_text(started_at)}
    return gettext("Asked for %(time)s") % {"time": when_text(created_at)}


def announcement(progress: JobProgress) -> str:
    """Return what a screen reader should hear; it changes with the state and every 25 %."""
    return _announcement(get_language() or "", progress)


@lru_cache(maxsize=KEPT)
def _announcement(language: str, progress: JobProgress) -> str:
    title = {"title": progress.title}
    if progress.is_cancelling:
        return gettext("%(title)s is stopping.") % title
    if progress.state == "queued":
        return gettext("%(title)s is waiting.") % title
    if progress.state == "running":
        percent = progress.percent // ANNOUNCED_PERCENT * ANNOUNCED_PERCENT
        return gettext("%(title)s: %(percent)d %% done.") % {**title, "percent": percent}
    if progress.state == "succeeded":
        return gettext("%(title)s is done.") % title
    if progress.state == "cancelled":
        return gettext("%(title)s was cancelled.") % title
    return ""  # a failure speaks for itself, as an alert

"""Files that are made on demand: which, how large they will be, what is being made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.jobs.models import Job
from config.jobs.selectors import job_progress
from generation.models import VersionAsset

if TYPE_CHECKING:
    from generation.models import Version

Kind = VersionAsset.Kind
WANTED = "song.file"
"""The kind of the jobs that make them."""
ON_DEMAND = (Kind.MASTER_WAV, Kind.MP3, Kind.AAC, Kind.STEMS_ZIP)
AT_ONCE = frozenset({Kind.MASTER_WAV, Kind.MP3})
"""Made with the song where it is certain that somebody waits for them."""
WAV_BYTES_PER_MS = 264.6  # 44.1 kHz, two channels, three bytes
BYTES_PER_MS = {Kind.MP3: 40, Kind.AAC: 32}  # 320 and 256 kbit/s


@dataclass(frozen=True)
class Wanted:
    """What is being made of one file, or why it was not: ``error`` is a sentence for people."""

    is_live: bool
    percent: int
    error: str


def file_jobs(version: Version) -> list[tuple[str, Job]]:
    """Return the jobs that make files of a version, with their kinds, the oldest first."""
    # By the key, which is unique and indexed, and begins with the version.
    found = Job.objects.filter(idem__startswith=f"{WANTED}/{version.pk}/").order_by("pk")
    return [(job.params["kind"], job) for job in found]


def wanted_of(version: Version) -> dict[str, Wanted]:
    """Return by kind what the latest job of each is doing; what succeeded is not among them."""
    latest = dict(file_jobs(version))
    return {kind: _wanted(job) for kind, job in latest.items() if job.state != Job.State.SUCCEEDED}


def size_expected(kind: str, *, duration_ms: int, stems: int) -> int:
    """Return about how many bytes a file that is not made yet will have."""
    if (bytes_per_ms := BYTES_PER_MS.get(Kind(kind))) is not None:
        return bytes_per_ms * duration_ms
    tracks = stems if kind == Kind.STEMS_ZIP else 1
    return round(WAV_BYTES_PER_MS * duration_ms) * tracks


def _wanted(job: Job) -> Wanted:
    if job.state in Job.LIVE:
        return Wanted(True, job_progress(job).percent, "")
    return Wanted(False, 0, job_progress(job).error or "")

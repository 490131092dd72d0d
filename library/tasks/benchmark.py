"""Ten songs through the whole of it: ``manage.py bench songs --songs DIR``.

A supervisor with its two workers runs on a database and a folder of its own. The songs are brought
as MP3 files of equal length; the clock runs from the first upload to the last song that is ready:
jail, master, waveform, analysis with notes, and the transactions of every job.
"""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import psutil
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services.organisations import organisation_create
from config.benchmarks.scratch import scratch_database
from config.jobs.benchmark import on_database, supervised
from config.jobs.models import Job
from library.analysis.benchmark import audio_files
from library.analysis.decode import decode_file
from library.models import Track
from library.services.uploads import upload_receive

if TYPE_CHECKING:
    import numpy.typing as npt

DEADLINE_S = 600
POLL_S = 0.05


def songs_benchmark(*, songs: str = "songs", count: int = 10, seconds: int = 180) -> dict[str, Any]:
    """Bring ``count`` songs of ``seconds`` each and wait until all are analysed.

    Returns
    -------
    dict
        ``seconds`` (wall), ``processor_s`` of all processes below the supervisor, ``median_s`` of
        each kind of job from its start to its end, ``peak_memory_mb`` of the largest process.

    Raises
    ------
    AudioUnreadableError
        There is no such folder, or it holds no audio.
    TimeoutError
        If the songs are not ready in time, or one was refused.
    """
    files = audio_files(Path(songs))
    load = [round(n, 2) for n in os.getloadavg()]
    # Two songs before the clock runs: the warm children of both workers start with them.
    content = [_as_mp3(files[n % len(files)], seconds, number=n) for n in range(count + 2)]
    with TemporaryDirectory(prefix="bench-", dir=settings.VAR_DIR) as folder, scratch_database() as database:  # fmt: skip
        environment = {
            **database,
            "VAR_DIR": folder,
            "UPLOAD_DIR": settings.UPLOAD_DIR,
            "JOBS_CPU_WORKERS": "2",
        }
        with on_database(environment), supervised(environment) as supervisor:
            user = User.objects.create_user(email="bench@example.com", password=None)
            kind = Organisation.Kind.CREATOR
            studio = organisation_create(user=user, kind=kind, name="Bench").organisation
            _bring(content[:2], studio, user)
            before, after = _processor_s(supervisor.pid), Job.objects.latest("id").pk
            began = time.monotonic()
            _bring(content[2:], studio, user)
            taken_s = time.monotonic() - began
            return {
                "songs": count,
                "song_s": seconds,
                "workers": 2,
                "cores": os.cpu_count(),
                "load_average_before": load,
                "seconds": round(taken_s, 2),
                "processor_s": round(_processor_s(supervisor.pid) - before, 2),
                "median_s": _medians(after),
                "peak_memory_mb": _peak_mb(supervisor.pid),
            }


def _bring(content: list[bytes], organisation: Organisation, user: User) -> None:
    """Upload files and wait until each has become a song that is ready."""
    expected = Track.objects.count() + len(content)
    for number, file in enumerate(content):
        upload_receive(
            organisation=organisation,
            user=user,
            filename=f"{number}.mp3",
            stream=io.BytesIO(file),
            size_bytes=len(file),
            now=timezone.now(),
        )
    until = time.monotonic() + DEADLINE_S
    while Track.objects.filter(state=Track.State.READY).count() < expected:
        if time.monotonic() > until or Track.objects.filter(state=Track.State.REFUSED).exists():
            states = list(Track.objects.values_list("state", "refusal"))
            msg = f"the songs did not get ready: {states}"
            raise TimeoutError(msg)
        time.sleep(POLL_S)


def _as_mp3(path: Path, seconds: int, *, number: int) -> bytes:
    """Cut or repeat a song to one length; ``number`` makes equal songs differ a little."""
    pcm = decode_file(path)
    frames = seconds * pcm.sample_rate
    times = -(-frames // len(pcm.samples))
    samples = np.concatenate([pcm.samples] * times)[:frames] * np.float32(0.9 - 0.005 * number)
    return _encode(np.broadcast_to(samples, (frames, 2)) if samples.shape[1] == 1 else samples, pcm.sample_rate)  # fmt: skip


def _encode(samples: npt.NDArray[np.float32], rate_hz: int) -> bytes:
    tape = io.BytesIO()
    with av.open(tape, "w", format="mp3") as out:
        stream = out.add_stream("libmp3lame", rate=rate_hz, layout="stereo")
        stream.options = {"compression_level": "9"}  # the clock does not run yet, people wait
        size = stream.codec_context.frame_size or 1152
        resampler = av.AudioResampler("fltp", "stereo", rate_hz, frame_size=size)
        packed = np.ascontiguousarray(samples[:, :2]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
        frame.rate = rate_hz
        for block in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(block))
        out.mux(stream.encode(None))
    return tape.getvalue()


def _tree(pid: int) -> list[psutil.Process]:
    supervisor = psutil.Process(pid)
    return [supervisor, *supervisor.children(recursive=True)]


def _processor_s(pid: int) -> float:
    """Seconds of processor time of a process, its living descendants and those that ended."""
    return float(sum(sum(process.cpu_times()[:4]) for process in _tree(pid)))


def _peak_mb(pid: int) -> int:
    """Return the largest resident size that any process of the tree has had, in MB."""
    peaks = []
    for process in _tree(pid):
        status = Path(f"/proc/{process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        peaks.append(int(line.split()[1]) // 1024)
    return max(peaks)


def _medians(after: int) -> dict[str, float]:
    """Return the median seconds from start to end of each kind of job since ``after``."""
    seconds: dict[str, list[float]] = {}
    ended = Job.objects.filter(pk__gt=after, finished_at__isnull=False)
    for kind, taken in ended.values_list("kind", F("finished_at") - F("started_at")):
        seconds.setdefault(kind, []).append(taken.total_seconds())
    return {kind: round(median(values), 3) for kind, values in sorted(seconds.items())}

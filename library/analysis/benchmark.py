"""How long the analysis of a folder of songs takes, step by step, and the memory it needs."""

from __future__ import annotations

import resource
import statistics
import time
from pathlib import Path
from typing import Any

from library.analysis.decode import decode_file
from library.analysis.errors import AudioUnreadableError
from library.analysis.pipeline import analyse_pcm

SUFFIXES = {".wav", ".flac", ".mp3", ".ogg", ".m4a", ".aac", ".aiff"}
THREE_MINUTES_S = 180.0


def analysis_benchmark(*, songs: str = "songs", notes: int = 0) -> dict[str, Any]:
    """Analyse every song of a folder; with ``--notes 1`` transcribe them too."""
    return run(Path(songs), with_notes=bool(notes))


def audio_files(folder: Path) -> list[Path]:
    """Return the songs of a folder, by name.

    Raises
    ------
    AudioUnreadableError
        There is no such folder, or it holds no audio.
    """
    files = sorted(p for p in folder.glob("*") if p.suffix.lower() in SUFFIXES)
    if not files:
        raise AudioUnreadableError(f"the folder {folder} holds no audio files")
    return files


def run(songs_dir: Path, *, with_notes: bool = False) -> dict[str, Any]:
    """Analyse every song of a folder once, after one warm-up.

    Returns
    -------
    dict
        ``songs`` (seconds each), ``steps``, ``total`` (wall) and ``processor`` (both in seconds per
        three minutes of audio, median and worst), ``peak_memory_mb`` of this process so far. Steps
        overlap: two threads share them, so they add up to more than the total.

    Raises
    ------
    AudioUnreadableError
        There is no such folder, or it holds no audio.
    """
    files = audio_files(songs_dir)
    _measure(files[0], with_notes)  # imports, filter banks and the allocator
    songs: list[dict[str, Any]] = []
    totals: list[float] = []
    processor: list[float] = []
    steps: dict[str, list[float]] = {}
    for path in files:
        started = time.process_time()
        duration_s, wall_s, seconds = _measure(path, with_notes)
        processor_s = time.process_time() - started
        scale = THREE_MINUTES_S / duration_s
        for name, value in seconds.items():
            steps.setdefault(name, []).append(value * scale)
        totals.append(round(wall_s * scale, 3))
        processor.append(round(processor_s * scale, 3))
        songs.append(
            {
                "file": path.name,
                "duration_s": round(duration_s, 2),
                "seconds": round(wall_s, 3),
                "processor_s": round(processor_s, 3),
                "seconds_per_3_min": totals[-1],
            }
        )
    return {
        "songs": songs,
        "steps": {name: round(statistics.median(values), 4) for name, values in steps.items()},
        "total": {"median": statistics.median(totals), "worst": max(totals)},
        "processor": {"median": statistics.median(processor), "worst": max(processor)},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _measure(path: Path, with_notes: bool) -> tuple[float, float, dict[str, float]]:
    started = time.perf_counter()
    pcm = decode_file(path)
    decoded_s = time.perf_counter() - started
    analysis = analyse_pcm(pcm.samples, pcm.sample_rate, with_notes=with_notes)
    wall_s = time.perf_counter() - started
    return analysis.duration_s, wall_s, {"decode": decoded_s, **analysis.seconds}

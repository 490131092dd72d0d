"""What the command prints at its end: a few lines for people, one of JSON for programs."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TextIO

from django.conf import settings
from django.urls import reverse

from generation.management.song.folder import RECEIPT
from generation.management.song.request import printable
from generation.selectors.words import facts_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from django.core.management.base import OutputWrapper

    from generation.models import Version


def summary_line(version: Version, out: Path, seconds: Mapping[str, float], peak_mb: int) -> str:
    """Return the JSON object of the last line; times are seconds, ``duration_s`` is the song's."""
    return json.dumps(
        {
            "song": str(out),
            "title": version.song.title,
            "duration_s": round((version.duration_ms or 0) / 1000, 3),
            "seed": version.seed,
            "used_seed": version.used_seed,
            "seconds": {**seconds, **_parts(version), "total": round(sum(seconds.values()), 2)},
            "peak_mb": peak_mb,
            "receipt": str(out / RECEIPT),
            "quality": {"passed": bool(version.passed), **_figures(version)},
            "portal": portal_address(version),
            "verify": settings.SITE_URL
            + reverse("receipt-verify", "generation.urls", args=[version.receipt.pk]),
        }
    )


def summary_text(version: Version, out: Path) -> list[str]:
    """Return what was made and where it is."""
    length = timedelta(milliseconds=version.duration_ms or 0)
    verdict = "passed its quality gate" if version.passed else "did not pass its quality gate"
    return [
        f"“{version.song.title}”: {facts_text(version)}, seed {version.used_seed}, {verdict}.",
        f"It lasts {length.total_seconds():.1f} s and lies in {printable(out)}",
        f"and in the portal at {portal_address(version)}.",
    ]


def lines_print(lines: Sequence[str], stream: OutputWrapper | TextIO) -> None:
    """Print every line; where nobody reads any more, as behind ``| head -1``, that is no failure."""
    try:
        for line in lines:
            stream.write(f"{line}\n")
        stream.flush()
    except BrokenPipeError:
        # What was not taken is written once more when Python ends: let it go to nowhere.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def portal_address(version: Version) -> str:
    """Return where the song is seen and heard."""
    # These addresses stand at the root. Those of the whole product would load every page of it.
    return settings.SITE_URL + reverse("song-detail", "generation.urls", args=[version.song_id])


def _parts(version: Version) -> dict[str, float]:
    """Return the seconds of each stage of the job, from one recorded end to the next."""
    job = version.job
    if job is None or job.started_at is None:
        return {}
    parts, before = {}, job.started_at
    for stage in job.stages.order_by("id"):
        parts[f"generate.{stage.name}"] = round((stage.created_at - before).total_seconds(), 2)
        before = stage.created_at
    return parts


def _figures(version: Version) -> dict[str, Any]:
    """Return how many seeds were tried, and what was measured of the one that was kept."""
    tries = version.quality.get("tries", [])
    kept = [one for one in tries if one.get("kept")] or tries[-1:]
    findings = [
        finding for one in kept for finding in (*one.get("notes", ()), *one.get("heard", ()))
    ]
    return {"tries": len(tries)} | {finding["name"]: finding["value"] for finding in findings}

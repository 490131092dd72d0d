"""``manage.py analyse FILE… [--json] [--notes]``: measure songs without a database."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from library.analysis.decode import decode_file
from library.analysis.errors import AnalysisError
from library.analysis.pipeline import analyse_pcm

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from library.analysis.types import Analysis


class Command(BaseCommand):
    """One line per file; a file that cannot be read is named on stderr and the others go on."""

    help = "Measure tempo, beats, key, chords, form and loudness of audio files."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the files and the two switches."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object per line")
        parser.add_argument("--notes", action="store_true", help="also transcribe the notes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every file that can be measured; exit 1 when there was one that cannot."""
        failed = False
        for path in options["files"]:
            try:
                started = time.perf_counter()
                pcm = decode_file(path)
                decoded_s = round(time.perf_counter() - started, 4)
                analysis = analyse_pcm(pcm.samples, pcm.sample_rate, with_notes=options["notes"])
            except AnalysisError as error:
                failed = True
                self.stderr.write(f"{path}: {error.message}")
                continue
            record = _as_record(path, analysis, decoded_s)
            self.stdout.write(json.dumps(record) if options["json"] else _as_text(record))
        if failed:
            sys.exit(1)


def _as_record(path: Path, analysis: Analysis, decoded_s: float) -> dict[str, Any]:
    """The published shape of one line. Unmeasurable levels (silence) are null, not -Infinity."""
    return {
        "file": str(path),
        "duration_s": round(analysis.duration_s, 3),
        "sample_rate": analysis.sample_rate,
        "tempo_bpm": round(analysis.tempo.bpm, 2),
        "tempo_candidates": [
            {"bpm": round(c.bpm, 1), "strength": round(c.strength, 3)}
            for c in analysis.tempo.candidates
        ],
        "tempo_confidence": round(analysis.tempo.confidence, 3),
        "beats_s": list(analysis.beats.beats_s),
        "downbeats_s": list(analysis.beats.downbeats_s),
        "meter": f"{analysis.beats.meter}/4",
        "key": {
            "tonic": analysis.key.tonic,
            "mode": analysis.key.mode,
            "confidence": round(analysis.key.confidence, 3),
        },
        "chords": [
            {"start_s": round(c.start_s, 3), "end_s": round(c.end_s, 3), "label": c.label}
            for c in analysis.chords
        ],
        "sections": [
            {
                "start_s": round(s.start_s, 3),
                "end_s": round(s.end_s, 3),
                "label": s.label,
                "role": s.role,
            }
            for s in analysis.sections
        ],
        "loudness_lufs": _level(analysis.loudness.integrated_lufs),
        "true_peak_dbtp": _level(analysis.loudness.true_peak_dbtp),
        "loudness_range_lu": round(analysis.loudness.range_lu, 1),
        "notes": len(analysis.notes.notes),
        "revision": analysis.revision,
        "seconds": {"decode": decoded_s, **analysis.seconds},
    }


def _level(value: float) -> float | None:
    return round(value, 2) if value > float("-inf") else None


def _as_text(record: dict[str, Any]) -> str:
    key = record["key"]
    form = "".join(section["label"] for section in record["sections"])
    return (
        f"{record['file']}: {record['duration_s']:.1f} s, {record['tempo_bpm']:.1f} BPM, "
        f"{record['meter']}, {key['tonic']} {key['mode']}, form {form}, "
        f"{record['loudness_lufs']} LUFS, {sum(record['seconds'].values()):.2f} s to measure"
    )

"""``manage.py identify FILE… [--json]``: which recordings are these files?

Each file is decoded in the jail like an upload, asked about like a song, and decided by the same
rules; nothing is uploaded and no match is written. Recordings that the catalogue names are kept.
"""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from config.lib.errors import DomainError
from library.analysis.fingerprint import reference_fingerprint
from library.jail.audio import decode
from rights.domain.matching import decide
from rights.recognition.local_index import landmarks_of
from rights.selectors.consents import consents_of
from rights.tasks.listening import recognisers
from rights.tasks.questioning import findings_of, hear
from rights.tasks.sounds import sound_of_audio

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from django.core.management.base import CommandParser

    from rights.domain.matching import Candidate, Decision
    from rights.models import Recording
    from rights.recognition.types import Sound
    from rights.selectors.consents import ConsentAnswer
    from rights.tasks.questioning import Story


AHEAD = 2


class Command(BaseCommand):
    """One line per file; a file that cannot be read is named on stderr and the others go on."""

    help = "Say which recording each audio file is, how sure that is, and how it was found."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the files and the switches."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object per line")
        parser.add_argument("--storefront", default="", help="two letters; the settings' otherwise")
        parser.add_argument(
            "--index-only", action="store_true", help="ask our own index and books, nobody outside"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every file that can be read; exit 1 when there was one that cannot."""
        storefront = options["storefront"] or settings.APPLE_MUSIC_STOREFRONT
        asked = recognisers()
        if options["index_only"]:
            storefront, asked = "", asked[:1]
        failed = False
        for read in _read_ahead(options["files"]):
            if read.sound is None:
                failed = True
                self.stderr.write(f"{read.path}: {read.refusal}")
                continue
            started = time.perf_counter_ns()
            story = hear(read.sound, recognisers=asked, storefront=storefront)
            record = _as_record(read.path, story, decide(findings_of(story)))
            record["seconds"] = (read.took_ms + _since(started)) / 1000
            self.stdout.write(json.dumps(record) if options["json"] else _as_text(record))
        if failed:
            sys.exit(1)


@dataclass(frozen=True)
class _Read:
    """A file that was decoded and fingerprinted, or why it could not be."""

    path: Path
    took_ms: int
    sound: Sound | None = None
    refusal: str = ""


def _read_ahead(paths: Sequence[Path]) -> Iterator[_Read]:
    """Yield the files in order while the next ones are read: the jail is another process.

    No more than ``AHEAD`` are held decoded, about 100 MB each.
    """
    with ThreadPoolExecutor(max_workers=AHEAD) as readers:
        waiting: deque[Future[_Read]] = deque()
        for path in paths:
            if len(waiting) == AHEAD:
                yield waiting.popleft().result()
            waiting.append(readers.submit(_read, path))
        while waiting:
            yield waiting.popleft().result()


def _read(path: Path) -> _Read:
    started = time.perf_counter_ns()
    try:
        with path.open("rb") as stream:
            sound = sound_of_audio(decode(stream))
    except (DomainError, OSError) as error:
        return _Read(path, 0, refusal=str(error))
    sound = replace(sound, fingerprint=reference_fingerprint(landmarks_of(*sound.pcm())))
    return _Read(path, _since(started), sound)


def _since(started_ns: int) -> int:
    """Return the milliseconds that have passed."""
    return (time.perf_counter_ns() - started_ns) // 1_000_000


def _as_record(path: Path, story: Story, decision: Decision) -> dict[str, Any]:
    """The published shape of one line; a problem is ``none`` with its sentence."""
    recordings = story.found.recordings
    answers = consents_of(recordings.values(), timezone.now().date())
    chosen = recordings.get(decision.isrc)
    is_blocked = chosen is not None and answers[chosen.pk].is_blocked
    state = "blocked" if is_blocked else decision.state
    reasons = [reason.text % reason.data for reason in decision.reasons]
    return {
        "file": str(path),
        "state": "none" if state == "problem" else state,
        "method": decision.method,
        "score": decision.score_ppm / 1_000_000,
        "isrc": decision.isrc,
        "title": chosen.title if chosen else "",
        "artist": chosen.artist if chosen else "",
        "apple_music_id": _apple_music_id(chosen),
        "candidates": [
            _candidate(each, recordings[each.isrc], answers) for each in decision.candidates
        ],
        "doubt": decision.doubt,
        "problem": decision.problem_code,
        "reasons": [answers[chosen.pk].reason] if chosen and is_blocked else reasons,
    }


def _candidate(
    candidate: Candidate, recording: Recording, answers: dict[Any, ConsentAnswer]
) -> dict[str, Any]:
    return {
        "isrc": candidate.isrc,
        "title": recording.title,
        "artist": recording.artist,
        "apple_music_id": _apple_music_id(recording),
        "score": candidate.score_ppm / 1_000_000,
        "method": candidate.method,
        "sources": list(candidate.sources),
        "skew": candidate.skew_ppm / 1_000_000,
        "duration_difference_ms": candidate.duration_difference_ms,
        "blocked": answers[recording.pk].is_blocked,
    }


def _apple_music_id(recording: Recording | None) -> str:
    if recording is None:
        return ""
    listing = recording.listings.order_by("-preferred", "-playable", "apple_music_id").first()
    return listing.apple_music_id if listing else ""


def _as_text(record: dict[str, Any]) -> str:
    named = f"{record['artist']}: {record['title']} ({record['isrc']})" if record["isrc"] else "-"
    others = len(record["candidates"])
    return (
        f"{record['file']}: {record['state']} {named}, {record['method'] or 'no method'} "
        f"{record['score']:.3f}, {others} candidates, {record['seconds']:.2f} s"
    )

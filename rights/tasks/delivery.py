"""Audio that a label delivers: decoded in the jail like any upload, fingerprinted, indexed.

Only commands and jobs load this: it reaches numpy.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from config.lib.errors import DomainError
from library.analysis.channels import downmix
from library.analysis.fingerprint import hash_landmarks
from library.jail.audio import decode
from rights.domain.catalogue_csv import BY_NAME
from rights.domain.identifiers import find_isrc, isrc_in_tags
from rights.models import ImportRow, RecordingFingerprint
from rights.recognition.local_index import landmarks_of
from rights.tasks.listening import fingerprint_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from library.analysis.types import Fingerprint
    from rights.models import ImportRun

AUDIO = frozenset({".wav", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".aif", ".aiff"})
TAGS = {"title": "title", "artist": "artist", "album": "album"}
WORD = re.compile(r"[A-Za-z0-9-]{12,15}")


@dataclass(frozen=True)
class DeliveredAudio:
    """One file: what its tags say, its length and sound; or, with ``refusal``, why it is no use."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    duration_ms: int = 0
    fingerprint: Fingerprint | None = None
    refusal: str = ""


def audio_in(folder: Path) -> list[Path]:
    """Return the audio files of a folder and those below it, by name."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() in AUDIO and path.is_file())
    return sorted(found)


def audio_read(path: Path, *, folder: Path) -> DeliveredAudio:
    """Decode a file and fingerprint it. A file that cannot be used is told, not raised."""
    name = path.relative_to(folder).as_posix()
    try:
        with path.open("rb") as stream:
            return audio_heard(stream, name=name, stem=path.stem)
    except OSError as error:
        return DeliveredAudio(name, refusal=str(error))


def audio_heard(stream: BinaryIO, *, name: str, stem: str) -> DeliveredAudio:
    """Decode a file on disk in the jail and fingerprint it; what cannot be used is told."""
    try:
        audio = decode(stream)
    except DomainError as error:
        return DeliveredAudio(name, refusal=error.message)
    values = {ours: audio.tags.get(theirs, "") for ours, theirs in TAGS.items()}
    values["isrc"] = isrc_in_tags(audio.tags) or _isrc_in_name(stem)
    landmarks = landmarks_of(downmix(audio.samples), audio.rate_hz)
    milliseconds = round(audio.duration_s * 1000)
    return DeliveredAudio(name, values, milliseconds, hash_landmarks(landmarks))


def table_of(delivered: Iterable[DeliveredAudio]) -> bytes:
    """Return what the files say of themselves as the table that a label would have written."""
    names = ("isrc", "title", "artist", "album", "duration_ms", "audio")
    tape = io.StringIO(newline="")
    writer = csv.writer(tape)
    writer.writerow(BY_NAME[name].heading for name in names)
    for each in delivered:
        cells = {**each.values, "duration_ms": str(each.duration_ms or ""), "audio": each.name}
        writer.writerow(cells.get(name, "") for name in names)
    return tape.getvalue().encode()


def audio_index(*, run: ImportRun, delivered: Iterable[DeliveredAudio]) -> int:
    """Let our index know the delivered sounds of an applied run; return how many rows had one.

    A file belongs to the row that names it; a row without a name, to the file with its ISRC.
    """
    by_name = {each.name: each for each in delivered if each.fingerprint is not None}
    by_isrc = {each.values["isrc"]: each for each in by_name.values() if each.values["isrc"]}
    indexed = 0
    rows = run.rows.exclude(action=ImportRow.Action.REFUSE).select_related("recording")
    for row in rows.exclude(recording=None):
        audio = by_name.get(row.audio_name) or by_isrc.get(row.values["isrc"])
        if audio is None or audio.fingerprint is None or row.recording is None:
            continue
        stored = fingerprint_store(
            recording=row.recording,
            fingerprint=audio.fingerprint,
            source=RecordingFingerprint.Source.LABEL,
        )
        ImportRow.objects.filter(pk=row.pk).update(
            audio_name=audio.name,
            fingerprint_key=stored.landmarks_key,
            duration_ms=audio.duration_ms,
        )
        indexed += 1
    return indexed


def _isrc_in_name(stem: str) -> str:
    return next((isrc for word in WORD.findall(stem) if (isrc := find_isrc(word))), "")

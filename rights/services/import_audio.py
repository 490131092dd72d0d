"""A delivery's audio files: taken in, read by a job, made rows of when no table came with them.

The bytes are kept under keys of this delivery alone (their suffix names it), so that they can go
as soon as they are read (``audio_leftovers``) without asking who else brought the same file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.jobs.services import enqueue
from config.lib import blobs
from library.services.uploads import filename_clean
from rights.domain.catalogue_csv import suggest_mapping
from rights.domain.tables import read_table
from rights.exceptions import ImportRefusedError
from rights.models import ImportAudio, ImportRun
from rights.services.catalogue_import import (
    Terms,
    import_begin,
    import_create,
    import_preview,
    table_put,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accounts.models import Organisation, User
    from config.jobs.models import Job
    from rights.models import Party

KIND = "rights.delivery.read"
SUFFIXES = frozenset({".wav", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".aif", ".aiff"})
MOST_FILES = 50
MOST_BYTES = 300 * 1024 * 1024
"""Of one request; what is more is brought in several deliveries, or by ``catalogue_import``."""


@dataclass(frozen=True)
class Brought:
    """A file as it came: its name, its bytes and how many they are."""

    name: str
    stream: BinaryIO
    size_bytes: int


@dataclass(frozen=True)
class HeardFile:
    """What reading a file found: tags, length and stored landmarks; or, with ``refusal``, why not."""

    values: Mapping[str, str]
    duration_ms: int | None = None
    landmarks_key: str = ""
    refusal: str = ""


@transaction.atomic
def import_audio_begin(
    *,
    label: Party,
    files: Sequence[Brought],
    table: Brought | None,
    actor: User,
    organisation: Organisation,
    terms: Terms,
) -> ImportRun:
    """Keep a delivery's audio files, with the table that came with them, and ask for their reading.

    Raises
    ------
    ImportRefusedError
        If there are too many files or bytes, two have one name, one is no audio by its name, the
        table cannot be read, or the consent lacks its terms, day or speaker.
    """
    named = _named(files)
    if table is None:
        text = ngettext("%(count)d audio file", "%(count)d audio files", len(files))
        filename = text % {"count": len(files)}
        run = import_create(
            label=label, filename=filename, actor=actor, organisation=organisation, terms=terms
        )
    else:
        run = import_begin(
            label=label,
            filename=table.name,
            content=table.stream.read(),
            actor=actor,
            organisation=organisation,
            terms=terms,
        )
    suffix = f".delivery.{run.pk.hex[:12]}"
    ImportAudio.objects.bulk_create(
        ImportAudio(
            run=run,
            name=name,
            size_bytes=brought.size_bytes,
            audio_key=blobs.put(brought.stream, suffix=suffix),
        )
        for name, brought in named.items()
    )
    run.reading = enqueue(
        KIND,
        {"import": str(run.pk)},
        idem=f"{KIND}:{run.pk}",
        tenant=organisation.pk,
        title=run.filename[:200],
    )
    run.save(update_fields=["reading"])
    return run


@transaction.atomic
def import_audio_heard(*, audio: ImportAudio, heard: HeardFile) -> None:
    """Write down what reading a file found; said twice, the first stands."""
    mine = ImportAudio.objects.select_for_update().get(pk=audio.pk)
    if mine.state != ImportAudio.State.WAITING:
        return
    mine.state = ImportAudio.State.REFUSED if heard.refusal else ImportAudio.State.READ
    mine.refusal, mine.values = heard.refusal, dict(heard.values)
    mine.duration_ms, mine.landmarks_key = heard.duration_ms, heard.landmarks_key
    mine.save()


@transaction.atomic
def import_audio_close(*, run: ImportRun, table: bytes) -> ImportRun:
    """Say that all files are read; where no table came with them, ``table`` is what they say.

    It is previewed at once then, for its columns are ours.
    """
    mine = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if mine.state != ImportRun.State.UPLOADED or mine.source_key:
        return mine
    read = read_table(table)
    mine.source_key = table_put(table)
    mine.encoding, mine.delimiter = read.encoding, read.delimiter
    mine.columns, mine.mapping = list(read.columns), suggest_mapping(read.columns)
    mine.state = ImportRun.State.MAPPED
    mine.save()
    return import_preview(run=mine, actor=None)


def import_read_follow_retry(*, old: Job, new: Job) -> None:
    """Point the delivery at the job that tries again; called in the transaction of the retry."""
    ImportRun.objects.filter(reading=old).update(reading=new)


def _named(files: Sequence[Brought]) -> dict[str, Brought]:
    """Return the files by their names, or refuse them all: nothing is half taken in."""
    if len(files) > MOST_FILES or sum(each.size_bytes for each in files) > MOST_BYTES:
        text = _(
            "A delivery takes at most %(files)d files and 300 MB. Nothing was kept: bring them in "
            "several deliveries, best as FLAC or MP3."
        )
        raise ImportRefusedError("rights.import.too_much_audio", text % {"files": MOST_FILES})
    named: dict[str, Brought] = {}
    for each in files:
        name = filename_clean(each.name)
        if PurePosixPath(name).suffix.lower() not in SUFFIXES:
            text = _("“%(name)s” is no audio file that we read. Nothing was kept: leave it out.")
            raise ImportRefusedError("rights.import.no_audio", text % {"name": name})
        if name in named:
            text = _("Two files are called “%(name)s”. Nothing was kept: rename one of them.")
            raise ImportRefusedError("rights.import.same_name", text % {"name": name})
        named[name] = each
    return named

"""Job ``rights.delivery.read``: read a delivery's audio files, each once, and preview what they say.

A file that is read says so itself, so an attempt after a crash goes on with those that are left.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from config.lib import blobs
from rights.models import ImportAudio, ImportRun
from rights.recognition.packing import pack_landmarks, unpack_landmarks
from rights.services.audio_leftovers import import_audio_forget
from rights.services.fingerprints import LANDMARKS_SUFFIX
from rights.services.import_audio import (
    HeardFile,
    import_audio_close,
    import_audio_heard,
)
from rights.tasks.delivery import DeliveredAudio, audio_heard, table_of

if TYPE_CHECKING:
    from config.jobs.stages import Run

READ_PPM = 950_000


def delivery_read(run: Run) -> None:
    """Handle one job; ``params`` names the delivery."""
    delivery = ImportRun.objects.get(pk=run.params["import"])
    waiting = delivery.audio.filter(state=ImportAudio.State.WAITING).order_by("pk")

    def read() -> str:
        total = delivery.audio.count()
        while (audio := waiting.first()) is not None:
            run.progress_part(total - waiting.count(), total)
            heard = _heard(audio)
            with run.holding():
                import_audio_heard(audio=audio, heard=heard)
        return str(delivery.pk)

    def effect() -> dict[str, str]:
        # Those that no table row can come of tell why on the page.
        import_audio_close(run=delivery, table=table_of(delivered_audio(delivery)))
        import_audio_forget(run=delivery)
        return {"url": reverse("rights:delivery", args=[delivery.pk])}

    run.stage("files", read, progress_ppm=READ_PPM, is_present=lambda _read: not waiting.exists())
    run.finish(effect)


def delivered_audio(delivery: ImportRun) -> list[DeliveredAudio]:
    """Return the files of a delivery that were read, with their sounds, by name."""
    found = []
    for audio in delivery.audio.filter(state=ImportAudio.State.READ).order_by("name"):
        with blobs.open_blob(audio.landmarks_key) as stream:
            fingerprint = unpack_landmarks(stream.read())
        found.append(DeliveredAudio(audio.name, audio.values, audio.duration_ms or 0, fingerprint))
    return found


def _heard(audio: ImportAudio) -> HeardFile:
    """Decode one file in the jail, which reads real files only, wherever the bytes are kept."""
    if not blobs.exists(audio.audio_key):
        return HeardFile({}, refusal=_("The file is not here any more. Bring it again."))
    with tempfile.TemporaryFile() as copy, blobs.open_blob(audio.audio_key) as stream:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        heard = audio_heard(copy, name=audio.name, stem=PurePosixPath(audio.name).stem)
    if heard.fingerprint is None:
        return HeardFile({}, refusal=heard.refusal)
    packed = io.BytesIO(pack_landmarks(heard.fingerprint))
    key = blobs.put(packed, suffix=LANDMARKS_SUFFIX)
    return HeardFile(heard.values, heard.duration_ms, key)

"""Job ``song.file``: one file that somebody asked for, made of what lies in storage.

WAV, MP3 and AAC come from the FLAC of the master, the archive of stems from the FLACs of the stems: nothing
is played again, so they are those of the song that was signed for, whatever engine runs today.
"""

from __future__ import annotations

import io
import tempfile
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import gettext as _

from config.lib import blobs
from generation.composition.archive import load
from generation.exceptions import FileRefusedError
from generation.exports.encode import CONTENT_TYPES, SUFFIXES
from generation.exports.stems import Residual
from generation.exports.stems_zip import write_stems_zip
from generation.exports.stored import StoredFlac, lossy_of
from generation.exports.wav import FRAME_BYTES
from generation.models import Version, VersionAsset
from generation.services.files import file_keep
from generation.services.versions import MadeFile
from generation.tasks.facts import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.jobs.stages import Run
    from generation.exports.encode import Kind as Encoding

Kind = VersionAsset.Kind
WRITTEN_PPM = 990_000
UNMEASURED = {"peak_dbfs": -100.0, "rms_dbfs": -110.0}
"""Of versions that were made before it was kept: what rounding to 16 bits can leave at most."""


def make(run: Run) -> None:
    """Handle one job; ``params`` names the version and the kind of its file."""
    kind = run.params["kind"]
    version = Version.objects.select_related("song__organisation").get(pk=run.params["version"])
    key = run.stage(
        "write",
        lambda: MAKERS[kind](version, run),
        input_key=f"{version.pk}/{kind}",
        progress_ppm=WRITTEN_PPM,
        is_present=blobs.exists,
    )
    file = MadeFile(kind, key, TYPES[kind], blobs.size(key))
    run.finish(lambda: file_keep(version=version, file=file))


def _wav(version: Version, run: Run) -> str:
    with tempfile.TemporaryFile(prefix="wav-") as file, _open(version, Kind.FLAC) as stream:
        master = StoredFlac(stream)
        for block in master.wav():
            file.write(block)
            run.progress_part(file.tell(), FRAME_BYTES * master.frames)
        file.seek(0)
        key = blobs.put(file, suffix=SUFFIXES["wav24"])
    if blobs.digest_of(key) != version.audio_sha256:
        # Never handed out: its receipt would call it another song.
        text = _(
            "The stored master is not the one that the receipt was signed for. Tell the staff."
        )
        raise FileRefusedError("generation.file.not_the_signed", text)
    return key


def _lossy(kind: Encoding, version: Version, _run: Run) -> str:
    content = lossy_of(_content(version, Kind.FLAC), kind, version.song.title)
    return blobs.put(io.BytesIO(content), suffix=SUFFIXES[kind])


def _stems_zip(version: Version, run: Run) -> str:
    stems = version.assets.filter(kind=Kind.STEM)
    shares = {row.key: row.share_ppm or 0 for row in version.sources.all()}
    score = load(_content(version, Kind.ARCHIVE)).score
    with tempfile.TemporaryFile(prefix="stems-") as file:
        write_stems_zip(
            file,
            {stem.name: partial(blobs.open_blob, stem.key) for stem in stems},
            facts=facts_of(version, score, shares),
            midi=_content(version, Kind.MIDI),
            residual=Residual(**version.figures.get("stems", UNMEASURED)),
            progress=lambda share: run.progress_part(share, 1.0),
        )
        file.seek(0)
        return blobs.put(file, suffix=".zip")


MAKERS: dict[str, Callable[[Version, Run], str]] = {
    Kind.MASTER_WAV: _wav,
    Kind.MP3: partial(_lossy, "mp3_320"),
    Kind.AAC: partial(_lossy, "aac"),
    Kind.STEMS_ZIP: _stems_zip,
}
TYPES: dict[str, str] = {
    Kind.MASTER_WAV: CONTENT_TYPES["wav24"],
    Kind.MP3: CONTENT_TYPES["mp3_320"],
    Kind.AAC: CONTENT_TYPES["aac"],
    Kind.STEMS_ZIP: "application/zip",
}


def _open(version: Version, kind: str) -> BinaryIO:
    return blobs.open_blob(version.assets.get(kind=kind).key)


def _content(version: Version, kind: str) -> bytes:
    with _open(version, kind) as stream:
        return stream.read()

"""Job ``track.ingest``: keep the original, decode it in the jail, make what people see and hear.

Stages: ``store`` puts the original into storage, ``read`` decodes it and writes master, waveform
and cover. What browsers play as it came is its own playback file; of everything else a small one is
made when somebody first listens (``tasks/playback.py``). The effect fills the track's row and asks for the analysis. A file that
cannot be used leaves the track refused, with its reason, and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _

from config.lib import blobs
from config.lib.errors import DomainError
from library.analysis.peaks import peaks_as_json, peaks_overview, peaks_zoom
from library.jail.audio import DecodedAudio, decode
from library.jail.sniff import AAC, M4A, MP3, sniff
from library.models import Asset, Track
from library.services import pieces
from library.services.tracks import (
    FileFacts,
    StoredFile,
    track_ingested,
    track_reading,
    track_refused,
    track_twin,
)
from library.transcode.files import write_flac

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from config.jobs.stages import Run

STORED_PPM, READ_PPM = 150_000, 900_000
ZOOM_SAMPLES_PER_POINT = 256
# Browsers play these as they are.
PLAYABLE = {MP3: "audio/mpeg", M4A: "audio/mp4"}
LOSSLESS_WIDE = ("pcm_s24", "pcm_s32", "pcm_f32", "pcm_f64", "alac")


def ingest(run: Run) -> None:
    """Handle one job; ``params`` names the track."""
    track = Track.objects.select_related("upload", "organisation").get(pk=run.params["track"])
    with run.holding():
        track_reading(track=track)
    try:
        original = _recall(run.stage("store", lambda: _store(track), progress_ppm=STORED_PPM))
        _refuse_a_twin(track, file_sha256=original["sha256"])
        read = _recall(run.stage("read", lambda: _read(run, original), progress_ppm=READ_PPM))
        _refuse_a_twin(track, audio_sha256=read["facts"]["audio_sha256"])
    except DomainError as refusal:
        with run.holding():
            track_refused(track=track, refusal=refusal)
        _forget_the_pieces(track)
        raise
    run.finish(lambda: _effect(track, original, read))
    _forget_the_pieces(track)


def _store(track: Track) -> str:
    """Put the uploaded bytes into storage and return where what is known of them stands."""
    if track.upload is None:
        msg = f"track {track.pk} has no upload"
        raise RuntimeError(msg)
    with pieces.path(track.upload.pk).open("rb") as stream:
        found = sniff(stream)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        key = blobs.put(stream, suffix=found.suffix)
    return _remember(
        {
            "kind": Asset.Kind.ORIGINAL,
            "key": key,
            "content_type": found.media_type,
            "size_bytes": track.size_bytes,
            "sha256": digest,
        }
    )


def _read(run: Run, original: dict[str, Any]) -> str:
    """Decode the original and store everything made from it; return where the facts stand."""
    with _on_disk(original["key"]) as stream:
        audio = decode(stream)
    run.progress_part(4, 10)
    files = [_peaks(audio, Asset.Kind.PEAKS_OVERVIEW), _peaks(audio, Asset.Kind.PEAKS_ZOOM)]
    if audio.cover:
        files.append(_put(io.BytesIO(audio.cover), Asset.Kind.COVER, ".jpg", "image/jpeg"))
    with tempfile.TemporaryDirectory(prefix="ingest-") as folder:
        master = Path(folder) / "master.flac"
        write_flac(audio.samples, audio.rate_hz, master, bits=_bits(audio))
        files.append(_put_file(master, Asset.Kind.MASTER, "audio/flac"))
    files += _playback(audio, original)
    facts = FileFacts(
        file_sha256=original["sha256"],
        audio_sha256=audio.sha256(),
        format=audio.format.name,
        duration_ms=round(audio.duration_s * 1000),
        sample_rate_hz=audio.source_rate_hz,
        channels=audio.channels,
        tags=audio.tags,
    )
    return _remember({"facts": asdict(facts), "files": [asdict(file) for file in files]})


def _remember(facts: dict[str, Any]) -> str:
    """Put facts into storage, so that the artefact of a stage stays a short key."""
    return blobs.put(io.BytesIO(json.dumps(facts, sort_keys=True).encode()), suffix=".json")


def _recall(key: str) -> dict[str, Any]:
    with blobs.open_blob(key) as stream:
        facts: dict[str, Any] = json.load(stream)
    return facts


def _playback(audio: DecodedAudio, original: dict[str, Any]) -> list[StoredFile]:
    if audio.format not in PLAYABLE or audio.format is AAC:
        return []
    media_type = PLAYABLE[audio.format]
    key, size_bytes = original["key"], original["size_bytes"]
    return [StoredFile(Asset.Kind.PLAYBACK, key, media_type, size_bytes)]


def _peaks(audio: DecodedAudio, kind: Asset.Kind) -> StoredFile:
    peaks = (
        peaks_overview(audio.samples, audio.rate_hz)
        if kind == Asset.Kind.PEAKS_OVERVIEW
        else peaks_zoom(audio.samples, audio.rate_hz, samples_per_point=ZOOM_SAMPLES_PER_POINT)
    )
    text = json.dumps(peaks_as_json(peaks), separators=(",", ":"))
    return _put(io.BytesIO(text.encode()), kind, ".json", "application/json")


def _bits(audio: DecodedAudio) -> int:
    return 24 if audio.codec.startswith(LOSSLESS_WIDE) else 16


def _put(stream: BinaryIO, kind: Asset.Kind, suffix: str, content_type: str) -> StoredFile:
    key = blobs.put(stream, suffix=suffix)
    return StoredFile(kind, key, content_type, blobs.size(key))


def _put_file(path: Path, kind: Asset.Kind, content_type: str) -> StoredFile:
    with path.open("rb") as stream:
        return _put(stream, kind, path.suffix, content_type)


@contextlib.contextmanager
def _on_disk(key: str) -> Iterator[BinaryIO]:
    """Open a stored file with a descriptor of its own; one in a bucket is copied first."""
    with blobs.open_blob(key) as stream:
        try:
            stream.fileno()
        except (OSError, AttributeError):
            with tempfile.TemporaryFile(prefix="ingest-") as copy:
                shutil.copyfileobj(stream, copy)
                copy.seek(0)
                yield cast("BinaryIO", copy)
        else:
            yield stream


def _refuse_a_twin(track: Track, **hashes: str) -> None:
    """Raise if the workspace has this file, or this audio, already."""
    twin = track_twin(track=track, **hashes)
    if twin is None:
        return
    text = _(
        "This is the same recording as “%(title)s”, which is in your library already. "
        "It is stored once; nothing is lost."
    )
    Track.objects.filter(pk=track.pk).update(duplicate_of=twin)
    raise DomainError("duplicate", text % {"title": twin.title})


def _effect(track: Track, original: dict[str, Any], read: dict[str, Any]) -> dict[str, str]:
    original = {k: v for k, v in original.items() if k != "sha256"}
    track_ingested(
        track=track,
        facts=FileFacts(**read["facts"]),
        files=[StoredFile(**file) for file in [original, *read["files"]]],
    )
    return {"track": str(track.pk)}


def _forget_the_pieces(track: Track) -> None:
    if track.upload is not None:
        pieces.delete(track.upload.pk)

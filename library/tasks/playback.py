"""Job ``track.playback``: the small file that browsers play, made of the master that lies in storage.

A second or two of work without stages: a later attempt encodes the same bytes again.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from config.lib import blobs
from library.models import Asset, Track
from library.services.naming import key_is_named
from library.services.playback import playback_made
from library.services.tracks import StoredFile
from library.transcode.aac import write_m4a
from library.transcode.files import blocks_of, open_sound

if TYPE_CHECKING:
    from config.jobs.stages import Run


def playback(run: Run) -> None:
    """Handle one job; ``params`` names the track."""
    track = Track.objects.get(pk=run.params["track"])
    files = {asset.kind: asset for asset in track.assets.all()}
    if Asset.Kind.MASTER not in files or Asset.Kind.PLAYBACK in files:
        run.finish(lambda: {"track": str(track.pk)})  # removed meanwhile, or made already
        return
    small = _small(files[Asset.Kind.MASTER])
    run.finish(lambda: playback_made(track=track, file=small))
    if not key_is_named(key=small.key):  # the track's files went while this one was made
        blobs.delete(small.key)


def _small(master: Asset) -> StoredFile:
    """Encode the master block by block, so that a long song costs no more memory than a short one."""
    with (
        tempfile.TemporaryDirectory(prefix="playback-") as folder,
        blobs.open_blob(master.key) as stream,
        open_sound(stream) as source,
    ):
        path = Path(folder) / "playback.m4a"
        write_m4a(blocks_of(source), source.samplerate, path)
        with path.open("rb") as made:
            key = blobs.put(made, suffix=path.suffix)
    return StoredFile(Asset.Kind.PLAYBACK, key, "audio/mp4", blobs.size(key))

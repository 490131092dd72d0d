"""The ten pieces as files in a folder, rendered where they are missing or no longer what they would be."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from generation.demo_catalogue.compiling import compile_piece
from generation.demo_catalogue.piece import Piece, Release
from generation.demo_catalogue.rendered import is_rendered, key_path, song_key, song_path
from generation.rendering.arrangement import RATE
from generation.rendering.fonts import SoundFont
from generation.rendering.render import render

FRAME = 4096
Progress = Callable[[float], None]


def render_song(
    piece: Piece, folder: Path, soundfont: SoundFont | None, progress: Progress | None = None
) -> Path:
    """Return the file of ``piece``, rendered only if it is not there as it would be now.

    ``progress`` is told the part that is done, from 0 to 1.
    """
    path = song_path(piece, folder)
    if is_rendered(piece, folder, soundfont):
        return path
    folder.mkdir(parents=True, exist_ok=True)
    made = render(
        compile_piece(piece),
        soundfont=soundfont.path if soundfont else None,
        reference=None,
        progress=(lambda _step, done: progress(done)) if progress else None,
    )
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    write_tagged_flac(made.master.audio, unfinished, release_tags(piece.release))
    key_path(piece, folder).unlink(missing_ok=True)
    unfinished.replace(path)
    key_path(piece, folder).write_text(song_key(piece, soundfont))
    return path


def release_tags(release: Release) -> dict[str, str]:
    """Return what a label writes into a file that it delivers."""
    return {
        "title": release.title,
        "artist": release.artist,
        "album": release.album,
        "date": release.released,
        "isrc": release.isrc,
        "label": release.label,
        "copyright": f"℗ {release.p_line}",
        "genre": release.genre,
    }


def write_tagged_flac(audio: NDArray[np.float32], path: Path, tags: Mapping[str, str]) -> None:
    """Write stereo ``audio`` at ``RATE`` as FLAC of 16 bits; the same bytes for the same input."""
    whole = np.clip(np.rint(audio * np.float32(1 << 15)), -(1 << 15), (1 << 15) - 1)
    samples = whole.astype(np.int16)
    options = {"fflags": "+bitexact"}
    with av.open(str(path), "w", format="flac", options=options) as container:
        container.metadata.update(tags)
        stream = container.add_stream("flac", rate=RATE)
        stream.layout, stream.format = "stereo", "s16"
        stream.options = {"compression_level": "5", "flags": "+bitexact"}
        for start in range(0, len(samples), FRAME):
            block = np.ascontiguousarray(samples[start : start + FRAME]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
            frame.rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

"""Whether the ten pieces stand in a folder as they would be rendered now. Light: nothing is rendered.

What a file was made from stands beside it in a hidden file: the piece, the sources of the renderer and
the SoundFont. So a second run renders nothing, and a change of a melody renders one song.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from generation.demo_catalogue.piece import Piece
from generation.rendering.fonts import SoundFont

SUFFIX = ".flac"
SOURCES = ("rendering", "demo_catalogue")


def song_path(piece: Piece, folder: Path) -> Path:
    """Return where the song of ``piece`` stands in ``folder``."""
    return folder / f"{piece.name}{SUFFIX}"


def is_rendered(piece: Piece, folder: Path, soundfont: SoundFont | None) -> bool:
    """Tell whether the song stands in ``folder`` as it would be rendered now."""
    key = key_path(piece, folder)
    return (
        song_path(piece, folder).is_file()
        and key.is_file()
        and key.read_text() == song_key(piece, soundfont)
    )


def song_key(piece: Piece, soundfont: SoundFont | None) -> str:
    """Return a hash of all that the audio depends on."""
    told = {
        "piece": repr(piece),
        "renderer": renderer_revision(),
        "soundfont": [soundfont.name, soundfont.path.stat().st_size] if soundfont else None,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def renderer_revision() -> str:
    """Return a hash over the source of everything that turns a piece into sound."""
    root = Path(__file__).parents[1]
    files = sorted(path for name in SOURCES for path in (root / name).rglob("*.py"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def key_path(piece: Piece, folder: Path) -> Path:
    """Return where it is written what the song of ``piece`` in ``folder`` was made from."""
    return folder / f".{piece.name}.key"

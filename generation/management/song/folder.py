"""The finished song as a folder of files: there whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from config.lib import blobs
from generation.management.song.errors import SongFailedError
from generation.models import VersionAsset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generation.models import Version

Kind = VersionAsset.Kind
FILES = {
    Kind.MASTER_WAV: "song.wav",
    Kind.FLAC: "song.flac",
    Kind.MP3: "song.mp3",
    Kind.MIDI: "song.mid",
    Kind.LEAD_SHEET: "lead-sheet.pdf",
    Kind.REPORT: "report.json",
}
RECEIPT, STEMS = "receipt.json", "stems"


def is_a_song(folder: Path) -> bool:
    """Tell whether ``folder`` is empty or holds what this command writes, and nothing else.

    Somebody's own ``song.wav`` is no song of ours: ours have a receipt.
    """
    if not folder.is_dir() or folder.is_symlink():
        return False
    found = {entry.name for entry in folder.iterdir()}
    return not found or (RECEIPT in found and found <= {*FILES.values(), RECEIPT, STEMS})


def beside(out: Path) -> str:
    """Return how the names of the folders begin that stand beside ``out`` while it is written."""
    return f".{out.name}-"


def song_write(version: Version, out: Path) -> None:
    """Write every file of ``version`` to ``out``; an earlier song there is replaced at the end.

    Raises
    ------
    SongFailedError
        If it cannot be written; then ``out`` is as it was.
    """
    try:
        with _replacing(out) as folder:
            _fill(version, folder)
    except OSError as error:
        cause = error.strerror or str(error)
        raise SongFailedError(
            f"The song could not be written to {out}: {cause}. It is in the portal."
        ) from error


def _fill(version: Version, folder: Path) -> None:
    (folder / STEMS).mkdir()
    for asset in version.assets.all():
        if asset.kind in FILES:
            _copy(asset.key, folder / FILES[Kind(asset.kind)])
        elif asset.kind == Kind.STEM:
            name = f"{asset.name}{Path(asset.key).suffix}"
            _copy(asset.key, folder / STEMS / name.replace(os.sep, "-"))
    (folder / RECEIPT).write_bytes(version.receipt.body.encode())


def _copy(key: str, path: Path) -> None:
    with blobs.open_blob(key) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``out`` that takes its place when the block ends well."""
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    # Beside it, for a rename is one step only within one file system.
    fresh = Path(tempfile.mkdtemp(dir=out.parent, prefix=beside(out)))
    try:
        yield fresh
        fresh.chmod(0o755)
        _exchange(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _exchange(fresh: Path, out: Path) -> None:
    if not out.exists():
        fresh.rename(out)
        return
    if not any(out.iterdir()):
        _move_in(fresh, out)
        return
    earlier = Path(tempfile.mkdtemp(dir=out.parent, prefix=beside(out)))
    try:
        out.rename(earlier)  # takes the place of the empty folder
        try:
            fresh.rename(out)
        except OSError:
            earlier.rename(out)
            raise
    finally:
        shutil.rmtree(earlier, ignore_errors=True)


def _move_in(fresh: Path, out: Path) -> None:
    """Fill an empty folder, which stays itself: a shell may stand in it, or a disk be mounted there."""
    moved: list[Path] = []
    try:
        # The receipt first: with it what a kill leaves is an earlier song, which may be replaced.
        for entry in sorted(fresh.iterdir(), key=lambda entry: entry.name != RECEIPT):
            moved.append(out / entry.name)
            shutil.move(entry, moved[-1])
    except OSError:
        for place in moved:
            shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        raise

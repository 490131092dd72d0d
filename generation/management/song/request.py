"""What was asked on the command line, looked at before anything is started or written."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.composition.plan import LEAST_S, MOST_S
from generation.constants import SEED_MAX
from generation.management.song.errors import SongStoppedError
from generation.management.song.folder import beside, is_a_song
from library.jail.errors import AudioRefusedError
from library.jail.sniff import sniff
from rights.constants import SONGS

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = frozenset(
    [
        ".wav",
        ".flac",
        ".mp3",
        ".ogg",
        ".oga",
        ".opus",
        ".m4a",
        ".mp4",
        ".aac",
        ".aif",
        ".aiff",
        ".w64",
    ]
)
SECONDS_PER_MINUTE = 60


@dataclass(frozen=True)
class SongFile:
    """One of the ten: where it lies, and the hash of its bytes, by which the library knows it."""

    path: Path
    sha256: str

    @property
    def name(self) -> str:
        """Return the name for people and for the library; no two of a folder have the same."""
        return printable(self.path.name)


@dataclass(frozen=True)
class SongFolder:
    """Ten files in the order of their names; ``name`` is what the set will be called."""

    files: tuple[SongFile, ...]
    name: str


@dataclass(frozen=True)
class SongWish:
    """What to make, and where to; None is left to the product."""

    out: Path
    seed: int | None = None
    minutes: float | None = None

    @property
    def options(self) -> dict[str, float]:
        """Return what the song is asked to be, as the portal's form would."""
        return {} if self.minutes is None else {"seconds": self.minutes * SECONDS_PER_MINUTE}

    def check(self) -> None:
        """Raise :class:`SongStoppedError` if a figure is out of range or ``out`` cannot be written."""
        if self.seed is not None and not 0 <= self.seed <= SEED_MAX:
            raise SongStoppedError(f"--seed is a whole number from 0 to {SEED_MAX}.")
        least, most = LEAST_S / SECONDS_PER_MINUTE, MOST_S / SECONDS_PER_MINUTE
        if self.minutes is not None and not least <= self.minutes <= most:
            raise SongStoppedError(f"--minutes is a number from {least:g} to {most:g}.")
        _check_out(self.out)


@dataclass(frozen=True)
class SongRequest:
    """The ten, and what to make of them."""

    folder: SongFolder
    wish: SongWish


def printable(name: object) -> str:
    """Return a file's name as text; bytes of it that are no UTF-8 are spelt out, as in ``\\xff``."""
    return os.fsencode(str(name)).decode(errors="backslashreplace")


def read_folder(folder: Path) -> SongFolder:
    """Return the ten songs of ``folder``.

    Raises
    ------
    SongStoppedError
        If there is no such folder, it does not hold ten songs, or one of them is no audio or stands
        there twice.
    """
    files = tuple(_song_file(path) for path in _audio_files(folder))
    _check_all_different(files)
    name = printable(folder.resolve().name).replace("-", " ").replace("_", " ").strip().capitalize()
    return SongFolder(files, name or "Song")


def _audio_files(folder: Path) -> list[Path]:
    said = printable(folder)
    try:
        if not folder.is_dir():
            raise SongStoppedError(f"There is no folder {said}. Name one that holds ten songs.")
        found = sorted(
            file
            for file in folder.iterdir()
            if file.suffix.lower() in SUFFIXES and file.is_file() and not file.name.startswith(".")
        )
    except OSError as error:
        raise SongStoppedError(f"{said} cannot be read: {error.strerror}.") from None
    if len(found) != SONGS:
        raise SongStoppedError(
            f"{said} holds {len(found)} audio file{'' if len(found) == 1 else 's'}; a song is "
            f"made from exactly {SONGS}."
        )
    return found


def _song_file(path: Path) -> SongFile:
    try:
        with path.open("rb") as stream:
            sniff(stream)
            return SongFile(path, hashlib.file_digest(stream, "sha256").hexdigest())
    except AudioRefusedError as refused:
        raise SongStoppedError(f"{printable(path.name)}: {refused.message}") from None
    except OSError as error:
        name = printable(path.name)
        raise SongStoppedError(f"{name} cannot be read: {error.strerror}.") from None


def _check_all_different(files: tuple[SongFile, ...]) -> None:
    first: dict[str, str] = {}
    for file in files:
        if (other := first.setdefault(file.sha256, file.name)) != file.name:
            raise SongStoppedError(
                f"{other} and {file.name} are the same file; a song is made from ten different ones."
            )


def _check_out(out: Path) -> None:
    """Refuse a place that cannot be written, or that holds anything but an earlier song."""
    said = printable(out)
    try:
        # A link that leads nowhere is something as well.
        if os.path.lexists(out) and not is_a_song(out):
            raise SongStoppedError(
                f"{said} exists and is not a song made here, so it is left alone. Choose another "
                "--out."
            )
        # Tried as it will be done: a right, a full disk, a name too long only show themselves then.
        above = next(parent for parent in out.absolute().parents if parent.exists())
        with tempfile.TemporaryDirectory(dir=above, prefix=beside(out)):
            pass
    except OSError as error:
        raise SongStoppedError(
            f"{said} cannot be written: {error.strerror}. Choose another --out."
        ) from None

"""Where blobs lie when no object store is configured: files of this machine.

Both storages take a finished local file under its final name in one step (``adopt``), so that no
reader ever sees half an object. The one for S3 lives in ``config.lib.s3``, which alone imports boto3.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Protocol

from django.core.files.storage import FileSystemStorage

INCOMING = ".incoming"
STALE_S = 86_400


class BlobStorage(Protocol):
    """What ``config.lib.blobs`` needs of the default storage, beyond Django's own methods."""

    def incoming(self) -> Path:
        """Return a folder for files that are still being written."""

    def adopt(self, path: Path, name: str) -> None:
        """Store the finished file ``path`` under ``name`` at once; ``path`` may be gone after."""


class LocalStorage(FileSystemStorage):
    """Files below one folder, each made durable and then named atomically."""

    _is_swept = False

    def incoming(self) -> Path:
        """Return the folder of unfinished files; it shares the final names' file system.

        The first call of a process clears away what crashed writers left more than a day ago.
        """
        folder = Path(self.location) / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        if not self._is_swept:
            self._is_swept = True
            self._sweep(folder)
        return folder

    def adopt(self, path: Path, name: str) -> None:
        """Rename ``path`` to ``name``. Two callers with the same name: the last rename stays.

        The bytes reach the disk before the name does, and the name before this returns; a crash
        in between leaves a file in ``incoming()`` only.
        """
        final = Path(self.path(name))
        made = [folder for folder in (final.parent, *final.parent.parents) if not folder.exists()]
        final.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.chmod(0o640)
        path.replace(final)
        for folder in (final.parent, *(folder.parent for folder in made)):
            _sync_folder(folder)

    @staticmethod
    def _sweep(folder: Path) -> None:
        before = time.time() - STALE_S
        for file in folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process sweeps as well
                if file.stat().st_mtime < before:
                    file.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable, as fsync(2) asks for in its notes."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

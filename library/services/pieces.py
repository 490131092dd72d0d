"""The bytes of uploads that have not arrived whole, one file each.

The file is only a place: how much of it counts stands in ``Upload.offset_bytes``. What lies behind
that offset is left over from a request that died, and is overwritten by the next.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from library.exceptions import UploadBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 256 << 10


def path(upload_id: UUID) -> Path:
    """Return where the bytes of an upload lie."""
    return Path(settings.UPLOAD_DIR) / str(upload_id)


def create(upload_id: UUID) -> None:
    """Make the empty file."""
    target = path(upload_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(exist_ok=False)


def delete(upload_id: UUID) -> None:
    """Remove the file; one that is gone already is fine."""
    path(upload_id).unlink(missing_ok=True)


def every() -> list[UUID]:
    """Return the uploads of which a file lies here."""
    folder = Path(settings.UPLOAD_DIR)
    found = []
    for entry in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(ValueError):  # not one of ours
            found.append(UUID(entry.name))
    return found


@contextlib.contextmanager
def alone(upload_id: UUID) -> Iterator[int]:
    """Open the file for one writer at a time; the kernel frees the lock of one that dies.

    Raises
    ------
    UploadBusyError
        If another request writes.
    """
    descriptor = os.open(path(upload_id), os.O_RDWR)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadBusyError(
                "library.upload.busy",
                _("This file is already being sent from another window. It goes on there."),
            ) from None
        yield descriptor
    finally:
        os.close(descriptor)


def write(
    descriptor: int, stream: BinaryIO, *, offset: int, at_most: int, algorithm: str = ""
) -> tuple[int, bytes]:
    """Write ``stream`` from ``offset`` until it ends or ``at_most`` bytes came; make it durable.

    A connection that breaks is an end like another: what came is kept.

    Returns
    -------
    tuple
        How many bytes were written, and their digest under ``algorithm`` (empty without one).
    """
    digest = hashlib.new(algorithm) if algorithm else None
    written = 0
    with contextlib.suppress(OSError):
        while written < at_most and (block := stream.read(min(BLOCK, at_most - written))):
            os.pwrite(descriptor, block, offset + written)
            written += len(block)
            if digest:
                digest.update(block)
    os.ftruncate(descriptor, offset + written)
    os.fsync(descriptor)
    return written, digest.digest() if digest else b""

"""Stems on tape: memory of two processes with a file behind it, let go while nobody works on it.

A song of three minutes is eleven stems of 64 MB. Each is worked on for a moment (played, put through
its strip, written), so between those moments it need not be in memory: the file has no name and is gone
with the last process that maps it, however that ends (mmap(2), madvise(2)).
"""

from __future__ import annotations

import mmap
import os
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from generation.rendering.voices.signal import Signal

CHANNELS = 2
POPULATE_WRITE = 23  # MADV_POPULATE_WRITE, since Linux 5.14; the mmap module does not name it


def shared_stem(frames: int) -> Signal:
    """Return a silent stem (frames, 2) that a copy of this process plays into as well as we do.

    Where the disk has no room for it, it stays in memory.
    """
    room = _room(max(1, frames * CHANNELS * np.dtype(np.float32).itemsize))
    return np.frombuffer(room, np.float32, frames * CHANNELS).reshape(frames, CHANNELS)


def take_up(stem: Signal) -> None:
    """Take a stem into this process's memory in one go, before all of it is written to.

    Touched page by page it costs five times as much; where the kernel cannot do it, it does that.
    """
    if (tape := _tape_of(stem)) is not None:
        with suppress(OSError):
            tape.madvise(POPULATE_WRITE)


def let_go(stem: Signal) -> None:
    """Take a stem out of this process's memory until it is next touched; its samples stay."""
    if (tape := _tape_of(stem)) is not None:
        tape.madvise(mmap.MADV_DONTNEED)


def is_shared(stem: Signal) -> bool:
    """Return whether a copy of this process writes into the same memory."""
    return _tape_of(stem) is not None


def _tape_of(stem: Signal) -> mmap.mmap | None:
    """Return what a stem lies on; None for any other array."""
    owner: object = stem
    while isinstance(owner, np.ndarray | memoryview):
        owner = owner.base if isinstance(owner, np.ndarray) else owner.obj
    return owner if isinstance(owner, mmap.mmap) else None


def _room(size: int) -> mmap.mmap:
    with tempfile.TemporaryFile(prefix="stem-") as file:
        try:
            # Taken now: a disk that is full later would kill whoever writes (SIGBUS).
            os.posix_fallocate(file.fileno(), 0, size)
        except OSError:
            return mmap.mmap(-1, size)
        return mmap.mmap(file.fileno(), size)

"""How much memory making the song took: this process, and the workers with all that they start."""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

import psutil

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

EVERY_S = 0.5
MB = 1024 * 1024


class PeakMemory:
    """Samples what these processes hold until the block ends.

    The sum is of memory that each has for itself, and what is shared is counted once, as large as
    in the process that maps most. Reading it costs next to nothing, unlike the exact figures.
    """

    def __init__(self, roots: Sequence[psutil.Process]) -> None:
        self._roots = [psutil.Process(), *roots]
        self._peak = 0
        self._stop = Event()
        self._thread = Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def megabytes(self) -> int:
        """Return the largest sum so far."""
        return self._peak // MB

    def _sample(self) -> None:
        while not self._stop.is_set():
            held = [_memory(process) for process in self._tree()]
            shared = max((both for _own, both in held), default=0)
            self._peak = max(self._peak, sum(own for own, _both in held) + shared)
            self._stop.wait(EVERY_S)

    def _tree(self) -> set[psutil.Process]:
        found: set[psutil.Process] = set()
        for root in self._roots:
            with suppress(psutil.Error):
                found |= {root, *root.children(recursive=True)}
        return found


def _memory(process: psutil.Process) -> tuple[int, int]:
    """Return the bytes that a process has for itself, and those that it may share."""
    try:
        info = process.memory_info()
    except psutil.Error:  # ended meanwhile
        return 0, 0
    return info.rss - info.shared, info.shared

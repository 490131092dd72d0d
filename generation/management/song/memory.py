"""How much memory making the song took: this process, and the workers with all that they start."""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

EVERY_S = 1.0
CHANGED = 0.04
MB = 1024 * 1024
SMALL = 64 * MB
"""What holds less is idle: a part of a worker's pages more or less is no error worth a walk."""


class PeakMemory:
    """Samples what these processes hold until the block ends.

    Pages that several of them map, such as a player's copy of the SoundFont, are divided among them
    (the kernel's proportional set size), so that the sum is memory that is really taken. To read that
    walks through all pages while the process waits for its own, so it is read only where the sum of
    what each maps, which is never less, is above the peak so far and has changed since; and of a family
    that is still the same, small members that have not changed are not read again.
    """

    def __init__(self, roots: Sequence[psutil.Process]) -> None:
        self._roots = [psutil.Process(), *roots]
        self._peak = self._read_at = 0
        self._family: set[psutil.Process] = set()
        self._known: dict[psutil.Process, tuple[int, int]] = {}
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
            tree = self._tree()
            maps = {process: _mapped(process) for process in tree}
            mapped = sum(maps.values())
            if mapped > self._peak and abs(mapped - self._read_at) >= CHANGED * mapped:
                held = self._read(maps)
                # Read before it forked, a process still held what its copy, read after, shares: 1.6 GB
                # of 1.2. So what was read while the family changed does not count.
                if self._tree() == tree:
                    self._peak, self._read_at = max(self._peak, held), mapped
            self._stop.wait(EVERY_S)

    def _read(self, maps: Mapping[psutil.Process, int]) -> int:
        """Return what processes hold that map so many bytes each."""
        if maps.keys() != self._family:  # their parts of what they share are others now
            self._family = set(maps)
            self._known.clear()
        for process, mapped in maps.items():
            before, held = self._known.get(process, (None, 0))
            if before != mapped or held >= SMALL:
                self._known[process] = mapped, _held(process)
        return sum(held for _mapped, held in self._known.values())

    def _tree(self) -> set[psutil.Process]:
        found: set[psutil.Process] = set()
        for root in self._roots:
            with suppress(psutil.Error):
                found |= {root, *root.children(recursive=True)}
        return found


def _mapped(process: psutil.Process) -> int:
    """Return the bytes of a process that are in memory, shared or not."""
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # ended meanwhile
        return 0


def _held(process: psutil.Process) -> int:
    """Return its part of them: a page that n processes map counts for an n-th."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0

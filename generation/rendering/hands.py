"""Two hands at once: pieces of work divided between this process and a copy of it.

A copy (fork) has everything that is loaded here, and what is worked on is memory of both (``tape``), so
nothing is sent but the numbers of pieces. Whoever is free takes the next one. A piece must depend on
nothing but itself, so that who does it changes no bit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from config.lib.copies import Copy

MOST_PIECES = 255
"""A piece's number is one byte in a pipe."""
MOST_HANDS = 2
"""Processes at once: more wait for memory, and a job is promised two processors."""

Work = Callable[[int], None]
Done = Callable[[int], None]

_most_hands: ContextVar[int] = ContextVar("most hands", default=MOST_HANDS)


def free_hands() -> int:
    """Return how many processes may work at once here."""
    return min(len(os.sched_getaffinity(0)), _most_hands.get())


@contextmanager
def one_hand() -> Iterator[None]:
    """Let this process do all that is divided in the block: other jobs have the other processors.

    A second hand would only wait for a processor, with memory of its own.
    """
    before = _most_hands.set(1)
    try:
        yield
    finally:
        _most_hands.reset(before)


def divide(count: int, work: Work, done: Done, *, hands: int) -> list[int]:
    """Call ``work`` once for each number below ``count``, and ``done`` here with how many are finished.

    Returns what the copy had taken and left unfinished, because it was killed or failed; of that nothing
    is known.

    Raises
    ------
    ValueError
        If there are more than ``MOST_PIECES``.
    """
    if count > MOST_PIECES:
        msg = f"{count} pieces; at most {MOST_PIECES} are divided"
        raise ValueError(msg)
    missing = set(range(count))

    def finished(number: int) -> None:
        missing.discard(number)
        done(count - len(missing))

    if hands == 1 or count == 1:
        for number in range(count):
            work(number)
            finished(number)
    else:
        with _queue(count) as queue, _copy(queue, work) as replies:
            for number in _taken(queue):
                work(number)
                finished(number)
            for number in _taken(replies):
                finished(number)
    return sorted(missing)


@contextmanager
def _queue(count: int) -> Iterator[int]:
    """Yield the reading end of a pipe that holds the numbers of all pieces, and then ends."""
    reading, writing = os.pipe()
    os.write(writing, bytes(range(count)))
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)


@contextmanager
def _copy(queue: int, work: Work) -> Iterator[int]:
    """Start a copy of this process that takes pieces too; yield where it tells what is finished.

    It ends with the block, whatever happens in it.
    """
    replies, telling = os.pipe()
    parent = os.getpid()
    copy = Copy(lambda: _serve(queue, telling, work, parent))
    os.close(telling)
    try:
        yield replies
    finally:
        os.close(replies)
        copy.end()


def _serve(queue: int, telling: int, work: Work, parent: int) -> None:
    """Do what is left in the queue while the parent lives."""
    for number in _taken(queue):
        work(number)
        if os.getppid() != parent:
            break
        os.write(telling, bytes([number]))


def _taken(pipe: int) -> Iterator[int]:
    """Yield the numbers in a pipe; each is read by one process only."""
    while number := os.read(pipe, 1):
        yield number[0]

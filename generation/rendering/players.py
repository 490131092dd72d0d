"""Two players at once: parts of a song divided between this process and a copy of it.

A copy (fork) shares the loaded SoundFont with us, and the stems are memory of both (``tape``), so nothing
is sent but the numbers of parts. Whoever is free takes the next part; a part depends on nothing but itself, so
who plays it changes no bit. What the copy leaves unfinished, because it was killed, we play again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from config.lib.copies import Copy
from generation.rendering.voices.signal import Signal

MOST_PARTS = 255
"""A part's number is one byte in a pipe."""

Play = Callable[[int, Signal], None]
Done = Callable[[int], None]


def play_all(stems: list[Signal], play: Play, done: Done, *, players: int) -> None:
    """Call ``play`` for each stem once, in up to two processes, and ``done`` here after each.

    Raises
    ------
    ValueError
        If there are more than ``MOST_PARTS`` stems.
    """
    if len(stems) > MOST_PARTS:
        msg = f"{len(stems)} parts; at most {MOST_PARTS} are played"
        raise ValueError(msg)
    missing = set(range(len(stems)))

    def finished(number: int) -> None:
        missing.discard(number)
        done(len(stems) - len(missing))

    if players > 1 and len(stems) > 1:
        with _queue(len(stems)) as queue, _copy(queue, stems, play) as replies:
            for number in _taken(queue):
                play(number, stems[number])
                finished(number)
            for number in _taken(replies):
                finished(number)
    for number in sorted(missing):
        stems[number][:] = 0
        play(number, stems[number])
        finished(number)


@contextmanager
def _queue(count: int) -> Iterator[int]:
    """Yield the reading end of a pipe that holds the numbers of all parts, and then ends."""
    reading, writing = os.pipe()
    os.write(writing, bytes(range(count)))
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)


@contextmanager
def _copy(queue: int, stems: list[Signal], play: Play) -> Iterator[int]:
    """Start a copy of this process that takes parts too; yield where it tells what is finished.

    It ends with the block, whatever happens in it.
    """
    replies, telling = os.pipe()
    parent = os.getpid()
    copy = Copy(lambda: _serve(queue, telling, stems, play, parent))
    os.close(telling)
    try:
        yield replies
    finally:
        os.close(replies)
        copy.end()


def _serve(queue: int, telling: int, stems: list[Signal], play: Play, parent: int) -> None:
    """Play what is left in the queue while the parent lives."""
    for number in _taken(queue):
        play(number, stems[number])
        if os.getppid() != parent:
            break
        os.write(telling, bytes([number]))


def _taken(pipe: int) -> Iterator[int]:
    """Yield the numbers in a pipe; each is read by one process only."""
    while number := os.read(pipe, 1):
        yield number[0]

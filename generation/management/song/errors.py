"""Why no song was made, said in a sentence; nothing was written."""

from __future__ import annotations


class SongStoppedError(Exception):
    """What was asked for cannot be done: the message says why and what to do. Exit status 2."""


class SongFailedError(SongStoppedError):
    """We could not make it, though what was asked for was right. Exit status 1."""

"""Copies of this process that do one thing and end (fork(2)): they know all that we know.

Nothing of ours is theirs to close: no connection, no file, no handler at exit. So what a copy does may
use nothing that this process shares with others.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress


def begin(work: Callable[[], object]) -> int:
    """Do ``work`` in a copy, and return the copy's process id: for ``did_all`` or ``end``, once."""
    copy = os.fork()
    if copy == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return copy


def did_all(copy: int) -> bool:
    """Wait for a copy to end; return whether it did all of its work, not killed and not failed."""
    _pid, status = os.waitpid(copy, 0)
    return status == 0


def end(copy: int) -> None:
    """End a copy at once; afterwards it works on nothing any more."""
    with suppress(ProcessLookupError):
        os.kill(copy, signal.SIGKILL)
    os.waitpid(copy, 0)

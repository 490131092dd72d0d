"""Tie a process's life to its parent's, whatever kills the parent (Linux only).

A cluster of django-q2 is a tree: main, sentinel, workers, and our child below a worker. Killing
one of the upper ones used to leave the rest at work with nobody in charge. Here every process of
the tree asks the kernel for SIGKILL at its parent's death, so the tree falls as a whole.
"""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
OOM_SCORE = 800


def die_with(parent: int) -> None:
    """Get SIGKILL when the process ``parent`` dies; end now if it is dead already.

    The kernel watches the thread that started us, so start children from the main thread.
    """
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)


def die_with_parent_after_every_fork() -> None:
    """Let every process forked from here on, and theirs, die with the one that forked it."""
    forking = [os.getpid()]

    def remember() -> None:
        forking[0] = os.getpid()

    os.register_at_fork(before=remember, after_in_child=lambda: die_with(forking[0]))


def be_the_first_victim() -> None:
    """Offer this process, not its worker or the database, to the kernel's memory killer."""
    Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE))

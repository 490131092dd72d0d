"""What a child does with memory that it has freed: keep it during a job, give it back when idle.

glibc maps every large block anew and unmaps it when it is freed, so each array of a song would be
paid for in page faults again: a fifth of the processor time of an analysis.
Elsewhere than on glibc both functions do nothing. See mallopt(3), malloc_trim(3).
"""

from __future__ import annotations

import ctypes

# The parameters of mallopt(3), by the numbers of glibc's <malloc.h>.
M_TRIM_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX = -1, -4, -8
NEVER = (1 << 31) - 1
LIBC = ctypes.CDLL(None)
IS_GLIBC = hasattr(LIBC, "mallopt") and hasattr(LIBC, "malloc_trim")


def keep_freed_memory() -> bool:
    """Reuse freed blocks of any size for the next ones; call it before other threads start.

    Returns whether the allocator agreed.
    """
    if not IS_GLIBC:
        return False
    # One arena: what one thread freed serves all of them.
    wanted = ((M_ARENA_MAX, 1), (M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, NEVER))
    agreed = [LIBC.mallopt(parameter, value) == 1 for parameter, value in wanted]
    return all(agreed)


def give_back_freed_memory() -> None:
    """Return to the system what is free, so that an idle process holds only what it uses."""
    if IS_GLIBC:
        LIBC.malloc_trim(0)

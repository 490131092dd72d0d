"""The process in which the heavy work of a job happens: ``python -m config.jobs.child``.

It serves the orders of one worker, one job at a time, and dies with it. Its arguments are the
worker's process id, the descriptor for replies, how many jobs to serve, and after how many idle
seconds to end.
"""

from __future__ import annotations

import json
import os
import select
import sys
from typing import TextIO

import django

from config.jobs import lifeline, memory

TIDY_AFTER_S = 2.0


def main() -> None:
    """Serve until the orders end, the limit is reached, or nothing comes for too long."""
    parent, replies, jobs = map(int, sys.argv[1:4])
    idle_s = float(sys.argv[4])
    lifeline.die_with(parent)
    lifeline.be_the_first_victim()
    memory.keep_freed_memory()
    os.set_inheritable(replies, False)
    orders = _take_standard_input()
    django.setup()
    from config.jobs.attempts import attempt_job  # noqa: PLC0415 - needs the apps

    for _served in range(jobs):
        if not _comes(orders, idle_s):
            return
        if not (line := orders.readline()):
            return
        reply = attempt_job(**json.loads(line))
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(replies, json.dumps(vars(reply)).encode() + b"\n")


def _comes(orders: TextIO, within_s: float) -> bool:
    """Wait for an order; give unused memory back when the next one is not there at once."""
    soon_s = min(TIDY_AFTER_S, within_s)
    if select.select([orders], [], [], soon_s)[0]:
        return True
    memory.give_back_freed_memory()
    return bool(select.select([orders], [], [], within_s - soon_s)[0])


def _take_standard_input() -> TextIO:
    """Keep the pipe of orders for ourselves; a handler that reads its input finds nothing."""
    orders = os.fdopen(os.dup(0), "r", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return orders


if __name__ == "__main__":
    main()

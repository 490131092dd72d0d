"""The process in which the heavy work of a job happens: a copy of its worker, in its own session.

It serves the orders of that worker, one job at a time, and dies with it. A program of its own would
load for a second what the worker has loaded already.
"""

from __future__ import annotations

import json
import os
import select
import sys
from dataclasses import dataclass
from typing import TextIO

import structlog
from django.db import connections

from config.jobs import lifeline, memory
from config.jobs.attempts import attempt_job

TIDY_AFTER_S = 0.5
# Workers are processes: threads of linear algebra would only wait for each other, spinning.
THREADS = "OPENBLAS_NUM_THREADS"

# Kept here, so that nothing of them is closed: that would end the worker's sessions.
_of_the_worker: list[object] = []


@dataclass(frozen=True)
class Pipes:
    """The child's ends: orders come, what it prints goes, and replies."""

    orders: int
    printed: int
    replies: int


def serve(pipes: Pipes, *, worker: int, jobs: int, idle_s: float) -> None:
    """Serve until the orders end, ``jobs`` are done, or nothing comes for ``idle_s`` seconds."""
    os.setsid()
    lifeline.die_with(worker)
    lifeline.be_the_first_victim()
    memory.keep_freed_memory()
    os.environ.setdefault(THREADS, "1")
    _leave_to_the_worker(pipes)
    with os.fdopen(pipes.orders, encoding="utf-8") as orders:
        for _served in range(jobs):
            if not _comes(orders, idle_s) or not (line := orders.readline()):
                return
            reply = attempt_job(**json.loads(line))
            sys.stdout.flush()
            sys.stderr.flush()
            os.write(pipes.replies, json.dumps(vars(reply)).encode() + b"\n")


def _leave_to_the_worker(pipes: Pipes) -> None:
    """Let go of what is the worker's: what it reads and prints, its log's context, its connections."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, standard in ((nothing, 0), (pipes.printed, 1), (pipes.printed, 2)):
        os.dup2(source, standard)
    os.close(nothing)
    os.close(pipes.printed)
    structlog.contextvars.clear_contextvars()
    for alias in connections:
        _of_the_worker.append(connections[alias])
        connections[alias] = connections.create_connection(alias)


def _comes(orders: TextIO, within_s: float) -> bool:
    """Wait for an order; give unused memory back when the next one is not there at once."""
    soon_s = min(TIDY_AFTER_S, within_s)
    if select.select([orders], [], [], soon_s)[0]:
        return True
    memory.give_back_freed_memory()
    return bool(select.select([orders], [], [], within_s - soon_s)[0])

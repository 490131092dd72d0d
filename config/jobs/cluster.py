"""The cluster of one queue, django-q2's: its processes die together, and each task leaves a sign of life."""

from __future__ import annotations

import multiprocessing
from functools import partial

from django.core.management import call_command
from django.db import connections

from config.jobs import beats, lifeline
from config.lib import queue as doorbells


def run_cluster(queue: str) -> None:
    """Serve ``queue``, which is the one that django-q2 was loaded for, until SIGTERM."""
    lifeline.die_with_parent_after_every_fork()
    doorbells.on_task(partial(beats.touch, queue))
    connections.close_all()  # a connection must not be shared across the fork
    call_command("qcluster", skip_checks=True)
    # It leaves the waiting to the end of the interpreter, which a copy of a process does not come to.
    for sentinel in multiprocessing.active_children():
        sentinel.join()

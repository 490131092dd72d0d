"""The cluster of one queue, django-q2's: its processes die together, and each task leaves a sign of life."""

from __future__ import annotations

import gc
import multiprocessing
import os
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.db import connections

from config.jobs import beats, child, lifeline
from config.lib import queue as doorbells

if TYPE_CHECKING:
    from collections.abc import Iterable


def run_cluster(queue: str, *, loads: Iterable[str] = ()) -> None:
    """Serve ``queue``, which is the one that django-q2 was loaded for, until SIGTERM.

    The modules that it ``loads`` come first, once for all workers and children: for whoever knows that
    jobs that want them come at once. Else a worker stays small.
    """
    os.environ.setdefault(child.THREADS, "1")  # read as soon as one of them loads linear algebra
    for module in loads:
        import_module(module)
    gc.freeze()  # so that the copies share the pages
    lifeline.die_with_parent_after_every_fork()
    doorbells.on_task(partial(beats.touch, queue))
    connections.close_all()  # a connection must not be shared across the fork
    call_command("qcluster", skip_checks=True)
    # It leaves the waiting to the end of the interpreter, which a copy of a process does not come to.
    for sentinel in multiprocessing.active_children():
        sentinel.join()

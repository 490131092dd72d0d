"""Signs of life of the workers, as rows that any process may read."""

from __future__ import annotations

import os
import socket
import time

from django.conf import settings
from django.db import DatabaseError, connection

AT_MOST_EVERY_S = 1.0
NO_TIMEOUT_S = 3_600

TOUCH = """
INSERT INTO jobs_workerbeat (queue, cluster, beat_at)
VALUES (%(queue)s, %(cluster)s, clock_timestamp())
ON CONFLICT (queue, cluster) DO UPDATE SET beat_at = excluded.beat_at
"""

_touched: dict[str, float] = {}
_supervisor: list[str] = []


def touch(queue: str) -> None:
    """Leave a sign of life of ``queue``, at most once a second in one process.

    A database that is away is no reason to fail: then nobody can read the sign either.
    """
    now = time.monotonic()
    if now - _touched.get(queue, -AT_MOST_EVERY_S) < AT_MOST_EVERY_S:
        return
    _touched[queue] = now
    try:
        with connection.cursor() as cursor:
            cursor.execute(TOUCH, {"queue": queue, "cluster": cluster_name()})
    except DatabaseError:
        connection.close()


def cluster_name() -> str:
    """Return who supervises this process: the name that its signs of life carry."""
    return (_supervisor and _supervisor[0]) or settings.JOBS_CLUSTER or process_name()


def belong_to(supervisor: str) -> None:
    """Let the signs of life of this process, a copy of its supervisor, carry that one's name."""
    _supervisor[:] = [supervisor]


def process_name() -> str:
    """Return host and process id, the owner of a claim."""
    return f"{socket.gethostname()}:{os.getpid()}"


def stale_after_s(name: str) -> float:
    """Return the seconds of silence that mean a wedge: one task may last its time limit."""
    cluster = settings.Q_CLUSTER
    timeout_s = {**cluster, **cluster["ALT_CLUSTERS"].get(name, {})}["timeout"]
    return settings.JOBS_STALE_S + (timeout_s if timeout_s < NO_TIMEOUT_S else 0)

"""Measures the real job layer: ``manage.py bench jobs``.

A supervisor with its clusters, reaper and warm children runs on a database of its own. First a
burst gives the throughput, then single jobs at a steady pace give the latency, from the commit
of the enqueue to the first line of the handler, both read from the database's clock.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from statistics import quantiles
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import connection

from config.benchmarks.scratch import scratch_database
from config.jobs import claims, registry
from config.jobs.models import Job
from config.jobs.services import enqueue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.jobs.stages import Run

WARM, COLD = "jobs.bench_warm", "jobs.bench_cold"
DEADLINE_S = 300

STARTS = """
SELECT extract(epoch FROM (result->>'began')::timestamptz - created_at) FROM jobs_job
 WHERE kind = %(kind)s AND id > %(after)s AND state = 'succeeded'
"""


def register_kinds() -> None:
    """Make the empty kinds known; only where ``JOBS_BENCHMARK`` is set."""
    handler = f"{__name__}.handle_nothing"
    registry.register(WARM, handler, title="Benchmark, warm", warm=True)
    registry.register(COLD, handler, title="Benchmark, cold")


def handle_nothing(run: Run) -> None:
    """Note when the handler was reached, and finish."""
    [(began,)] = claims.every("SELECT clock_timestamp()::text")
    run.finish(lambda: {"began": began})


def jobs_benchmark(*, burst: int = 300, paced: int = 100, cold: int = 10) -> dict[str, Any]:
    """Return jobs per second of a ``burst``, and start latencies of jobs that come one by one.

    ``paced`` jobs are served by warm children, ``cold`` ones by a new child each. Times are
    seconds.

    Raises
    ------
    TimeoutError
        If the jobs do not end in time.
    """
    load = [round(n, 2) for n in os.getloadavg()]
    os.environ["JOBS_BENCHMARK"] = "true"
    register_kinds()
    with scratch_database() as environment, on_database(environment), supervised(environment):
        _finish_all(WARM, 2 * settings.JOBS_WORKERS["cpu"], pace_s=0)  # children start here
        began = time.monotonic()
        _finish_all(WARM, burst, pace_s=0)
        burst_s = time.monotonic() - began
        after = _finish_all(WARM, paced, pace_s=0.25)
        after_cold = _finish_all(COLD, cold, pace_s=2.0)
        return {
            "workers": settings.JOBS_WORKERS["cpu"],
            "cores": os.cpu_count(),
            "load_average_before": load,
            "burst_jobs": burst,
            "jobs_per_s": round(burst / burst_s, 1),
            "start_latency_warm_s": _percentiles(WARM, after),
            "start_latency_cold_s": _percentiles(COLD, after_cold),
        }


def _finish_all(kind: str, count: int, *, pace_s: float) -> int:
    """Enqueue ``count`` jobs, wait until all succeeded, return the id before the first."""
    after = Job.objects.order_by("-id").values_list("id", flat=True).first() or 0
    for _each in range(count):
        enqueue(kind, {}, idem=f"bench-{uuid4()}")
        time.sleep(pace_s)
    until = time.monotonic() + DEADLINE_S
    while Job.objects.filter(id__gt=after, state="succeeded").count() < count:
        if time.monotonic() > until:
            msg = f"{count} jobs of {kind} did not end within {DEADLINE_S} s"
            raise TimeoutError(msg)
        time.sleep(0.02)
    return after


def _percentiles(kind: str, after: int) -> dict[str, float]:
    latencies = sorted(float(s) for (s,) in claims.every(STARTS, kind=kind, after=after))
    cuts = quantiles(latencies, n=100, method="inclusive")
    return {
        "count": len(latencies),
        "p50": round(cuts[49], 3),
        "p95": round(cuts[94], 3),
        "max": round(latencies[-1], 3),
    }


@contextmanager
def on_database(environment: dict[str, str]) -> Iterator[None]:
    """Point this process's connection at the scratch database, and back."""
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = environment["DATABASE_URL"].rpartition("/")[2]
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name


@contextmanager
def supervised(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the supervisor of the ``cpu`` queue meanwhile."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "supervise", "--queues", "cpu"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(settings.JOBS_STOP_S + 10)

"""How fast the portal is: real granian, real PostgreSQL, fifty jobs in the job centre.

The server, the database and the load generator share this machine's cores, so the figures are
a floor: a server of its own does better. The database is made for the measurement and dropped.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import psutil
from django.conf import settings

from config.benchmarks.load import Target, as_fast_as_possible, at_rate
from config.benchmarks.scratch import scratch_database
from config.processes import ProcessGroup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOST = "127.0.0.1"
READY_WITHIN_S = 30
CLIENTS = 8
JOBS_SHOWN = 50
WARM_UP_S = 2
PAGE = "/jobs/"
SEED = "from config.benchmarks import web_seed; web_seed.main()"


def web_benchmark(*, rate_hz: float = 50.0, duration_s: float = 20.0) -> dict[str, Any]:
    """Measure the job centre at ``rate_hz`` requests a second and as fast as it goes.

    Each of the two requests (the whole page, and the poll that finds nothing new) is driven for
    ``duration_s`` seconds at the rate and for half of that without a limit.

    Raises
    ------
    RuntimeError
        If the server does not answer as it should before anything is measured.
    """
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(1)
    )  # so that the database is dropped then too
    with scratch_database() as database:
        environment = {**_production(), **database}
        seeded = json.loads(_manage("shell", "-v", "0", "-c", SEED, environment=environment))
        _manage("collectstatic", "--noinput", "-v", "0", environment=environment)
        with _server(environment) as (server, port):
            targets = _targets(port, cookie=seeded["cookie"])
            return {
                "server": "granian WSGI, 2 workers of 4 threads, pool, DEBUG off",
                "cores": os.cpu_count(),
                "load_average_before": [round(n, 2) for n in os.getloadavg()],
                "jobs": seeded["jobs"],
                **{
                    name: _measure(target, server, rate_hz=rate_hz, duration_s=duration_s)
                    for name, target in targets.items()
                },
                "load_average_after": [round(n, 2) for n in os.getloadavg()],
            }


def _measure(
    target: Target, server: ProcessGroup, *, rate_hz: float, duration_s: float
) -> dict[str, Any]:
    at_rate(target, rate_hz=rate_hz, duration_s=WARM_UP_S)
    before_s = _processor_s(server)
    fixed = at_rate(target, rate_hz=rate_hz, duration_s=duration_s)
    cost_s = _processor_s(server) - before_s
    fastest = as_fast_as_possible(target, clients=CLIENTS, duration_s=duration_s / 2)
    return {
        f"at_{rate_hz:g}_per_s": fixed.summary(),
        f"fastest_with_{CLIENTS}_clients": fastest.summary(),
        # What remains comparable on a machine that does other things meanwhile.
        "server_processor_ms_per_request": round(1000 * cost_s / fixed.requests, 2),
    }


def _processor_s(server: ProcessGroup) -> float:
    """Return the processor time that the server and its workers have used, in seconds."""
    total = 0.0
    for process in server.running.values():
        root = psutil.Process(process.pid)
        for one in [root, *root.children(recursive=True)]:
            times = one.cpu_times()
            total += times.user + times.system
    return total


def _targets(port: int, *, cookie: str) -> dict[str, Target]:
    """Return what is measured; the poll carries the tag that the page has just been given.

    Raises
    ------
    RuntimeError
        If the page is not the page of fifty jobs, or the poll is not answered by 304.
    """
    person = {"Cookie": cookie}
    polling = {**person, "HX-Request": "true", "HX-Request-Type": "partial"}
    base = f"http://{HOST}:{port}{PAGE}"
    page = httpx.get(base, headers=person)
    rows = page.text.count('class="job-row"')
    if page.status_code != 200 or rows < JOBS_SHOWN:
        msg = f"the job centre answered {page.status_code} with {rows} rows"
        raise RuntimeError(msg)
    tag = re.search(r'hx-ptag="([^"]+)"', page.text)
    polling["HX-PTag"] = tag.group(1) if tag else ""
    again = httpx.get(base, headers=polling)
    if again.status_code != 304:
        msg = f"an unchanged poll answered {again.status_code}, not 304"
        raise RuntimeError(msg)
    return {
        "page_of_50_rows": Target(host=HOST, port=port, path=PAGE, headers=person),
        "unchanged_poll": Target(
            host=HOST, port=port, path=PAGE, headers=polling, expected_status=304
        ),
    }


def _production() -> dict[str, str]:
    """Return the environment of a production server that is reached without TLS."""
    return {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SECURE_SSL_REDIRECT": "0",
        "ALLOWED_HOSTS": HOST,
        "TENFOLD_IGNORE_DOTENV": "1",
    }


def _manage(*command: str, environment: Mapping[str, str]) -> str:
    return subprocess.run(  # noqa: S603 - our own command lines
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@contextmanager
def _server(environment: Mapping[str, str]) -> Iterator[tuple[ProcessGroup, int]]:
    """Serve the product on a free port; yield it with its port once ``/jobs/`` answers."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2"]
    command += ["--blocking-threads", "4", "--host", HOST, "--port", str(port)]
    command += ["--log-level", "warning", "config.wsgi:application"]
    processes = ProcessGroup()
    try:
        processes.start("web", command, env={**environment, "DATABASE_POOL": "1"})
        _wait(processes, port)
        yield processes, port
    finally:
        processes.stop()


def _wait(processes: ProcessGroup, port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and processes.ended() is None:
        try:
            httpx.get(f"http://{HOST}:{port}{PAGE}", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    msg = "the server did not answer; its messages are above"
    raise RuntimeError(msg)

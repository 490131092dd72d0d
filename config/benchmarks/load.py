"""A small HTTP/1.1 load generator: one process, kept-alive connections, loopback only.

Two ways to drive a server:

* :func:`at_rate` is an *open* loop. Each request has a due time and its latency counts from then,
  not from the moment a connection became free, so that a server which stalls cannot hide the
  waiting behind it ("coordinated omission", G. Tene, "How NOT to Measure Latency", 2015).
* :func:`as_fast_as_possible` is a *closed* loop of a fixed number of clients; it finds the limit.

A client library would do, but it costs more processor time per request than the server under
test, and here both share the same cores.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_REQUESTS = 100_000
MAX_DURATION_S = 120
TIMEOUT_S = 10
# More would only queue inside the server: it has 2 workers with 4 threads each.
MAX_CONNECTIONS = 64


@dataclass(frozen=True, kw_only=True)
class Target:
    """What to ask: ``GET path`` on the loopback ``host``, and the answer that counts as right."""

    host: str
    port: int
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    expected_status: int = 200

    def __post_init__(self) -> None:
        """Refuse every address but this machine's own.

        Raises
        ------
        ValueError
            If ``host`` is not a loopback address.
        """
        if not ipaddress.ip_address(self.host).is_loopback:
            msg = f"{self.host} is not this machine: the load generator speaks to loopback only"
            raise ValueError(msg)

    def request(self) -> bytes:
        """Return the bytes of one request."""
        lines = [f"GET {self.path} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What came of one run; times in milliseconds, ``wall_s`` in seconds."""

    requests: int
    errors: int
    wall_s: float
    latencies_ms: tuple[float, ...]

    def summary(self) -> dict[str, float | int]:
        """Return the figures for the report, rounded to what they are worth."""
        return {
            "requests": self.requests,
            "errors": self.errors,
            "requests_per_s": round(self.requests / self.wall_s, 1) if self.wall_s else 0.0,
            "p50_ms": round(percentile(self.latencies_ms, 50), 2),
            "p95_ms": round(percentile(self.latencies_ms, 95), 2),
            "p99_ms": round(percentile(self.latencies_ms, 99), 2),
            "max_ms": round(max(self.latencies_ms, default=0.0), 2),
        }


def percentile(values: tuple[float, ...], percent: int) -> float:
    """Return the nearest-rank percentile: a value that was measured, never an interpolation."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def at_rate(target: Target, *, rate_hz: float, duration_s: float) -> Measurement:
    """Ask ``rate_hz`` times a second for ``duration_s`` seconds, whatever the server does."""
    count = _bounded(int(rate_hz * duration_s), duration_s)
    return asyncio.run(_open_loop(target, count=count, interval_s=1 / rate_hz))


def as_fast_as_possible(target: Target, *, clients: int, duration_s: float) -> Measurement:
    """Let each of ``clients`` ask again as soon as it is answered, for ``duration_s`` seconds."""
    _bounded(clients, duration_s)
    return asyncio.run(_closed_loop(target, clients=clients, duration_s=duration_s))


def _bounded(count: int, duration_s: float) -> int:
    if not 0 < count <= MAX_REQUESTS or not 0 < duration_s <= MAX_DURATION_S:
        msg = f"at most {MAX_REQUESTS} requests in at most {MAX_DURATION_S} s"
        raise ValueError(msg)
    return count


class _Log:
    """Latencies and errors of one run."""

    def __init__(self) -> None:
        self.latencies_ms: list[float] = []
        self.errors = 0

    def measurement(self, wall_s: float) -> Measurement:
        return Measurement(
            requests=len(self.latencies_ms),
            errors=self.errors,
            wall_s=wall_s,
            latencies_ms=tuple(self.latencies_ms),
        )

    async def ask(self, connection: _Connection, target: Target, *, due: float) -> None:
        """Send one request and note how long after ``due`` (monotonic seconds) it was answered."""
        try:
            status = await asyncio.wait_for(connection.get(target), TIMEOUT_S)
        except (OSError, EOFError, TimeoutError, ValueError):
            await connection.close()
            status = 0
        self.latencies_ms.append((time.perf_counter() - due) * 1000)
        self.errors += status != target.expected_status


async def _open_loop(target: Target, *, count: int, interval_s: float) -> Measurement:
    log = _Log()
    idle: asyncio.LifoQueue[_Connection] = asyncio.LifoQueue()
    for _ in range(MAX_CONNECTIONS):
        idle.put_nowait(_Connection())
    begun = time.perf_counter()

    async def one(due: float) -> None:
        connection = await idle.get()
        await log.ask(connection, target, due=due)
        idle.put_nowait(connection)

    async with asyncio.TaskGroup() as group:
        for number in range(count):
            due = begun + number * interval_s
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(one(due))
    wall_s = time.perf_counter() - begun
    while not idle.empty():
        await idle.get_nowait().close()
    return log.measurement(wall_s)


async def _closed_loop(target: Target, *, clients: int, duration_s: float) -> Measurement:
    log = _Log()
    begun = time.perf_counter()

    async def client() -> None:
        connection = _Connection()
        while (now := time.perf_counter()) < begun + duration_s:
            if len(log.latencies_ms) >= MAX_REQUESTS:
                break
            await log.ask(connection, target, due=now)
        await connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return log.measurement(time.perf_counter() - begun)


class _Connection:
    """One kept-alive connection, opened when first needed and again after a fault."""

    def __init__(self) -> None:
        self._pair: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, target: Target) -> int:
        """Send the request, read the whole answer, return its status."""
        if self._pair is None:
            self._pair = await asyncio.open_connection(target.host, target.port)
        reader, writer = self._pair
        writer.write(target.request())
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        await _read_body(reader, head, status)
        if "\r\nconnection: close" in head:
            await self.close()
        return status

    async def close(self) -> None:
        if self._pair is not None:
            self._pair[1].close()
            self._pair = None


async def _read_body(reader: asyncio.StreamReader, head: str, status: int) -> None:
    """Read past the body: by length, by chunks, or none for 204 and 304."""
    if status in {204, 304}:
        return
    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    if fields.get("transfer-encoding") == "chunked":
        size = -1
        while size:
            size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
            await reader.readexactly(size + 2)
        return
    await reader.readexactly(int(fields.get("content-length", "0")))

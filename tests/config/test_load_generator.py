"""The load generator of the benchmark, against a real HTTP server on the loopback."""

from __future__ import annotations

import http.server
import threading
import time
from typing import TYPE_CHECKING, ClassVar

import pytest

from config.benchmarks.load import (
    Measurement,
    Target,
    as_fast_as_possible,
    at_rate,
    percentile,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path: a body with a length, one in chunks, none, a slow one, a broken one."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append(dict(self.headers))
        getattr(self, f"_{self.path.strip('/')}")()

    def _plain(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def _chunks(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")

    def _unchanged(self) -> None:
        self.send_response(304)
        self.end_headers()

    def _slow(self) -> None:
        time.sleep(0.05)
        self._plain()

    def _broken(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Length", "50")
        self.end_headers()
        self.wfile.write(b"too short")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a threaded server that lives as long as the test."""
    _Handler.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def target(port: int, path: str, **more: object) -> Target:
    return Target(host="127.0.0.1", port=port, path=path, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/plain", "/chunks"])
def test_every_request_of_a_fixed_rate_is_sent_and_read_to_its_end(port, path):
    run = at_rate(target(port, path), rate_hz=100, duration_s=0.3)
    assert (run.requests, run.errors, len(run.latencies_ms)) == (30, 0, 30)
    assert run.wall_s >= 0.29  # the last is due after 29 intervals: the rate is kept, not beaten


def test_headers_are_sent_and_an_unchanged_answer_has_no_body(port):
    there = target(port, "/unchanged", headers={"HX-PTag": "abc"}, expected_status=304)
    run = at_rate(there, rate_hz=100, duration_s=0.05)
    assert (run.requests, run.errors) == (5, 0)
    assert {asked["HX-PTag"] for asked in _Handler.asked} == {"abc"}


def test_another_status_than_the_expected_counts_as_an_error(port):
    run = at_rate(target(port, "/plain", expected_status=304), rate_hz=100, duration_s=0.05)
    assert (run.requests, run.errors) == (5, 5)


def test_an_answer_that_breaks_off_is_an_error_and_the_next_connection_is_fresh(port):
    run = at_rate(target(port, "/broken"), rate_hz=100, duration_s=0.05)
    assert (run.requests, run.errors) == (5, 5)


def test_nobody_listening_is_an_error_not_a_crash():
    run = at_rate(target(9, "/plain"), rate_hz=100, duration_s=0.05)
    assert (run.requests, run.errors) == (5, 5)


def test_closed_loop_asks_again_as_soon_as_it_is_answered(port):
    run = as_fast_as_possible(target(port, "/slow"), clients=4, duration_s=0.3)
    assert run.errors == 0
    assert min(run.latencies_ms) >= 50  # the server sleeps that long
    assert 4 <= run.requests <= 4 * 7  # four clients, at most seven answers of 50 ms each


def test_only_the_loopback_is_driven():
    with pytest.raises(ValueError, match="loopback only"):
        Target(host="192.0.2.1", port=80, path="/")


@pytest.mark.parametrize(("rate_hz", "duration_s"), [(50, 121), (10_000, 60), (50, 0)])
def test_runs_are_bounded_in_count_and_time(rate_hz, duration_s):
    with pytest.raises(ValueError, match="at most"):
        at_rate(target(9, "/"), rate_hz=rate_hz, duration_s=duration_s)


def test_percentile_is_a_value_that_was_measured():
    values = tuple(float(n) for n in range(1, 101))
    assert [percentile(values, p) for p in (50, 95, 99, 100)] == [50.0, 95.0, 99.0, 100.0]
    assert percentile((7.0,), 50) == 7.0
    assert percentile((), 95) == 0.0


def test_summary_names_the_units():
    run = Measurement(requests=2, errors=1, wall_s=0.5, latencies_ms=(1.234, 5.678))
    assert run.summary() == {
        "requests": 2,
        "errors": 1,
        "requests_per_s": 4.0,
        "p50_ms": 1.23,
        "p95_ms": 5.68,
        "p99_ms": 5.68,
        "max_ms": 5.68,
    }

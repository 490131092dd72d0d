"""``/metrics`` for Prometheus: requests as this server's processes count them, jobs as SQL sees them.

Counting works across the worker processes of one server through files that each of them maps
(``config/wsgi.py`` says where); the figures of jobs are read from the database when asked for, so
that every server tells the same.
"""

from __future__ import annotations

import ipaddress
import os
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from config.jobs.selectors import queue_depths, worker_beats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Seconds; the targets are 0.15 (p95) and 0.3 (p99).
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 0.6, 1.2, 2.5, 5.0, 10.0)

# In a registry of our own. Labelled only: an unlabelled one would open its file at import.
REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "tenfold_http_requests",
    "Requests answered, by view, method and status.",
    ["view", "method", "status"],
    registry=REGISTRY,
)
LATENCY = Histogram(
    "tenfold_http_request_seconds",
    "Seconds until the answer began, by view.",
    ["view"],
    buckets=BUCKETS,
    registry=REGISTRY,
)

LEASES = """
SELECT count(*) FILTER (WHERE state = 'running' AND lease_until < clock_timestamp()),
       coalesce(sum(attempt), 0),
       coalesce(sum(greatest(attempt - 1, 0)), 0)
  FROM jobs_job WHERE created_at > clock_timestamp() - interval '1 day'
"""
ENDED = """
SELECT queue, state, count(*) FROM jobs_job
 WHERE finished_at > clock_timestamp() - interval '1 day' GROUP BY queue, state
"""


class MetricsMiddleware:
    """Count each request and how long it took, under the name of its view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        start = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        # Names, never addresses: whoever invents addresses must not invent labels.
        view = (match.view_name if match else "") or "other"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view=view, method=method, status=str(response.status_code)).inc()
        LATENCY.labels(view=view).observe(time.perf_counter() - start)
        return response


class JobsCollector:
    """The queues and their workers, by SQL at the moment of asking."""

    def collect(self) -> Iterator[Metric]:
        """Yield the figures; when the database is away, only that it is."""
        up = GaugeMetricFamily("tenfold_database_up", "1 when the database answers.")
        try:
            found = [*_queues(), *_beats(), *_attempts(), *_ended()]
        except DatabaseError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from found


def _queues() -> Iterator[Metric]:
    queued = GaugeMetricFamily("tenfold_jobs_queued", "Jobs waiting.", labels=["queue"])
    running = GaugeMetricFamily("tenfold_jobs_running", "Jobs running.", labels=["queue"])
    oldest = GaugeMetricFamily(
        "tenfold_jobs_oldest_queued_seconds", "How long the oldest job waits.", labels=["queue"]
    )
    for depth in queue_depths():
        queued.add_metric([depth.queue], depth.queued)
        running.add_metric([depth.queue], depth.running)
        oldest.add_metric([depth.queue], depth.oldest_s)
    return iter([queued, running, oldest])


def _beats() -> Iterator[Metric]:
    age = GaugeMetricFamily(
        "tenfold_worker_beat_age_seconds", "Since the last sign of life.", labels=["queue"]
    )
    for beat in worker_beats():
        # A queue that never had a worker is as late as can be.
        age.add_metric([beat.queue], float("inf") if beat.age_s is None else beat.age_s)
    return iter([age])


def _attempts() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(LEASES)
        expired, attempts, repeated = cursor.fetchone() or (0, 0, 0)
    figures = (
        ("tenfold_jobs_leases_expired", "Running jobs whose worker fell silent.", expired),
        ("tenfold_jobs_attempts_day", "Attempts at the jobs of the last 24 hours.", attempts),
        ("tenfold_jobs_repeated_attempts_day", "Of these, second and later ones.", repeated),
    )
    return iter(
        [GaugeMetricFamily(name, text, value=float(value)) for name, text, value in figures]
    )


def _ended() -> Iterator[Metric]:
    ended = GaugeMetricFamily(
        "tenfold_jobs_ended_day", "Jobs that ended in the last 24 hours.", labels=["queue", "state"]
    )
    with connection.cursor() as cursor:
        cursor.execute(ENDED)
        for queue, state, count in cursor.fetchall():
            ended.add_metric([queue, state], count)
    return iter([ended])


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus' text format, to whom ``may_read`` lets."""
    if not may_read(request, token=settings.METRICS_TOKEN):
        return HttpResponse("Send METRICS_TOKEN as a bearer token.\n", "text/plain", 403)
    registry = CollectorRegistry()
    registry.register(JobsCollector())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        text = generate_latest(registry)
    else:
        text = generate_latest(registry) + generate_latest(REGISTRY)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest, *, token: str) -> bool:
    """Say whether the caller may see figures and details of the machine.

    With a token configured, who sends it. Without one, who calls from this machine and not
    through a proxy on it.
    """
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return constant_time_compare(given, token)
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False

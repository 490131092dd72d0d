"""Figures for Prometheus: who may read them, and that they are right."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import OperationalError, connection
from prometheus_client.parser import text_string_to_metric_families

from config.jobs.models import Job
from config.metrics import may_read


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def figure(text: str, name: str, **labels: str) -> float:
    return samples(text)[name, frozenset(labels.items())]


@pytest.fixture
def read(client, db):
    def fetch() -> str:
        response = client.get("/metrics")
        assert response.status_code == 200
        return str(response.content.decode())

    return fetch


def job(state: str = "queued", **fields) -> None:
    Job.objects.create(kind="test", idem=str(uuid.uuid4()), state=state, **fields)


def test_jobs_are_counted_by_queue_and_state(read):
    job()
    job()
    job(queue="gpu")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_job SET created_at = clock_timestamp() - interval '5 min'")
    now = "2099-01-01T00:00Z"
    job("running", attempt=1, lease_until=now)
    job("running", attempt=3, lease_until="2001-01-01T00:00Z", queue="gpu")
    job("failed", attempt=3, finished_at="2001-01-01T00:00Z")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_job SET finished_at = clock_timestamp() WHERE state = 'failed'")
        cursor.execute(
            "INSERT INTO jobs_workerbeat (queue, cluster, beat_at)"
            " VALUES ('cpu', 'h:1', clock_timestamp() - interval '7 s')"
        )

    text = read()

    assert figure(text, "tenfold_database_up") == 1
    assert figure(text, "tenfold_jobs_queued", queue="cpu") == 2
    assert figure(text, "tenfold_jobs_queued", queue="gpu") == 1
    assert figure(text, "tenfold_jobs_queued", queue="mail") == 0
    assert figure(text, "tenfold_jobs_running", queue="cpu") == 1
    assert 300 <= figure(text, "tenfold_jobs_oldest_queued_seconds", queue="cpu") < 330
    assert figure(text, "tenfold_jobs_leases_expired") == 1
    assert figure(text, "tenfold_jobs_attempts_day") == 7
    assert figure(text, "tenfold_jobs_repeated_attempts_day") == 4
    assert figure(text, "tenfold_jobs_ended_day", queue="cpu", state="failed") == 1
    assert 7 <= figure(text, "tenfold_worker_beat_age_seconds", queue="cpu") < 30
    assert figure(text, "tenfold_worker_beat_age_seconds", queue="gpu") == float("inf")


def test_requests_are_counted_by_view_and_never_by_address(client, read):
    before = samples(read())
    client.get("/livez")
    client.get("/livez?a=1")
    client.post("/livez")
    for _ in range(3):
        client.get(f"/no-such-page/{uuid.uuid4()}")
    text = read()

    def grown(name: str, **labels: str) -> float:
        key = (name, frozenset(labels.items()))
        return samples(text)[key] - before.get(key, 0.0)

    requests = "tenfold_http_requests_total"
    assert grown(requests, view="livez", method="GET", status="200") == 2
    assert grown(requests, view="livez", method="POST", status="405") == 1
    assert grown(requests, view="other", method="GET", status="404") == 3
    assert grown("tenfold_http_request_seconds_count", view="livez") == 3
    assert "no-such-page" not in text


def test_a_method_of_a_strangers_invention_is_no_label(client, read):
    client.generic("BREW", "/livez")

    text = read()

    assert "BREW" not in text
    assert figure(text, "tenfold_http_requests_total", view="livez", method="other", status="405")


def test_without_a_database_the_figures_say_so(client, db, monkeypatch):
    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("config.metrics.queue_depths", away)

    response = client.get("/metrics")

    assert response.status_code == 200
    assert figure(response.content.decode(), "tenfold_database_up") == 0


def test_the_number_of_queries_does_not_grow_with_the_jobs(read, django_assert_num_queries):
    with django_assert_num_queries(4):
        read()
    for _ in range(20):
        job()
    with django_assert_num_queries(4):
        read()


# ---------------------------------------------------------------- who may


def test_with_a_token_only_its_holder_reads(client, db, settings):
    settings.METRICS_TOKEN = "a-token-of-enough-letters"

    def status(**headers: str) -> int:
        return int(client.get("/metrics", headers=headers).status_code)

    assert status() == 403
    assert status(authorization="Bearer a-token") == 403
    assert status(authorization="") == 403
    assert status(authorization="Bearer a-token-of-enough-letters") == 200


@pytest.mark.parametrize(
    ("address", "headers", "allowed"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("10.0.0.7", {}, False),
        ("203.0.113.9", {}, False),
        ("", {}, False),
        ("not an address", {}, False),
        ("127.0.0.1", {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, False),
        ("127.0.0.1", {"HTTP_FORWARDED": "for=203.0.113.9"}, False),
    ],
)
def test_without_a_token_only_this_machine_reads(rf, address, headers, allowed):
    request = rf.get("/metrics", REMOTE_ADDR=address, **headers)

    assert may_read(request, token="") is allowed


def test_a_refusal_tells_no_figure(client, db):
    response = client.get("/metrics", REMOTE_ADDR="203.0.113.9")

    assert response.status_code == 403
    assert b"tenfold_" not in response.content


# ---------------------------------------------------------------- two processes


@pytest.mark.slow
def test_two_worker_processes_count_together(tmp_path):
    port = 8757
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2",
         "--blocking-threads", "2", "--host", "127.0.0.1", "--port", str(port),
         "--log-level", "error", "config.wsgi:application"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1",
             "VAR_DIR": str(tmp_path)},
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{base}/livez", timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        # A connection for each request, so that both processes are asked.
        each = httpx.Limits(max_keepalive_connections=0)
        with ThreadPoolExecutor(8) as pool, httpx.Client(timeout=20, limits=each) as client:
            statuses = set(pool.map(lambda _: client.get(f"{base}/livez").status_code, range(200)))
            texts = [client.get(f"{base}/metrics").text for _ in range(6)]
        files = list((tmp_path / "metrics").rglob("counter_*.db"))
    finally:
        server.terminate()
        server.wait(timeout=20)

    assert statuses == {200}
    labels = {"view": "livez", "method": "GET", "status": "200"}
    counts = [figure(text, "tenfold_http_requests_total", **labels) for text in texts]
    assert len(set(counts)) == 1, "the two processes tell different figures"
    assert counts[0] >= 201
    assert len(files) == 2
    assert all(re.fullmatch(r"counter_\d+\.db", file.name) for file in files)

"""Gate and memory in PostgreSQL, with real connections beside each other."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from rights.domain.pacing import GatePolicy
from rights.models import OutsideAnswer, OutsideService
from rights.services.outside import SharedGate, SharedMemory

POLICY = GatePolicy(rate_per_s=10, burst=5, failures_to_open=3, open_s=60)


def closing(work):
    """Run ``work`` in a thread and close the thread's connection behind it."""
    try:
        return work()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_forty_workers_at_once_share_one_pace():
    start = threading.Barrier(8)

    def worker(_number):
        start.wait(timeout=20)
        gate = SharedGate("test", POLICY)
        return [(time.time(), gate.enter(longest_wait_s=60).wait_s) for _ in range(5)]

    with ThreadPoolExecutor(8) as pool:
        groups = list(pool.map(lambda n: closing(lambda: worker(n)), range(8)))

    calls = sorted(at + wait for group in groups for at, wait in group)
    assert len(calls) == 40
    # Forty at ten a second, five of them at once: the last is due three and a half seconds on.
    assert calls[-1] - calls[0] == pytest.approx(3.5, abs=0.5)
    assert OutsideService.objects.get(name="test").failures == 0


@pytest.mark.django_db(transaction=True)
def test_failures_of_different_workers_open_the_breaker_for_all():
    for _ in range(3):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: closing(SharedGate("test", POLICY).failed)).result()

    admission = SharedGate("test", POLICY).enter(longest_wait_s=0)

    assert (admission.allowed, admission.broken) == (False, True)
    assert 50 < admission.retry_after_s <= 60
    assert SharedGate("other", POLICY).enter(longest_wait_s=0).allowed


@pytest.mark.django_db
def test_success_closes_the_breaker_and_a_pause_does_not_open_it():
    gate = SharedGate("test", POLICY)
    for _ in range(3):
        gate.failed()
    OutsideService.objects.update(open_until=0)
    assert gate.enter(longest_wait_s=0).allowed  # the probe
    gate.succeeded()
    row = OutsideService.objects.get(name="test")
    assert (row.failures, row.openings, row.open_until) == (0, 0, 0.0)

    gate.paused(30)

    admission = gate.enter(longest_wait_s=1)
    assert (admission.allowed, admission.broken) == (False, False)
    assert 28 < admission.retry_after_s <= 30


@pytest.mark.django_db
def test_in_good_times_success_writes_nothing(django_assert_num_queries):
    gate = SharedGate("test", POLICY)
    gate.enter(longest_wait_s=1)
    before = OutsideService.objects.values().get(name="test")

    with django_assert_num_queries(3):  # the statement, between savepoints of this test
        gate.succeeded()

    assert OutsideService.objects.values().get(name="test") == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "ask",
    [
        lambda: SharedGate("test", POLICY).enter(longest_wait_s=0),
        lambda: SharedGate("test", POLICY).succeeded(),
        lambda: SharedMemory().recall(["a"]),
        lambda: SharedMemory().remember({"a": 1}, ttl_s=9),
    ],
)
def test_nobody_asks_outside_from_inside_a_transaction(ask):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        ask()

    assert not OutsideService.objects.exists()
    assert not OutsideAnswer.objects.exists()


@pytest.mark.django_db
def test_answers_are_remembered_until_they_are_stale_and_replaced():
    memory = SharedMemory()
    memory.remember({"a": {"x": ["\0", "é"]}, "b": []}, ttl_s=60)
    memory.remember({"c": 1}, ttl_s=-1)

    assert memory.recall(["a", "b", "c", "d"]) == {"a": {"x": ["\0", "é"]}, "b": []}
    assert memory.recall([]) == {}
    memory.remember({"a": 2}, ttl_s=60)
    assert memory.recall(["a"]) == {"a": 2}


@pytest.mark.django_db
def test_each_write_throws_some_stale_answers_away():
    memory = SharedMemory()
    for number in range(60):
        memory.remember({f"old {number}": number}, ttl_s=60)
    OutsideAnswer.objects.update(expires_at="2020-01-01T00:00:00Z")
    memory.remember({"new": 1}, ttl_s=60)
    assert OutsideAnswer.objects.count() == 11
    memory.remember({"new": 1}, ttl_s=60)
    assert OutsideAnswer.objects.count() == 1
    assert memory.forget_all() == 1

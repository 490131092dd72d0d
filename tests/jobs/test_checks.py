"""Settings that would break a promise are named before a process starts."""

from __future__ import annotations

import pytest

from config.jobs.checks import check_queues, check_times, check_worker_has_no_pool


def ids(found) -> list[str]:
    """Return the ids; each finding must say what to do."""
    assert all(message.hint for message in found)
    return [message.id for message in found]


def test_product_settings_are_sound():
    assert ids([*check_times(), *check_worker_has_no_pool(), *check_queues()]) == []


def test_lease_shorter_than_three_beats_is_refused(settings):
    settings.JOBS_BEAT_S = 1.0
    settings.JOBS_LEASE_S = 2.9
    assert ids(check_times()) == ["jobs.E001"]
    settings.JOBS_LEASE_S = 3.0
    assert ids(check_times()) == []


def test_silence_shorter_than_three_canaries_is_refused(settings):
    settings.JOBS_CANARY_S = 6.0
    assert ids(check_times()) == ["jobs.E003"]


@pytest.mark.parametrize(("queue", "expected"), [("cpu", ["jobs.E002"]), ("", [])])
def test_pool_is_refused_in_a_worker_only(settings, monkeypatch, queue, expected):
    settings.JOBS_QUEUE = queue
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", {"pool": {"min_size": 2}})
    assert ids(check_worker_has_no_pool()) == expected


def test_unknown_queue_is_refused(settings):
    settings.JOBS_QUEUES = ["cpu", "fax"]
    assert ids(check_queues()) == ["jobs.E004"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"orm": None}, ["jobs.E005"]),
        ({"timeout": 60}, ["jobs.E006", "jobs.E006"]),
        ({"timeout": None}, ["jobs.E006", "jobs.E006"]),
        ({"ALT_CLUSTERS": {"gpu": {"timeout": 60}}}, ["jobs.E006"]),
    ],
)
def test_other_broker_and_task_limits_are_refused(settings, change, expected):
    settings.Q_CLUSTER = {**settings.Q_CLUSTER, **change}
    assert ids(check_queues()) == expected

"""What happens when whole clusters, the supervisor or the database die: one effect, always."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil
import pytest
from django.db import connection

from config.jobs.models import Job
from config.jobs.services import enqueue
from config.postgres import start as start_server
from tests.jobs.field import descendants, is_gone, wait_until

pytestmark = pytest.mark.slow


def ask(kind: str = "test.song", **params) -> int:
    """Enqueue a job that misbehaves as told, and return its id."""
    return enqueue(kind, params, idem=f"{kind}-{Job.objects.count()}").pk


def cluster_of(supervisor: psutil.Process) -> psutil.Process:
    """Return the main process of the workers: the reaper, the other one, starts nobody."""
    [found] = [child for child in supervisor.children() if child.children()]
    return found


def idle_workers(main: psutil.Process) -> list[psutil.Process]:
    """Return the two workers: the sentinel starts them before its monitor and its pusher."""
    [sentinel] = main.children()
    return sorted(sentinel.children(), key=lambda process: process.pid)[:2]


def all_gone(processes: list[psutil.Process]) -> bool:
    """Return whether none of them lives."""
    return all(is_gone(process) for process in processes)


def test_whole_cluster_killed_in_a_job_is_replaced_and_the_job_is_done_once(field):
    supervisor = field.supervise()
    job = ask(gate="mix")
    child = field.at_work(job, "mix")
    main = cluster_of(supervisor)
    tree = [main, *descendants(main.pid)]
    assert child in tree
    for process in tree:
        process.kill()
    field.open_gate("mix")
    assert field.ended(job) == ("succeeded", 2)
    assert field.worked(job) == [("cut", 1), ("mix", 1), ("master", 2), ("mix", 2)]
    assert field.effects(job) == 1
    assert cluster_of(supervisor).pid != main.pid


@pytest.mark.parametrize("victim", ["main", "sentinel"])
def test_cluster_without_its_head_falls_as_a_whole_and_is_replaced(field, victim):
    supervisor = field.supervise()
    job = ask(gate="mix")
    child = field.at_work(job, "mix")
    main = cluster_of(supervisor)
    tree = descendants(main.pid)
    (main if victim == "main" else main.children()[0]).kill()
    wait_until(lambda: all_gone(tree), "nobody to work on unmanaged", within_s=10)
    assert is_gone(child)
    field.open_gate("mix")
    assert field.ended(job) == ("succeeded", 2)
    assert field.effects(job) == 1


def test_killed_supervisor_leaves_nobody_behind_and_a_new_one_finishes_the_job(field):
    supervisor = field.supervise()
    job = ask(gate="mix")
    field.at_work(job, "mix")
    tree = descendants(supervisor.pid)
    assert len(tree) >= 8  # reaper, main, sentinel, two workers, monitor, pusher, child
    supervisor.kill()
    wait_until(lambda: all_gone(tree), "the supervisor's processes to die with it", within_s=10)
    field.open_gate("mix")
    assert Job.objects.get(pk=job).state == "running"  # nobody is there to say otherwise
    field.supervise()
    assert field.ended(job) == ("succeeded", 2)
    assert field.effects(job) == 1


def test_wedge_is_healed_within_thirty_seconds(field):
    supervisor = field.supervise()
    main = cluster_of(supervisor)
    tree = descendants(main.pid)
    for worker in idle_workers(main):
        worker.kill()
    job = ask()
    wedged_at = time.monotonic()
    assert field.ended(job, within_s=30) == ("succeeded", 1)
    assert time.monotonic() - wedged_at < 30
    assert field.effects(job) == 1
    assert cluster_of(supervisor).pid != main.pid  # it did not heal by itself
    assert all_gone([main, *tree])


def test_supervisor_that_is_told_to_end_lets_the_running_job_finish(field):
    supervisor = field.supervise()
    job = ask(gate="mix")
    field.at_work(job, "mix")
    tree = descendants(supervisor.pid)
    supervisor.send_signal(signal.SIGTERM)
    later = ask()
    field.open_gate("mix")
    wait_until(lambda: all_gone([supervisor, *tree]), "everything to end")
    assert field.ended(job, within_s=0) == ("succeeded", 1)
    assert field.effects(job) == 1
    assert field.effects(later) + (Job.objects.get(pk=later).state == "queued") == 1


def test_supervisor_ends_a_wedged_cluster_and_a_job_that_does_not_end(field):
    supervisor = field.supervise()
    job = ask(gate="mix")
    field.at_work(job, "mix")
    tree = descendants(supervisor.pid)
    supervisor.send_signal(signal.SIGINT)
    wait_until(lambda: all_gone([supervisor, *tree]), "the end after JOBS_STOP_S")
    field.open_gate("mix")
    field.supervise()
    assert field.ended(job) == ("succeeded", 2)
    assert field.effects(job) == 1


def test_postgres_killed_in_a_job_costs_an_attempt_and_nothing_else(field):
    field.supervise()
    job = ask(gate="mix")
    field.at_work(job, "mix")
    postmaster = int((field.data / "postmaster.pid").read_text().split("\n", 1)[0])
    psutil.Process(postmaster).kill()
    time.sleep(2)  # long enough for every process to meet the missing server
    assert start_server(field.data) == field.host
    connection.close()  # ours broke too
    field.open_gate("mix")
    state, attempt = field.ended(job)
    assert (state, attempt <= 3) == ("succeeded", True)
    assert field.effects(job) == 1
    after = ask()
    assert field.ended(after) == ("succeeded", 1)
    assert field.effects(after) == 1


def test_supervisor_with_a_pool_of_connections_begins_workers_and_a_reaper_without_one(field):
    before = field.now()
    field.start("supervise", "--queues", "cpu", DATABASE_POOL="true")
    job = ask()
    assert field.ended(job) == ("succeeded", 1)
    assert field.effects(job) == 1
    wait_until(lambda: len(field.beats_since(before)) == 2, "the workers and the reaper to live")


def test_lost_doorbell_is_rung_again(field):
    job = ask()
    field.rows("DELETE FROM django_q_ormq RETURNING id")
    field.start("supervise", "--queues", "cpu", JOBS_RERING_S="1")
    assert field.ended(job) == ("succeeded", 1)
    assert field.effects(job) == 1


def test_child_is_offered_to_the_memory_killer_before_its_worker(team):
    job = ask(gate="mix")
    child = team.at_work(job, "mix")

    def score(process: psutil.Process) -> int:
        return int(Path(f"/proc/{process.pid}/oom_score_adj").read_text())

    assert score(child) == 800
    assert score(child.parent()) < 800
    team.open_gate("mix")
    assert team.ended(job) == ("succeeded", 1)

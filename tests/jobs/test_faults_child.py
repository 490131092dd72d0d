"""What happens to the child that does the work, and to the worker above it: one effect, always.

Real workers, real processes, a real database that commits.
"""

from __future__ import annotations

import signal
import time

import psutil
import pytest

from config.jobs.models import Job
from config.jobs.services import enqueue, job_cancel, ring
from tests.jobs.field import is_gone, wait_until

pytestmark = pytest.mark.slow


def ask(kind: str = "test.song", **params) -> int:
    """Enqueue a job that misbehaves as told, and return its id."""
    count = Job.objects.count()
    return enqueue(kind, params, idem=f"{kind}-{count}").pk


def test_killed_child_is_seen_at_once_and_finished_stages_are_not_done_again(team):
    job = ask(gate="mix")
    team.at_work(job, "mix").kill()
    given_up = ("SELECT 1 FROM jobs_job WHERE id = %s AND (state = 'queued' OR attempt = 2)", job)
    wait_until(lambda: team.rows(*given_up), "the worker to see it, before the lease", within_s=3)
    team.at_work(job, "mix", attempt=2)
    team.open_gate("mix")
    assert team.ended(job) == ("succeeded", 2)
    assert team.worked(job) == [("cut", 1), ("mix", 1), ("master", 2), ("mix", 2)]
    assert team.effects(job) == 1


def test_killed_worker_takes_its_child_along_and_the_job_is_done_after_the_lease(team):
    job = ask(gate="mix")
    child = team.at_work(job, "mix")
    child.parent().kill()
    wait_until(lambda: is_gone(child), "the child to die with its worker", within_s=8)
    team.open_gate("mix")
    assert team.ended(job) == ("succeeded", 2)
    assert team.effects(job) == 1


def test_frozen_worker_loses_its_job_and_writes_nothing_when_it_thaws(team):
    job = ask(gate="mix")
    child = team.at_work(job, "mix")
    worker = child.parent()
    worker.suspend()
    child.suspend()
    second = team.at_work(job, "mix", attempt=2)  # the lease went to the other worker
    assert second.parent().pid != worker.pid
    team.open_gate("mix")
    child.resume()  # first: so it may write, if anything lets it
    worker.resume()
    assert team.ended(job) == ("succeeded", 2)
    wait_until(lambda: is_gone(child), "the thawed worker to kill its old child")
    assert team.effects(job) == 1
    assert team.one("SELECT count(*) FROM effect WHERE job = %s AND attempt = 1", job) == 0
    stages = team.rows("SELECT name, attempt FROM jobs_stage WHERE job_id = %s ORDER BY id", job)
    assert stages == [("cut", 1), ("mix", 2), ("master", 2)]
    assert not is_gone(worker)


def test_poison_job_fails_after_exactly_three_attempts_and_harms_no_other(team):
    poison = ask(die="mix")
    assert team.ended(poison) == ("failed", 3)
    assert team.worked(poison) == [("cut", 1), ("mix", 1), ("mix", 2), ("mix", 3)]
    assert team.effects(poison) == 0
    assert "SIGKILL" in team.one("SELECT error FROM jobs_job WHERE id = %s", poison)
    healthy = ask()
    assert team.ended(healthy) == ("succeeded", 1)
    assert team.effects(healthy) == 1


def test_seven_doorbells_make_one_start(field):
    job = ask(gate="mix")
    for _bell in range(6):
        ring([job], queue="cpu")
    assert field.one("SELECT count(*) FROM django_q_ormq") == 7
    field.supervise()
    field.at_work(job, "mix")
    wait_until(
        lambda: field.one("SELECT count(*) FROM django_q_ormq WHERE lock <= now()") == 0,
        "the other worker to answer every bell",
    )
    field.open_gate("mix")
    assert field.ended(job) == ("succeeded", 1)
    assert field.one("SELECT count(*) FROM start") == 1
    assert field.effects(job) == 1


def test_cancel_ends_a_running_job_within_two_seconds_with_all_it_started(team):
    job = ask(gate="mix", grandchild="cut", stubborn="cut")
    child = team.at_work(job, "mix")
    grandchild = psutil.Process(team.one("SELECT pid FROM grandchild"))
    asked_at = time.monotonic()
    job_cancel(job=Job.objects.get(pk=job))
    assert team.ended(job, within_s=2) == ("cancelled", 1)
    assert time.monotonic() - asked_at < 2
    wait_until(lambda: is_gone(child) and is_gone(grandchild), "all of it to be gone", within_s=1)
    team.open_gate("mix")
    assert team.effects(job) == 0
    assert Job.objects.get(pk=job).state == "cancelled"


def test_job_over_its_time_limit_is_killed_and_counted(team):
    job = ask("test.quick", gate="begin", until=1)
    child = team.child(job)
    wait_until(lambda: is_gone(child), "the time limit")
    assert team.ended(job) == ("succeeded", 2)
    assert team.effects(job) == 1


@pytest.mark.parametrize(
    ("place", "done_again"),
    [
        ("begin", []),
        ("mix", ["mix"]),  # inside the work, before its artefact
        ("after mix", []),
        ("effect", []),  # inside the transaction of the effect
        ("finished", []),  # committed, but the worker never heard it
    ],
)
def test_child_that_dies_anywhere_leaves_one_effect(team, place, done_again):
    job = ask(die=place, until=1)
    assert team.ended(job) == ("succeeded", 1 if place == "finished" else 2)
    stages = [stage for stage, _attempt in team.worked(job)]
    assert sorted(stages) == sorted(["cut", "mix", "master", *done_again])
    assert team.effects(job) == 1


def test_job_that_raises_is_tried_three_times_and_keeps_the_last_traceback(team):
    job = ask(**{"raise": "mix"})
    assert team.ended(job) == ("failed", 3)
    error, code = team.rows("SELECT error, error_code FROM jobs_job WHERE id = %s", job)[0]
    assert "RuntimeError: the tape is torn" in error
    assert code == "jobs.error"
    assert team.effects(job) == 0


def test_refusal_is_final_at_once_and_its_words_are_kept_for_the_person(team):
    job = ask(refuse="cut")
    assert team.ended(job) == ("failed", 1)
    error, code = team.rows("SELECT error, error_code FROM jobs_job WHERE id = %s", job)[0]
    assert (error, code) == ("The song is too short. Choose a longer one.", "test.too_short")


def test_handler_that_forgets_to_finish_fails_at_once(team):
    job = ask("test.forgets")
    assert team.ended(job) == ("failed", 1)
    assert Job.objects.get(pk=job).error_code == "jobs.unfinished"


def test_loud_child_is_not_stopped_by_a_full_pipe(team):
    job = ask(shout="mix")
    assert team.ended(job) == ("succeeded", 1)
    assert team.effects(job) == 1


def test_warm_child_serves_several_jobs_and_a_killed_one_is_replaced(team):
    pids = []
    for _each in range(4):
        job = ask("test.warm")
        assert team.ended(job) == ("succeeded", 1)
        pids.append(team.one("SELECT pid FROM start WHERE job = %s", job))
    assert len(set(pids)) <= 2  # one per worker
    job = ask("test.warm", gate="mix", until=1)
    team.at_work(job, "mix").send_signal(signal.SIGKILL)
    assert team.ended(job) == ("succeeded", 2)
    assert team.effects(job) == 1

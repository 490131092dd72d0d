"""The worker and its child, called in this process: endings, the warm child, a database away."""

from __future__ import annotations

import os
import time

import psutil
import pytest
import structlog
from django.db import OperationalError, connection
from django.utils import timezone

from config.jobs import child as child_module
from config.jobs import worker
from config.jobs.children import Child
from config.jobs.models import Job
from config.jobs.replies import Reply
from config.jobs.worker import Claimed
from tests.jobs.factories import make_job
from tests.jobs.field import is_gone, wait_until

ENDINGS = [
    (Reply("done"), "running"),  # the child has committed it; there is nothing to write
    (Reply("lease_lost"), "running"),
    (Reply("cancelled"), "cancelled"),
    (Reply("failed", "torn", "jobs.error"), "queued"),
    (Reply("died", "SIGKILL"), "queued"),
    (Reply("refused", "Too short.", "x.short"), "failed"),
]


def held(**fields) -> tuple[Job, Claimed]:
    """Save a running job and return it with its token."""
    job = make_job("running", tenant=None, **fields)
    return job, Claimed(job.pk, 1, job.kind, "cpu")


@pytest.mark.django_db
@pytest.mark.parametrize(("reply", "state"), ENDINGS, ids=str)
def test_ending_is_written_under_the_token(reply, state):
    job, claimed = held()
    worker._write_ending(claimed, reply)
    job.refresh_from_db()
    assert job.state == state


@pytest.mark.django_db
@pytest.mark.parametrize(("reply", "state"), ENDINGS, ids=str)
def test_ending_of_a_lost_job_writes_nothing(reply, state):
    job, claimed = held()
    Job.objects.filter(pk=job.pk).update(attempt=2)
    before = Job.objects.filter(pk=job.pk).values().get()
    worker._write_ending(claimed, reply)
    assert Job.objects.filter(pk=job.pk).values().get() == before


@pytest.mark.django_db
def test_back_off_doubles_with_each_attempt(settings):
    settings.JOBS_BACKOFF_S = 100
    waits = []
    for attempt in (1, 2):
        job = make_job("running", tenant=None, attempt=attempt)
        worker._write_ending(Claimed(job.pk, attempt, "k", "cpu"), Reply("failed"))
        job.refresh_from_db()
        waits.append(round((job.not_before - timezone.now()).total_seconds(), -1))
    assert waits == [100, 200]


@pytest.mark.django_db
def test_ending_is_written_as_soon_as_the_database_is_back(monkeypatch):
    job, claimed = held()
    calls = []
    really = worker.claims.one

    def flaky(statement, **values):
        calls.append(statement)
        if len(calls) < 3:
            raise OperationalError("the server is away")
        return really(statement, **values)

    monkeypatch.setattr(worker.claims, "one", flaky)
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    worker._write_ending(claimed, Reply("cancelled"))
    job.refresh_from_db()
    assert (job.state, len(calls)) == ("cancelled", 3)


@pytest.mark.django_db
def test_bell_without_work_finds_nothing_to_do():
    assert worker.run_next(queue="cpu", newer_argument=1) == "nothing to do"


@pytest.mark.django_db
def test_kind_that_this_worker_does_not_know_goes_back_to_the_queue():
    job = make_job(tenant=None, kind="kind.of.tomorrow")
    assert worker.run_next(queue="cpu") == "failed"
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("queued", 1)
    assert "kind.of.tomorrow" in job.error


class ChildThatTidiesUp:
    """Silent for the first beat, then done: it has committed, and removes files."""

    def __init__(self):
        self.waits = 0

    def wait(self, _seconds):
        self.waits += 1
        return Reply("done") if self.waits > 1 else None


@pytest.mark.django_db
def test_beat_between_the_commit_and_the_reply_is_no_lost_lease():
    job, claimed = held()
    Job.objects.filter(pk=job.pk).update(
        state="succeeded", lease_until=None, finished_at=timezone.now()
    )
    child = ChildThatTidiesUp()
    assert worker._watch(child, claimed, limit_s=60).outcome == "done"
    assert child.waits == 2


@pytest.mark.django_db
def test_success_of_another_attempt_is_a_lost_lease():
    job, claimed = held()
    Job.objects.filter(pk=job.pk).update(
        state="succeeded", attempt=2, lease_until=None, finished_at=timezone.now()
    )
    assert worker._watch(ChildThatTidiesUp(), claimed, limit_s=60).outcome == "lease_lost"


# ---------------------------------------------------------------- real children


@pytest.fixture
def children(db):
    """Start children: copies of this process, each with a connection of its own."""
    made = []

    def start(jobs: int = 1) -> Child:
        made.append(Child.start(jobs=jobs))
        return made[-1]

    yield start
    for child in made:
        if child.process.returncode is None:
            child.kill()


def answer(child: Child) -> Reply:
    """Return its reply, for which it has half a minute."""
    reply = child.wait(30)
    assert reply is not None
    return reply


@pytest.mark.slow
def test_child_answers_an_order_for_a_job_that_does_not_exist(children):
    child = children()
    child.order(job_id=10**9, attempt=1)
    reply = answer(child)
    assert (reply.outcome, reply.code) == ("failed", "jobs.error")
    assert "DoesNotExist" in reply.error


@pytest.mark.slow
def test_child_that_was_killed_is_reported_with_how_it_died(children):
    child = children()
    psutil.Process(child.process.pid).kill()
    reply = answer(child)
    assert reply.outcome == "died"
    assert "SIGKILL" in reply.error
    assert not child.is_usable


@pytest.mark.slow
def test_order_to_a_dead_child_is_answered_by_its_death(children):
    child = children(jobs=2)
    child.order(job_id=10**9, attempt=1)
    answer(child)
    psutil.Process(child.process.pid).kill()
    wait_until(lambda: not child.is_usable, "its end to be seen")
    child.order(job_id=10**9, attempt=2)
    assert answer(child).outcome == "died"


@pytest.mark.slow
def test_warm_child_ends_after_its_number_of_jobs(children):
    child = children(jobs=2)
    process = psutil.Process(child.process.pid)
    for _order in range(2):
        assert child.is_usable
        child.order(job_id=10**9, attempt=1)
        answer(child)
    assert not child.is_usable
    wait_until(lambda: is_gone(process), "it to end by itself")


@pytest.mark.slow
def test_warm_child_ends_when_nothing_comes(children, settings):
    settings.JOBS_WARM_IDLE_S = 1.0
    child = children(jobs=5)
    process = psutil.Process(child.process.pid)
    child.order(job_id=10**9, attempt=1)
    answer(child)
    assert child.is_usable
    wait_until(lambda: not child.is_usable, "it to count as too old for another job")
    wait_until(lambda: is_gone(process), "it to end by itself")


@pytest.mark.slow
def test_waiting_returns_in_time_when_there_is_no_answer(children):
    child = children()
    began = time.monotonic()
    assert child.wait(0.2) is None
    assert 0.2 <= time.monotonic() - began < 5


def told(children, monkeypatch, work) -> str:
    """Return what ``work`` returns, done in a child in place of a job."""
    monkeypatch.setattr(child_module, "attempt_job", lambda **_: Reply("done", work()))
    child = children()
    child.order(job_id=1, attempt=1)
    return answer(child).error


@pytest.mark.parametrize(("given", "expected"), [(None, "1"), ("2", "2")])
def test_a_child_computes_on_one_thread_unless_it_was_told_otherwise(
    children, monkeypatch, given, expected
):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if given:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", given)
    threads = told(children, monkeypatch, lambda: os.environ["OPENBLAS_NUM_THREADS"])
    assert threads == expected
    assert os.environ.get("OPENBLAS_NUM_THREADS") == given


SESSION = "SELECT pg_backend_pid()"


def session() -> int:
    """Return which of the database's sessions this process has."""
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
        return cursor.fetchone()[0]


def test_a_child_speaks_to_the_database_by_itself_and_leaves_its_worker_connected(
    children, monkeypatch
):
    ours = session()
    monkeypatch.setattr(child_module, "attempt_job", lambda **_: Reply("done", str(session())))
    child = children()
    child.order(job_id=1, attempt=1)
    assert int(answer(child).error) != ours
    assert child.process.wait(30) == 0  # by itself, not killed: its end says goodbye to nobody
    child.kill()  # what is left of it here
    assert session() == ours


def test_a_child_leads_a_session_reads_nothing_and_speaks_in_nobody_elses_name(
    children, monkeypatch
):
    def facts() -> str:
        context = structlog.contextvars.get_contextvars()
        return repr((os.getsid(0) == os.getpid(), os.read(0, 1), context))

    with structlog.contextvars.bound_contextvars(job_id=7):
        assert told(children, monkeypatch, facts) == "(True, b'', {})"


def test_what_a_child_prints_goes_to_the_log_of_its_worker(children, monkeypatch, capfdbinary):
    def shout() -> str:
        os.write(1, b"printed, ")
        os.write(2, b"and an error")
        return ""

    told(children, monkeypatch, shout)
    assert b"printed, and an error" in capfdbinary.readouterr().err


def test_a_child_that_fails_outside_of_its_job_says_with_what(children, monkeypatch, capfd):
    def break_down(**_) -> Reply:
        raise OSError("no more threads")

    monkeypatch.setattr(child_module, "attempt_job", break_down)
    child = children()
    child.order(job_id=1, attempt=1)
    reply = answer(child)
    assert (reply.outcome, "exit 1" in reply.error) == ("died", True)
    assert "OSError: no more threads" in capfd.readouterr().err

"""When the supervisor believes that a cluster is wedged, and how it starts and ends one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import psutil
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone
from django_q.models import OrmQ

from config.jobs import beats, supervisor
from config.jobs.beats import stale_after_s
from config.jobs.models import WorkerBeat
from config.jobs.supervisor import Managed, Supervisor
from config.lib import queue
from tests.jobs.factories import make_job
from tests.jobs.field import is_gone, wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is moved."""
    now = [10_000.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def sleeper():
    """A process group that does nothing."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def watched(clock, sleeper):
    """A supervisor of a cpu cluster that has run for long."""
    made = Supervisor(["cpu"])
    group = Managed("cpu", process=sleeper, started_at=clock[0] - 1_000, has_beaten=True)
    made._groups = {"cpu": group}
    made._database_since = clock[0] - 1_000
    return made, group


@pytest.mark.parametrize(("age_s", "is_wedged"), [(0.5, False), (14.9, False), (15.1, True)])
def test_silence_of_a_cluster_that_once_spoke_means_a_wedge(watched, age_s, is_wedged):
    boss, group = watched
    assert boss._is_wedged(group, age_s) is is_wedged


def test_cold_start_is_given_a_minute(watched, clock):
    boss, group = watched
    group.has_beaten = False
    group.started_at = clock[0] - 40
    assert not boss._is_wedged(group, None)
    group.started_at = clock[0] - 61
    assert boss._is_wedged(group, None)


def test_sign_left_by_the_cluster_before_does_not_count_as_a_start(watched, clock):
    boss, group = watched
    group.has_beaten = False
    group.started_at = clock[0] - 40
    assert not boss._is_wedged(group, 45)
    assert not group.has_beaten


def test_nobody_is_blamed_for_silence_while_the_database_was_away(watched, clock):
    boss, group = watched
    boss._database_since = clock[0] - 5
    assert not boss._is_wedged(group, 300)
    clock[0] += 11
    assert boss._is_wedged(group, 311)


def test_cluster_that_is_not_running_is_not_wedged(watched):
    boss, group = watched
    group.process = None
    assert not boss._is_wedged(group, 300)


def test_mail_task_may_last_its_limit_before_silence_means_a_wedge(settings):
    assert stale_after_s("cpu") == settings.JOBS_STALE_S
    assert stale_after_s("mail") == settings.JOBS_STALE_S + 60
    assert stale_after_s("reaper") == settings.JOBS_STALE_S


def test_wedged_group_is_killed_and_its_bells_are_rung_again(watched, clock, sleeper):
    boss, group = watched
    job = make_job(tenant=None, rung_at=timezone.now())
    other = make_job(tenant=None, queue="gpu", rung_at=timezone.now())
    WorkerBeat.objects.create(
        queue="cpu",
        cluster=beats.process_name(),
        beat_at=timezone.now() - timedelta(seconds=100),
    )
    boss._look_for_life()
    assert sleeper.poll() is not None
    assert group.process is None
    job.refresh_from_db()
    other.refresh_from_db()
    assert job.rung_at is None
    assert other.rung_at is not None


def test_restart_comes_at_once_after_a_long_life_and_ever_later_after_short_ones(clock):
    group = Managed("cpu", started_at=clock[0] - 100)
    group.plan_restart()
    assert group.start_at == clock[0]
    waits = []
    for _time in range(7):
        group.started_at = clock[0] - 1
        group.plan_restart()
        waits.append(group.start_at - clock[0])
    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_workers_start_at_once_and_the_reaper_when_they_had_both_processors(clock, monkeypatch):
    boss, first = Supervisor(["cpu"]), {}

    def pass_time(seconds):
        clock[0] += seconds
        boss.is_stopping = clock[0] > 10_000 + 2 * supervisor.REAPER_AFTER_S

    monkeypatch.setattr(Managed, "start", lambda self: first.setdefault(self.name, clock[0]))
    monkeypatch.setattr(supervisor.time, "sleep", pass_time)
    monkeypatch.setattr(supervisor.signal, "signal", lambda *_: None)
    boss.run()
    assert first["cpu"] == 10_000
    assert first["reaper"] == pytest.approx(
        10_000 + supervisor.REAPER_AFTER_S, abs=2 * supervisor.LOOK_EVERY_S
    )


def test_canary_is_sent_only_where_nothing_else_waits():
    boss = Supervisor(["cpu"])
    boss._send_canary("cpu")
    boss._send_canary("cpu")
    assert [bell.task["func"] for bell in OrmQ.objects.all()] == ["config.jobs.worker.canary"]


def test_every_living_cluster_of_a_queue_gets_a_canary(settings):
    for name in ("one:1", "two:1"):
        WorkerBeat.objects.create(queue="cpu", cluster=name)
    old = timezone.now() - timedelta(seconds=settings.JOBS_STALE_S + 1)
    WorkerBeat.objects.create(queue="cpu", cluster="gone:1", beat_at=old)
    Supervisor(["cpu"])._send_canary("cpu")
    assert queue.waiting("cpu") == 2


def test_killing_a_group_ends_what_it_started_too(sleeper):
    command = "import subprocess, sys, time; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    process = subprocess.Popen([sys.executable, "-c", command], start_new_session=True)
    wait_until(lambda: psutil.Process(process.pid).children(), "the grandchild")
    [grandchild] = psutil.Process(process.pid).children()
    group = Managed("cpu", process=process)
    group.kill()
    wait_until(lambda: is_gone(grandchild), "the grandchild to be gone")
    group.kill()  # killing nothing is harmless
    assert sleeper.poll() is None


@pytest.mark.parametrize(
    ("queue", "state", "is_idle"),
    [
        ("cpu", "succeeded", True),
        ("cpu", "queued", False),
        ("cpu", "running", False),
        ("gpu", "running", True),  # whose cluster is another
    ],
)
def test_only_a_cluster_without_work_may_be_ended_at_once(queue, state, is_idle):
    assert Supervisor(["cpu"])._is_idle(Managed("cpu"))
    make_job(state, tenant=None, queue=queue)
    assert Supervisor(["cpu"])._is_idle(Managed("cpu")) is is_idle


def test_mail_and_the_reaper_end_by_themselves_and_so_does_all_without_a_database(monkeypatch):
    boss = Supervisor(["cpu", "mail"])
    assert not boss._is_idle(Managed("mail"))
    assert not boss._is_idle(Managed("reaper"))

    def away(*_, **__):
        raise DatabaseError

    monkeypatch.setattr(supervisor.claims, "every", away)
    assert not boss._is_idle(Managed("cpu"))


@pytest.mark.parametrize(
    ("brief", "state", "is_waited_for"),
    [
        (True, "succeeded", False),
        (True, "running", True),
        (False, "succeeded", True),  # a child may still tidy up after its commit
    ],
)
def test_only_a_brief_supervisor_ends_an_idle_cluster_at_once(
    settings, brief, state, is_waited_for
):
    settings.JOBS_STOP_S = 2.0
    make_job(state, tenant=None)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    boss = Supervisor(["cpu"], brief=brief)
    command = [sys.executable, "-c", deaf]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"1\n"
    process.stdout.close()
    boss._groups = {"cpu": Managed("cpu", process=process)}
    began = time.monotonic()
    boss._end_all()
    assert process.poll() == -signal.SIGKILL
    assert (time.monotonic() - began >= settings.JOBS_STOP_S) is is_waited_for


def test_unknown_queue_is_refused():
    with pytest.raises(CommandError, match="fax"):
        call_command("supervise", "--queues", "fax")


def test_worker_without_a_queue_is_refused(settings):
    settings.JOBS_QUEUE = ""
    with pytest.raises(CommandError, match="Q_CLUSTER_NAME"):
        call_command("work", "--parent", str(os.getppid()))


def test_orphan_ends_itself_at_once():
    """Whoever is started by a parent that has died meanwhile must not live on."""
    code = "from config.jobs import lifeline; lifeline.die_with(1_000_000); print('alive')"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30
    )
    assert (out.returncode, out.stdout) == (1, "")


def test_fork_dies_with_the_process_that_forked_it(tmp_path):
    code = (
        "import os, time; from config.jobs import lifeline;"
        "lifeline.die_with_parent_after_every_fork(); pid = os.fork();"
        "print(pid, flush=True) if pid else None; time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        fork = psutil.Process(int(parent.stdout.readline()))
        started = time.monotonic()
        parent.kill()
        wait_until(lambda: is_gone(fork), "the fork to die", within_s=10)
        assert time.monotonic() - started < 10

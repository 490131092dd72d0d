"""Starts the workers of every queue and the reaper, and replaces those that no longer live.

A wedged cluster looks healthy from outside: its processes run and SIGTERM is ignored. So life is
judged by work alone: each task that a worker begins leaves a sign, and where no task comes the
supervisor sends a canary through the real queue. No sign for too long means SIGKILL for the
whole process group, and a new one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from config.jobs import beats, claims, lifeline
from config.jobs.cluster import run_cluster
from config.jobs.reaper import reap_for_ever
from config.lib import queue as doorbells
from config.lib.connections import let_go_of_connections, use_no_pool
from config.lib.copies import Copy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = structlog.get_logger(__name__)

REAPER = "reaper"
REAPER_AFTER_S = 3.0
"""It has nothing to do yet, and the workers want both processors for their own start."""
LOOK_EVERY_S = 0.2
START_WITHIN_S = 60.0  # a cold start on a busy machine is no wedge
LIVED_WELL_S = 30.0
LONGEST_WAIT_S = 30.0

AGES = """
SELECT queue, extract(epoch FROM clock_timestamp() - beat_at)
  FROM jobs_workerbeat WHERE cluster = %(cluster)s
"""
WORK_IS_LEFT = (
    "SELECT FROM jobs_job WHERE queue = %(queue)s AND state IN ('queued', 'running') LIMIT 1"
)
CLUSTERS = """
SELECT count(*) FROM jobs_workerbeat
 WHERE queue = %(queue)s AND beat_at > clock_timestamp() - %(stale_s)s * interval '1 s'
"""


@dataclass
class Managed:
    """A process group that is to run as long as the supervisor does."""

    name: str
    loads: Sequence[str] = ()
    process: subprocess.Popen[bytes] | Copy | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    wait_s: float = 0.0
    has_beaten: bool = False

    def start(self) -> None:
        """Start the group in a session of its own, tied to this process's life."""
        self.process = (
            _copy(reap_for_ever) if self.name == REAPER else _cluster(self.name, self.loads)
        )
        self.started_at = time.monotonic()
        self.has_beaten = False
        log.info("workers_started", name=self.name, pid=self.process.pid)

    def ask_to_end(self) -> None:
        """Let it finish what it does, and take nothing new."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End the whole group at once; what its workers started falls with them."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):  # all of it has ended
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()  # a copy that was begun just now leads no group yet
        self.process.wait()
        self.process = None

    def plan_restart(self) -> None:
        """Start again at once after a long life, and ever later after short ones."""
        lived_s = time.monotonic() - self.started_at
        short = min(LONGEST_WAIT_S, max(1.0, self.wait_s * 2))
        self.wait_s = 0.0 if lived_s > LIVED_WELL_S else short
        self.start_at = time.monotonic() + self.wait_s


def _cluster(queue: str, loads: Sequence[str]) -> subprocess.Popen[bytes] | Copy:
    """Start the workers of a queue, as a copy of this process where that will do.

    While it loads, django-q2 reads which queue it serves, so only the one that it was loaded for here
    needs no program of its own.
    """
    if queue == (settings.JOBS_QUEUE or settings.Q_CLUSTER["name"]):
        return _copy(partial(run_cluster, queue, loads=loads))
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "manage.py", "work", "--parent", str(os.getpid())],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DATABASE_POOL": "false",  # a pool does not survive the fork of a worker
            "JOBS_CLUSTER": beats.process_name(),
            "Q_CLUSTER_NAME": queue,
        },
        start_new_session=True,
    )


def _copy(work: Callable[[], object]) -> Copy:
    """Do ``work`` in a copy of this process, which has loaded all that it needs."""
    parent, name = os.getpid(), beats.process_name()
    let_go_of_connections()

    def apart() -> None:
        os.setsid()
        lifeline.die_with(parent)
        use_no_pool()
        beats.belong_to(name)
        work()

    return Copy(apart, tells=True)


@dataclass
class Supervisor:
    """One loop over all process groups of this machine.

    One that is ``brief`` ends a cluster at once when no job of its queue runs or waits. What a child
    tidies up after its last commit is then cut off, so that is for whoever knows all of its jobs.
    Such a one may also name modules of these jobs, which a cluster ``loads`` before it copies itself.
    """

    queues: list[str]
    brief: bool = False
    loads: Sequence[str] = ()
    is_stopping: bool = False
    _groups: dict[str, Managed] = field(default_factory=dict)
    _canary_at: float = 0.0
    _database_since: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Watch until SIGTERM or SIGINT, then end everything."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._stop)
        self._groups = {name: Managed(name, self.loads) for name in [*self.queues, REAPER]}
        self._groups[REAPER].start_at = time.monotonic() + REAPER_AFTER_S
        try:
            while not self.is_stopping:
                self._replace_ended()
                if time.monotonic() >= self._canary_at:
                    self._canary_at = time.monotonic() + settings.JOBS_CANARY_S
                    self._look_for_life()
                time.sleep(LOOK_EVERY_S)
        finally:
            self._end_all()

    def _stop(self, *_: object) -> None:
        self.is_stopping = True

    def _replace_ended(self) -> None:
        for group in self._groups.values():
            if group.process is not None and (code := group.process.poll()) is not None:
                log.warning("workers_ended", name=group.name, code=code)
                self._replace(group)
            if group.process is None and time.monotonic() >= group.start_at:
                group.start()

    def _replace(self, group: Managed) -> None:
        group.kill()
        group.plan_restart()
        if group.name != REAPER:
            self._forget_bells(group.name)

    def _forget_bells(self, queue: str) -> None:
        """Have the reaper ring at once: what the dead cluster had taken is locked for a day."""
        try:
            claims.run(claims.FORGET_BELLS, {"queue": queue})
        except DatabaseError:
            connection.close()  # then the bells come with JOBS_RERING_S

    def _look_for_life(self) -> None:
        """Send canaries, and kill what shows no sign of life though the database is there."""
        try:
            for name in self.queues:
                self._send_canary(name)
            rows = claims.every(AGES, cluster=beats.process_name())
            ages = {queue: float(age) for queue, age in rows}
            for group in self._groups.values():
                if self._is_wedged(group, ages.get(group.name)):
                    log.error("workers_wedged", name=group.name, age_s=ages.get(group.name))
                    self._replace(group)
        except DatabaseError:
            log.warning("supervisor_sees_no_database")
            connection.close()
            self._database_since = time.monotonic()

    def _send_canary(self, queue: str) -> None:
        """Give every cluster of ``queue`` something to show life with, unless work waits."""
        if doorbells.waiting(queue):
            return
        [(clusters,)] = claims.every(CLUSTERS, queue=queue, stale_s=settings.JOBS_STALE_S)
        for _each in range(max(1, clusters)):
            doorbells.push("config.jobs.worker.canary", to=queue)

    def _is_wedged(self, group: Managed, age_s: float | None) -> bool:
        if group.process is None:
            return False
        now = time.monotonic()
        lived_s = now - group.started_at
        group.has_beaten = group.has_beaten or (age_s is not None and age_s < lived_s)
        limit_s = beats.stale_after_s(group.name)
        if not group.has_beaten:
            limit_s = max(limit_s, START_WITHIN_S)
        # Nobody could leave a sign while the database was away.
        could_beat_s = min(lived_s, now - self._database_since)
        return min(could_beat_s, age_s if age_s is not None else lived_s) > limit_s

    def _end_all(self) -> None:
        """Ask all to end, wait, kill the rest; a wedged cluster does not heed the asking."""
        for group in self._groups.values():
            group.ask_to_end()
        until = time.monotonic() + settings.JOBS_STOP_S
        for group in self._groups.values():
            if group.process is not None and not (self.brief and self._is_idle(group)):
                try:
                    group.process.wait(max(0.0, until - time.monotonic()))
                except subprocess.TimeoutExpired:
                    log.warning("workers_killed", name=group.name)
            group.kill()

    def _is_idle(self, group: Managed) -> bool:
        """Return whether no job of a cluster runs or waits; mail, which has no jobs, is never idle."""
        try:
            return group.name not in (REAPER, "mail") and not claims.every(
                WORK_IS_LEFT, queue=group.name
            )
        except DatabaseError:
            return False

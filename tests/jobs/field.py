"""Where the fault tests happen: a PostgreSQL server and worker processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg

from config import postgres
from tests.jobs.kinds import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
# Short enough for a test, long enough for a busy machine of two cores.
TIMES = {
    "JOBS_CPU_WORKERS": "2",
    "JOBS_LEASE_S": "4",
    "JOBS_BEAT_S": "0.5",
    "JOBS_BACKOFF_S": "0.1",
    "JOBS_REAP_S": "0.2",
    "JOBS_CANARY_S": "1",
    "JOBS_STALE_S": "6",
    "JOBS_STOP_S": "4",
}
CLEAR = """
TRUNCATE jobs_job, jobs_stage, django_q_ormq, django_q_task, start, work, effect, gate, grandchild
"""


class Field:
    """A database in a server that a test may kill, and the processes that work on it."""

    settings_module = "tests.jobs.process_settings"
    migrations: tuple[tuple[str, ...], ...] = (("jobs",), ("django_q",))

    def __init__(self, data: Path) -> None:
        self.data = data
        self.host = postgres.start(data)
        self.owner_url = postgres.url(postgres.OWNER, self.host)
        self.app_url = postgres.url(postgres.APP, self.host)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.log = data.parent / "processes.log"
        for what in self.migrations:
            subprocess.run(
                [sys.executable, "manage.py", "migrate", *what, "--verbosity", "0"],
                cwd=ROOT,
                env=self.environment(),
                check=True,
            )
        self._as_owner(TABLES)

    def environment(self, **changes: str) -> dict[str, str]:
        """Return the environment of a worker process."""
        return {
            **os.environ,
            **TIMES,
            "DEBUG": "1",
            "TENFOLD_IGNORE_DOTENV": "1",
            "DJANGO_SETTINGS_MODULE": self.settings_module,
            "DATABASE_URL": self.app_url,
            "DATABASE_OWNER_URL": self.owner_url,
            **changes,
        }

    # ------------------------------------------------------------ processes

    def start(self, *command: str, **changes: str) -> psutil.Process:
        """Start a management command; what it prints is added to the log of the field."""
        return self.run(sys.executable, "manage.py", *command, **changes)

    def run(self, *command: str, **changes: str) -> psutil.Process:
        """Start any program in the environment of a worker process."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(**changes),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return psutil.Process(process.pid)

    def supervise(self, queues: str = "cpu") -> psutil.Process:
        """Start the supervisor and wait until its workers and its reaper have shown life."""
        before = self.now()
        supervisor = self.start("supervise", "--queues", queues)
        wait_until(
            lambda: len(self.beats_since(before)) == len(queues.split(",")) + 1,
            "the workers and the reaper to show life",
        )
        return supervisor

    def staff(self) -> None:
        """Have a supervisor at work, left from the last test if that one did it no harm."""
        if not self.processes:
            self.supervise()

    def dismiss(self) -> None:
        """Kill all processes that tests have started."""
        for process in self.processes:
            for descendant in descendants(process.pid):
                with suppress(psutil.NoSuchProcess):
                    descendant.kill()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()
        self._as_owner("TRUNCATE jobs_workerbeat")

    def clear(self) -> None:
        """Empty the tables of jobs."""
        self._as_owner(CLEAR)

    def tell(self) -> str:
        """Return the end of what the processes printed, for a failed test."""
        return self.log.read_bytes()[-6_000:].decode(errors="replace") if self.log.exists() else ""

    # ------------------------------------------------------------ the database

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement as the application and return its rows."""
        with psycopg.connect(self.app_url, autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: Any) -> Any:
        """Return the only value of the only row."""
        [(value,)] = self.rows(statement, *values)
        return value

    def open_gate(self, name: str) -> None:
        """Let handlers that wait at the gate go on, now and in later attempts."""
        self.rows("INSERT INTO gate VALUES (%s) RETURNING name", name)

    def now(self) -> Any:
        """Return the time by the database's clock."""
        return self.one("SELECT clock_timestamp()")

    def beats_since(self, moment: Any) -> set[str]:
        """Return the queues (and the reaper) that showed life since then."""
        found = self.rows("SELECT queue FROM jobs_workerbeat WHERE beat_at > %s", moment)
        return {queue for (queue,) in found}

    def worked(self, job: int) -> list[tuple[str, int]]:
        """Return which stage work was begun in which attempt."""
        return self.rows("SELECT stage, attempt FROM work WHERE job = %s ORDER BY 2, 1", job)

    def effects(self, job: int) -> int:
        """Return how often the job took effect."""
        return int(self.one("SELECT count(*) FROM effect WHERE job = %s", job))

    def child(self, job: int, *, attempt: int = 1) -> psutil.Process:
        """Wait for the attempt to start and return its child process."""
        wanted = ("SELECT pid FROM start WHERE job = %s AND attempt = %s", job, attempt)
        wait_until(lambda: self.rows(*wanted), f"attempt {attempt} of job {job} to start")
        return psutil.Process(self.one(*wanted))

    def at_work(self, job: int, stage: str, *, attempt: int = 1) -> psutil.Process:
        """Wait until the attempt is inside ``stage`` and return its child process."""
        wait_until(
            lambda: (stage, attempt) in self.worked(job), f"attempt {attempt} to reach {stage}"
        )
        return self.child(job, attempt=attempt)

    def ended(self, job: int, *, within_s: float = 45) -> tuple[str, int]:
        """Wait until the job is over; return its state and how many attempts it took."""
        wanted = (
            "SELECT state, attempt FROM jobs_job WHERE id = %s AND finished_at IS NOT NULL",
            job,
        )
        wait_until(lambda: self.rows(*wanted), f"job {job} to end", within_s=within_s)
        [(state, attempt)] = self.rows(*wanted)
        return state, attempt

    def stop_server(self) -> None:
        """Stop the server for good."""
        postgres.stop(self.data)

    def _as_owner(self, statements: str) -> None:
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            connection.execute("SET lock_timeout = '10s'")
            connection.execute(statements)


def wait_until(condition: Callable[[], Any], what: str, *, within_s: float = 30) -> None:
    """Return when ``condition`` holds; fail when it does not in time."""
    until = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > until:
            msg = f"waited {within_s:g} s in vain for {what}"
            raise AssertionError(msg)
        time.sleep(0.03)


def is_gone(process: psutil.Process) -> bool:
    """Return whether the process has ended; a zombie has."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def descendants(pid: int) -> list[psutil.Process]:
    """Return everything below a process that lives."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []

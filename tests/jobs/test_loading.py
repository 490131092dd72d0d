"""Who knows which jobs come has their modules loaded once, before workers copy themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from tests.jobs.field import wait_until
from tests.jobs.test_faults_cluster import ask, cluster_of, idle_workers

pytestmark = pytest.mark.slow

SUPERVISE = """
import django
django.setup()
from config.jobs.supervisor import Supervisor
Supervisor(["cpu"], loads={loads!r}).run()
"""
LARGE = "_multiarray_umath"
"""The shared library that numpy cannot do without."""


def workers_of(field, loads: tuple[str, ...]) -> list[psutil.Process]:
    """Start a supervisor whose clusters load some modules first; return its workers."""
    before = field.now()
    supervisor = field.run(sys.executable, "-c", SUPERVISE.format(loads=loads))
    wait_until(lambda: field.beats_since(before), "the workers to show life")
    return idle_workers(cluster_of(supervisor))


def holds(process: psutil.Process, library: str) -> bool:
    """Return whether a shared library is mapped into a process."""
    return library in Path(f"/proc/{process.pid}/maps").read_text()


def test_workers_have_loaded_what_was_named_before_a_job_comes(field):
    assert all(holds(worker, LARGE) for worker in workers_of(field, ("tests.jobs.heavy",)))


def test_other_workers_stay_small(field):
    assert not any(holds(worker, LARGE) for worker in workers_of(field, ()))


def test_what_was_loaded_does_its_job_once(field):
    workers_of(field, ("tests.jobs.heavy",))
    job = ask("test.heavy")

    assert field.ended(job) == ("succeeded", 1)
    assert field.effects(job) == 1


def test_a_module_that_is_not_there_starts_no_workers_and_is_told_of(field):
    supervisor = field.run(sys.executable, "-c", SUPERVISE.format(loads=("tests.jobs.gone",)))

    wait_until(lambda: "No module named 'tests.jobs.gone'" in field.log.read_text(), "the error")
    supervisor.kill()

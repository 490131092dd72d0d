"""What runs is used, what is missing is started: how the command tells one from the other."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from config import postgres
from config.jobs import registry
from config.jobs.models import WorkerBeat
from generation.management.song.errors import SongStoppedError
from generation.management.song.product import MAKING, READING, _creator, _process, supervisors
from generation.management.song.registering import require_stand_ins

ROOT = Path(__file__).parents[3]
SLEEPER = "import time; time.sleep(60)"


@pytest.fixture
def supervisor():
    """A process that looks like a supervisor, and nothing more."""
    process = subprocess.Popen([sys.executable, "-c", SLEEPER, "supervise"])
    yield process
    process.kill()
    process.wait()


def beat(name: str, queue: str = "cpu") -> None:
    WorkerBeat.objects.create(queue=queue, cluster=name, beat_at=timezone.now())


def here(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}"


def test_a_supervisor_that_has_worked_lately_is_found(db, supervisor):
    beat(here(supervisor.pid))

    assert [process.pid for process in supervisors()] == [supervisor.pid]


def test_the_supervisor_of_another_songs_command_is_not_borrowed(db):
    process = subprocess.Popen([sys.executable, "-c", SLEEPER, "song"])
    try:
        beat(here(process.pid))
        assert supervisors() == []
    finally:
        process.kill()
        process.wait()


def test_the_last_sign_of_one_that_ended_is_no_supervisor(db, supervisor):
    beat(here(supervisor.pid))
    supervisor.kill()
    supervisor.wait()

    assert supervisors() == []


def test_another_process_under_its_number_is_none_either(db):
    beat(here(os.getpid()))

    assert supervisors() == []


@pytest.mark.parametrize(
    "name", ["elsewhere:1", "no number", "", ":", f"{socket.gethostname()}:-1"]
)
def test_what_is_not_on_this_machine_is_not_counted(name):
    assert _process(name) is None


def test_only_workers_of_songs_count(db, supervisor):
    beat(here(supervisor.pid), queue="mail")

    assert supervisors() == []


def test_the_demo_creator_is_made_in_development_only(db, settings):
    settings.DEBUG = False
    with pytest.raises(SongStoppedError, match="There is no demo creator"):
        _creator()
    assert User.objects.count() == 0

    settings.DEBUG = True
    assert _creator().user.email == "alice@example.com"
    assert _creator().organisation.name == "Alice's Studio"


def test_without_a_workspace_of_hers_nothing_is_made(db):
    User.objects.create_user("alice@example.com", name="Alice")
    with pytest.raises(SongStoppedError, match="has no workspace"):
        _creator()


def test_the_stand_ins_are_no_reason_to_refuse(settings):
    require_stand_ins()
    settings.APPLE_MUSIC_KEY = "key"
    with pytest.raises(SongStoppedError, match="uses the real one"):
        require_stand_ins()


def test_what_workers_load_first_are_the_modules_of_the_jobs_that_come():
    handlers = {kind.handler.rpartition(".")[0] for kind in registry.kinds()}

    assert {*READING, *MAKING} <= handlers | {"generation.engines.mosaic"}
    assert find_spec("generation.engines.mosaic") is not None


@pytest.mark.slow
@pytest.mark.parametrize("given", [["--songs", "nowhere"], ["--minutes", "long"], ["--help"]])
def test_a_database_that_was_started_for_nothing_does_not_stay(given):
    # Not under pytest's own folder: a second pytest closes that to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="tenfold-pg-"))
    env = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE")}
    try:
        left = subprocess.run(
            [sys.executable, "manage.py", "song", *given],
            cwd=ROOT,
            env={**env, "VAR_DIR": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert left.returncode == (0 if given == ["--help"] else 2)
        assert "Traceback" not in left.stderr
        assert (folder / "postgres").is_dir()
        assert postgres.socket_folder(folder / "postgres") is None
    finally:
        postgres.stop(folder / "postgres")
        shutil.rmtree(folder)

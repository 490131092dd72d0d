"""The embedded PostgreSQL: shared by processes, startable after a crash, two roles."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from config import postgres

ROOT = Path(__file__).parents[2]
CONNECT = """
import os, sys
from config.postgres import connect_environment
connect_environment(command=sys.argv[1])
import psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as c:
    print(c.execute("SELECT current_user").fetchone()[0])
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def data():
    # Not under pytest's own folder: a second pytest closes that to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="tenfold-pg-"))
    yield folder / "postgres"
    postgres.stop(folder / "postgres")
    shutil.rmtree(folder)


def connected_as(data, command):
    env = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE")}
    run = subprocess.run(
        [sys.executable, "-c", CONNECT, command],
        cwd=ROOT,
        env={**env, "VAR_DIR": str(data.parent)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return run.stdout.strip()


def test_several_processes_that_start_at_once_share_one_server(data):
    with ThreadPoolExecutor(4) as pool:
        roles = list(pool.map(lambda _: connected_as(data, "runserver"), range(4)))
    assert roles == ["tenfold_app"] * 4
    servers = [
        p for p in psutil.process_iter(["cmdline"]) if str(data) in (p.info["cmdline"] or [])
    ]
    assert len(servers) == 1


def test_an_ordinary_user_has_a_server_of_their_own():
    if os.geteuid() != 0:
        pytest.skip("already runs as an ordinary user, so every other test shows it")
    folder = Path(tempfile.mkdtemp(prefix="nobodys-"))  # pytest's own folders are root's alone
    shutil.chown(folder, "nobody")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "VAR_DIR": str(folder),
        "PYTHONPATH": os.pathsep.join([str(ROOT), *(p for p in sys.path if "site-packages" in p)]),
    }
    python = interpreter_for("nobody", env)
    if python is None:
        pytest.skip("no interpreter of this version may be run by another user here")
    run = subprocess.run(
        [python, "-c", CONNECT, "up"],
        check=False, cwd=ROOT, env=env, user="nobody", capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    postgres.stop(folder / "postgres")
    shutil.rmtree(folder)
    assert (run.stdout.strip(), run.returncode) == ("tenfold_app", 0), run.stderr


def interpreter_for(user, env):
    """Return a Python of this version that ``user`` may run: root's own often lies in its home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            subprocess.run(
                [candidate, "-c", "import psycopg, psutil"], user=user, env=env, check=True
            )
            return candidate
    return None


def test_migrations_speak_as_the_owner_and_the_product_does_not(data):
    assert connected_as(data, "migrate") == "tenfold_owner"
    assert connected_as(data, "up") == "tenfold_app"


def test_application_role_can_neither_make_tables_nor_change_the_owners(data):
    host = postgres.start(data)
    with psycopg.connect(postgres.url(postgres.OWNER, host)) as owner:
        owner.execute("CREATE TABLE leg (amount bigint)")
    with psycopg.connect(postgres.url(postgres.APP, host), autocommit=True) as app:
        app.execute("INSERT INTO leg VALUES (1)")
        for statement in ("CREATE TABLE mine (x int)", "ALTER TABLE leg ADD x int", "TRUNCATE leg"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SET session_replication_role = replica")
        assert app.execute("SELECT count(*) FROM leg").fetchone() == (1,)


def test_server_starts_again_after_kill_minus_nine_and_keeps_what_was_committed(data):
    host = postgres.start(data)
    with psycopg.connect(postgres.url(postgres.OWNER, host)) as owner:
        owner.execute("CREATE TABLE kept (x int)")
        owner.execute("INSERT INTO kept VALUES (10)")
    pid = int((data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    psutil.Process(pid).wait(10) if psutil.pid_exists(pid) else None
    with psycopg.connect(postgres.url(postgres.OWNER, postgres.start(data))) as owner:
        assert owner.execute("SELECT x FROM kept").fetchone() == (10,)


def test_vectors_are_at_hand(data):
    with psycopg.connect(postgres.url(postgres.APP, postgres.start(data))) as app:
        assert app.execute("SELECT '[3,4]'::vector <-> '[0,0]'::vector").fetchone() == (5.0,)


def test_a_server_in_use_is_not_stopped_under_its_user(data):
    host = postgres.start(data)
    with psycopg.connect(postgres.url(postgres.APP, host)) as other:
        assert postgres.stop(data, unless_in_use=True) is False
        assert other.execute("SELECT 1").fetchone() == (1,)
    deadline = time.monotonic() + 10  # the backend takes a moment to leave
    while not postgres.stop(data, unless_in_use=True):
        assert time.monotonic() < deadline
    assert postgres.socket_folder(data) is None


def test_a_set_database_url_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    postgres.connect_environment(command="up")
    assert os.environ["DATABASE_URL"] == "postgresql://elsewhere/db"
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("command", sorted(postgres.FREE_COMMANDS))
def test_commands_without_a_database_start_none(command, monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    postgres.connect_environment(command=command)
    assert list(tmp_path.iterdir()) == []

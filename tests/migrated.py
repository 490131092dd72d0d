"""One migrated database of which every other is a copy: migrations take many seconds, a copy none."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg

from config.postgres import APP

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
NAME = "tenfold_migrated"
LOCK = 10_10_02  # whoever comes second waits, and finds it made
APPS = ("accounts", "config", "distribution", "generation", "library", "rights")


def migrated_database() -> str:
    """Return the name of a database that the migrations made, and in which nobody has worked.

    It is kept from run to run, and made anew once a migration or a package is another.

    Raises
    ------
    subprocess.CalledProcessError
        If the migrations fail; what they say has been printed.
    """
    owner, key = urlsplit(os.environ["DATABASE_URL"]), _key()
    with psycopg.connect(owner.geturl(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [NAME],
        ).fetchone()
        if found == (key,):
            return NAME
        connection.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{NAME}"')
        url = owner._replace(path=f"/{NAME}").geturl()
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url, "DATABASE_OWNER_URL": url},
            check=True,
        )
        connection.execute(f"COMMENT ON DATABASE \"{NAME}\" IS '{key}'")  # last: now it is whole
    return NAME


@contextmanager
def copied_database(name: str) -> Iterator[str]:
    """Make the database ``name`` as a copy of the migrated one; yield its owner's URL; drop it after."""
    owner = urlsplit(os.environ["DATABASE_URL"])

    def run(*statements: str) -> None:
        with psycopg.connect(owner.geturl(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    run(drop, f'CREATE DATABASE "{name}" TEMPLATE "{migrated_database()}"')
    try:
        yield owner._replace(path=f"/{name}").geturl()
    finally:
        run(drop)


def as_the_product(owner_url: str) -> str:
    """Return the URL of the role that the product has in the owner's database."""
    parts = urlsplit(owner_url)
    # The embedded server knows its roles by their socket; an outside one is used as it was given.
    if parts.password is not None or "@" not in parts.netloc:
        return owner_url
    return parts._replace(netloc=f"{APP}@{parts.netloc.rpartition('@')[2]}").geturl()


def _key() -> str:
    """Return a digest of all that the migrations are made of."""
    found = (path for app in APPS for path in (ROOT / app).glob("**/migrations/**/*"))
    own = sorted(path for path in found if path.suffix in {".py", ".sql"})
    digest = hashlib.sha256()
    for path in [ROOT / "requirements" / "base.txt", *own]:
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()

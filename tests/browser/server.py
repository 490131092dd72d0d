"""Starts the product for the browser: a database of its own, hashed static files, one granian."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.postgres import var_dir
from tests.migrated import as_the_product, copied_database

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_S = 60


@dataclass(frozen=True)
class Site:
    """Where the site is, what it writes, the environment of its processes, and what it holds.

    ``addresses`` are the paths of things, by the names of their addresses; ``sessions`` are the
    keys with which people are in (``objects.py`` makes both).
    """

    url: str
    log: Path
    env: dict[str, str]
    addresses: dict[str, str]
    sessions: dict[str, str]


@contextmanager
def running_site(name: str, **settings: str) -> Iterator[Site]:
    """Make the database ``name``, fill it, serve it; stop the server and drop the database after.

    ``settings`` go into the environment of all its processes.
    """
    folder = var_dir() / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "site.log"
    with copied_database(name) as owner_url, log.open("wb") as out, ThreadPoolExecutor(1) as beside:
        env = _environment(owner_url) | settings
        collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
        collected = beside.submit(_run, collect, env=env)
        held = json.loads(_run([sys.executable, "-m", "tests.browser.fill"], env=env))
        collected.result()
        port = _free_port()
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"]
        command += ["--blocking-threads", "4", "--port", str(port), "config.wsgi:application"]
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
        try:
            url = f"http://localhost:{port}"
            _wait_for(f"{url}/account/login/", server, log)
            yield Site(url, log, env, **held)
        finally:
            server.terminate()
            server.wait(15)


def _environment(owner_url: str) -> dict[str, str]:
    """Return the environment of a production process on the database of ``owner_url``."""
    env = {key: value for key, value in os.environ.items() if key != "DEBUG"}
    return env | {
        "DATABASE_URL": as_the_product(owner_url),
        "DATABASE_OWNER_URL": owner_url,
        "DJANGO_SETTINGS_MODULE": "tests.browser.site_settings",
        "TENFOLD_IGNORE_DOTENV": "1",
        "SECRET_KEY": "only-for-the-browser-tests-" * 3,
        "SECURE_SSL_REDIRECT": "0",  # a browser keeps secure cookies on http://localhost
        "SANDBOX_ALLOWED": "1",
    }


def _run(command: list[str], *, env: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}"
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        assert server.poll() is None, f"the server ended: {log.read_text()[-4000:]}"
        try:
            urllib.request.urlopen(url, timeout=2)
        except urllib.error.HTTPError:
            pass  # it answers, though not well: the tests will tell
        except OSError:
            time.sleep(0.2)
            continue
        return
    raise AssertionError(f"no answer at {url}: {log.read_text()[-4000:]}")

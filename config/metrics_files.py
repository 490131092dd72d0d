"""Where the worker processes of one web server count together. Imports no Prometheus client.

The client decides when it is first imported whether it counts in memory or in files, so
``config/wsgi.py`` calls this before anything else. Workers of one server share their parent's
number; folders of servers that are gone are removed.
"""

from __future__ import annotations

import os
import shutil
import socket
from typing import TYPE_CHECKING

import psutil

from config.postgres import var_dir

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def share_counters() -> None:
    """Point the Prometheus client at a folder that the sibling processes use as well.

    Does nothing when the variable is set already.
    """
    if os.environ.get(VARIABLE):
        return
    host = socket.gethostname()
    server = os.getppid()
    folder = var_dir() / "metrics" / f"{host}-{server}"
    folder.mkdir(parents=True, exist_ok=True)
    _clear_away(folder.parent, host=host)
    os.environ[VARIABLE] = str(folder)


def _clear_away(parent: Path, *, host: str) -> None:
    for folder in parent.glob(f"{host}-*"):
        number = folder.name.rpartition("-")[2]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            shutil.rmtree(folder, ignore_errors=True)

"""The command line of every command: it bears Ctrl-C while it is loaded, and that nobody listens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


CTRL_C_WHILE_LOADING = """
import os, runpy, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "django.core.management":
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it
sys.meta_path.insert(0, Interrupting())
sys.argv = ["manage.py", "version"]
runpy.run_path("manage.py", run_name="__main__")
"""


def test_ctrl_c_while_code_is_loaded_ends_without_a_traceback():
    done = subprocess.run(
        [sys.executable, "-c", CTRL_C_WHILE_LOADING],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    assert (done.stdout, done.stderr) == ("", "\nCancelled.\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_command_without_stdout_or_stderr_does_its_work(closed):
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "manage.py", "version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert done.stderr == ""
    assert bool(done.stdout) == (closed == "2>&-")

"""The command line of every command: it bears Ctrl-C while it is loaded, and that nobody listens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_ctrl_c_while_code_is_loaded_ends_without_a_traceback():
    # Python names each module that is loaded: the signal comes when the first of ours has been.
    loading = subprocess.Popen(
        [sys.executable, "-X", "importtime", "manage.py", "version"],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with loading:
        assert loading.stderr is not None
        assert loading.stdout is not None
        for line in loading.stderr:
            if line.rstrip().endswith(" psycopg"):
                break
        loading.send_signal(signal.SIGINT)
        said = loading.stderr.read()
        printed = loading.stdout.read()

    assert loading.returncode == 130
    assert "Traceback" not in said
    assert said.endswith("\nCancelled.\n")
    assert printed == ""


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

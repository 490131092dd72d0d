"""The command line of every command: Ctrl-C ends it with a word, also while code is still loaded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

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

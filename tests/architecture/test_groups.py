"""The groups of tests: their folders exist, and a worker really gets a whole group."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.groups import GROUPS, group_of

ROOT = Path(__file__).parents[2]
CONFTEST = """
from tests.groups import GROUPS, ByGroup

GROUPS["test_together.py"] = "together"

def pytest_xdist_make_scheduler(config, log):
    return ByGroup(config, log)
"""
TESTS = """
import time

import pytest

@pytest.mark.parametrize("number", range(12))
def test_it(number):
    time.sleep({seconds})
"""


def test_every_group_names_tests_that_exist():
    for start in GROUPS:
        folder, _slash, name = start.rpartition("/")
        assert list((ROOT / folder).glob(f"{name}*")), start


def test_a_test_without_a_group_goes_where_there_is_room():
    assert group_of("tests/lib/test_money.py::test_a") == "tests/lib/test_money.py::test_a"
    assert group_of("tests/browser/test_axe.py::test_a[x@y]") == "browser"


@pytest.mark.slow
def test_a_group_is_run_by_one_worker_and_the_rest_by_both(tmp_path):
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_together.py").write_text(TESTS.format(seconds=0))
    # Slow enough for the worker that has the group to come back and take some of these.
    (tmp_path / "test_apart.py").write_text(TESTS.format(seconds=0.2))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "-v", "-c", "/dev/null", "--rootdir", ".",
         "-p", "no:cacheprovider", "-p", "no:django", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    ran = re.findall(r"\[(gw\d)\] \[ *\d+%\] PASSED (test_\w+)\.py", done.stdout)
    workers = {
        name: {worker for worker, test in ran if test == name}
        for name in ("test_together", "test_apart")
    }
    assert len(ran) == 24, done.stdout
    assert len(workers["test_together"]) == 1
    assert workers["test_apart"] == {"gw0", "gw1"}

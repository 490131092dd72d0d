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

GROUPS["test_together"] = "together"

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


def test_a_file_without_a_group_stays_together_for_its_fixtures():
    assert group_of("tests/lib/test_money.py::test_a") == "tests/lib/test_money.py"
    assert group_of("tests/lib/test_money.py::test_a[x::y]") == "tests/lib/test_money.py"
    assert group_of("tests/browser/test_axe.py::test_a[x@y]") == "browser"


@pytest.mark.slow
def test_a_group_is_run_by_one_worker_and_the_rest_by_both(tmp_path):
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for letter in "ab":
        (tmp_path / f"test_together_{letter}.py").write_text(TESTS.format(seconds=0))
    # Slow enough for the worker that has the group to come back and take some of these.
    for letter in "abcdef":
        (tmp_path / f"test_apart_{letter}.py").write_text(TESTS.format(seconds=0.02))
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
    files = {test for _worker, test in ran}
    workers = {name: {worker for worker, test in ran if test == name} for name in files}
    assert len(ran) == 8 * 12, done.stdout
    assert workers["test_together_a"] == workers["test_together_b"]
    assert all(len(those) == 1 for those in workers.values()), "a file is on both workers"
    assert set.union(*workers.values()) == {"gw0", "gw1"}

"""The groups of tests: their folders exist, and a worker really gets a whole group."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.groups import GROUPS, SECONDS, group_of

ROOT = Path(__file__).parents[2]
CONFTEST = """
from tests.groups import GROUPS, SECONDS, ByGroup

GROUPS["test_together"] = "together"
SECONDS["together"] = 900
SECONDS["test_crash.py"] = 0

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
CRASH = """
import os

import pytest

@pytest.mark.parametrize("number", range(4))
def test_it(number):
    if number == 2:
        os._exit(3)
"""


def test_every_group_names_tests_that_exist():
    for start in GROUPS:
        folder, _slash, name = start.rpartition("/")
        assert list((ROOT / folder).glob(f"{name}*")), start


def test_what_is_said_to_take_long_is_a_group():
    for group in SECONDS.keys() - {*GROUPS.values()}:
        assert (ROOT / group).is_file(), group
        assert group_of(f"{group}::test") == group


def test_a_file_without_a_group_stays_together_for_its_fixtures():
    assert group_of("tests/lib/test_money.py::test_a") == "tests/lib/test_money.py"
    assert group_of("tests/lib/test_money.py::test_a[x::y]") == "tests/lib/test_money.py"
    assert group_of("tests/browser/test_axe.py::test_a[x@y]") == "browser"


@pytest.mark.slow
def test_a_group_is_run_by_one_worker_and_the_rest_by_both(tmp_path):
    for letter in "ab":
        (tmp_path / f"test_together_{letter}.py").write_text(TESTS.format(seconds=0))
    # Slow enough for the worker that has the group to come back and take some of these.
    for letter in "abcdef":
        (tmp_path / f"test_apart_{letter}.py").write_text(TESTS.format(seconds=0.02))
    printed = run_by_two(tmp_path)
    ran = re.findall(r"\[(gw\d)\] \[ *\d+%\] PASSED (test_\w+)\.py", printed)
    files = {test for _worker, test in ran}
    workers = {name: {worker for worker, test in ran if test == name} for name in files}
    assert len(ran) == 8 * 12, printed
    assert workers["test_together_a"] == workers["test_together_b"]
    assert all(len(those) == 1 for those in workers.values()), "a file is on both workers"
    assert set.union(*workers.values()) == {"gw0", "gw1"}
    # The group is said to take longest: it begins first though each other file has as many tests.
    assert [test for _worker, test in ran].index("test_together_a") < 12


@pytest.mark.slow
def test_a_crash_fails_its_test_alone_and_what_its_worker_had_left_is_run_by_others(tmp_path):
    for letter in "abcd":
        (tmp_path / f"test_apart_{letter}.py").write_text(TESTS.format(seconds=0.02))
    # By the time of the crash, its worker has done a whole group and holds the half of another.
    (tmp_path / "test_crash.py").write_text(CRASH)
    printed = run_by_two(tmp_path)
    assert re.findall(r"^FAILED (\S+)", printed, re.MULTILINE) == ["test_crash.py::test_it[2]"]
    assert len(set(re.findall(r"PASSED (\S+)", printed))) == 4 * 12 + 3, printed


def run_by_two(folder: Path) -> str:
    (folder / "conftest.py").write_text(CONFTEST)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "-v", "-c", "/dev/null", "--rootdir", ".",
         "-p", "no:cacheprovider", "-p", "xdist", "."],
        cwd=folder,
        # Three processes, each of which would load every plugin there is.
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )  # fmt: skip
    return done.stdout

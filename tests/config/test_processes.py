"""Processes that start and end together: asked kindly, then killed with all that they started."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from config import processes
from config.processes import ProcessGroup
from tests.jobs.field import is_gone, wait_until

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + SLEEPER
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]);" + DEAF


@pytest.fixture
def group(tmp_path):
    with (tmp_path / "out.log").open("w+b") as output:
        made = ProcessGroup(output=output)
        yield made
        for process in made.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def start(group, name, code, *, lines=1):
    """Start a program and wait until it says that it is up."""
    said = len(printed(group)) + lines
    group.start(name, [sys.executable, "-c", code], env={})
    wait_until(lambda: len(printed(group)) >= said, f"{name} to be up")
    return psutil.Process(group.running[name].pid)


def printed(group):
    return Path(group.output.name).read_text().split()


def test_each_has_a_session_of_its_own_and_the_environment_it_is_given(group):
    code = "import os; print(os.environ['WHO'], os.getsid(0) == os.getpid())"
    group.start("one", [sys.executable, "-c", code], env={"WHO": "me"})
    group.running["one"].wait()
    assert printed(group) == ["me", "True"]


def test_one_that_ended_by_itself_is_named(group):
    start(group, "lasting", SLEEPER)
    assert group.ended() is None
    start(group, "brief", "print('up', flush=True)")
    group.running["brief"].wait()
    assert group.ended() == "brief"


def test_asked_to_end_they_do_and_nobody_waits_for_it(group):
    asked = [start(group, name, SLEEPER) for name in ("one", "two")]
    deaf = start(group, "deaf", DEAF)
    began = time.monotonic()
    group.ask_to_end()
    assert time.monotonic() - began < 5
    wait_until(lambda: all(map(is_gone, asked)), "both to end")
    assert not is_gone(deaf)


def test_one_that_does_not_heed_it_is_killed_with_what_it_started(group, monkeypatch):
    monkeypatch.setattr(processes, "GRACE_S", 0.2)
    deaf = start(group, "deaf", PARENT, lines=2)
    [child] = deaf.children()
    kind = start(group, "kind", SLEEPER)
    group.stop()
    assert group.running == {}
    assert is_gone(kind)
    wait_until(lambda: is_gone(deaf) and is_gone(child), "the deaf one and its child to end")


def test_stopped_after_it_was_asked_to_end_it_is_waited_for(group):
    one = start(group, "one", SLEEPER)
    group.ask_to_end()
    group.stop()
    assert is_gone(one)
    assert group.running == {}


def test_a_copy_is_one_of_the_group_with_a_session_and_an_output_of_its_own(group):
    def tell() -> None:
        apart = os.getsid(0) == os.getpid()
        os.write(1, f"{apart} ".encode())
        os.write(2, b"both")

    group.start_copy("copy", tell)
    assert group.running["copy"].wait() == 0
    assert printed(group) == ["True", "both"]
    assert group.ended() == "copy"


def test_a_copy_ends_when_it_is_asked_and_with_its_parent(group, tmp_path):
    group.start_copy("copy", lambda: time.sleep(600))
    copy = psutil.Process(group.running["copy"].pid)
    group.stop()
    assert is_gone(copy)
    code = (
        "import os, time; from config.processes import ProcessGroup; group = ProcessGroup();"
        "group.start_copy('copy', lambda: (print(os.getpid(), flush=True), time.sleep(600)));"
        "time.sleep(600)"
    )
    parent = start(group, "parent", code)
    orphan = psutil.Process(int(printed(group)[-1]))
    parent.kill()
    wait_until(lambda: is_gone(orphan), "the copy to end with its parent")


def test_a_copy_that_fails_says_with_what(group):
    code = (
        "from config.processes import ProcessGroup; group = ProcessGroup();"
        "group.start_copy('copy', lambda: 1 / 0); print(group.running['copy'].wait())"
    )
    group.start("parent", [sys.executable, "-c", code], env={})
    assert group.running["parent"].wait() == 0
    assert "ZeroDivisionError:" in printed(group)
    assert printed(group)[-1] == "1"


def test_one_alone_is_ended_at_once_and_the_others_go_on(group):
    deaf, other = start(group, "deaf", DEAF), start(group, "other", SLEEPER)
    assert not group.has_ended("deaf")

    group.end("deaf")

    assert is_gone(deaf)
    assert other.is_running()
    assert group.has_ended("deaf")
    assert list(group.running) == ["other"]


def test_one_that_was_never_started_has_ended_and_is_no_trouble_to_end(group):
    assert group.has_ended("nobody")
    group.end("nobody")
    assert group.running == {}

"""Copies of the process: what they do is theirs, how they ended is known, nothing of them stays."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest

from generation.rendering import copies


@pytest.fixture(autouse=True)
def nobody_stays():
    before = {child.pid for child in psutil.Process().children()}
    yield
    assert {child.pid for child in psutil.Process().children()} == before


def test_a_copy_does_the_work_and_leaves_us_as_we_were(tmp_path):
    ours = []
    copy = copies.begin(lambda: ours.append((tmp_path / "who").write_text(str(os.getpid()))))
    assert copies.did_all(copy)
    assert (tmp_path / "who").read_text() == str(copy)
    assert ours == []


def test_one_that_failed_or_was_killed_did_not_do_all(capfd):
    assert not copies.did_all(copies.begin(lambda: 1 / 0))
    assert not copies.did_all(copies.begin(lambda: os.kill(os.getpid(), signal.SIGKILL)))
    assert capfd.readouterr().err == ""


def test_one_that_is_ended_works_on_nothing_any_more_even_if_it_was_done():
    began = time.monotonic()
    copies.end(copies.begin(lambda: time.sleep(60)))
    assert time.monotonic() - began < 30
    done = copies.begin(lambda: None)
    while psutil.Process(done).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    copies.end(done)

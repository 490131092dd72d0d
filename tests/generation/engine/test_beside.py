"""Bytes that a copy of the process makes while this one does something else."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest

from generation.engines.beside import made_beside


def copies():
    return {child.pid for child in psutil.Process().children()}


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    before = copies(), psutil.Process().num_fds()
    yield
    assert (copies(), psutil.Process().num_fds()) == before


def test_the_bytes_are_made_in_a_copy_and_the_rest_is_done_here():
    done = []
    made = made_beside(lambda: str(os.getpid()).encode(), lambda: done.append(os.getpid()))
    assert done == [os.getpid()]
    assert int(made) != os.getpid()


def test_both_happen_at_the_same_time(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"

    def meet(mine, other):
        mine.touch()
        until = time.monotonic() + 20
        while not other.exists() and time.monotonic() < until:
            time.sleep(0.01)
        return b"met" if other.exists() else b"alone"

    here = []
    made = made_beside(lambda: meet(theirs, ours), lambda: here.append(meet(ours, theirs)))
    assert (made, here) == (b"met", [b"met"])


@pytest.mark.parametrize("size", [0, 1, 3 << 20])
def test_any_number_of_bytes_comes_back(size):
    made = made_beside(lambda: bytes(range(256)) * (size // 256) or b"x" * size, lambda: None)
    assert len(made) == size


def test_what_a_killed_copy_did_not_finish_is_done_here():
    here = os.getpid()

    def work():
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"done"

    assert made_beside(work, lambda: None) == b"done"


def test_what_is_wrong_with_the_work_is_raised_here_after_the_rest_was_done(capfd):
    done = []

    def work():
        raise LookupError("no chord fits")

    with pytest.raises(LookupError, match="no chord fits"):
        made_beside(work, lambda: done.append("loaded"))
    assert done == ["loaded"]
    assert capfd.readouterr().err == "", "the copy says nothing of its own"


def test_what_goes_wrong_here_ends_the_copy_at_once():
    def meanwhile():
        raise OSError("no font")

    began = time.monotonic()
    with pytest.raises(OSError, match="no font"):
        made_beside(lambda: time.sleep(60) or b"", meanwhile)
    assert time.monotonic() - began < 30

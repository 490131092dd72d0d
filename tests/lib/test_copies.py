"""Copies of the process: what they do is theirs, how they ended is known, nothing of them stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from config.lib.copies import Copy


def forever():
    time.sleep(60)


@pytest.fixture(autouse=True)
def nobody_stays():
    before = {child.pid for child in psutil.Process().children()}, psutil.Process().num_fds()
    yield
    after = {child.pid for child in psutil.Process().children()}, psutil.Process().num_fds()
    assert after == before


def test_a_copy_does_the_work_and_leaves_us_as_we_were(tmp_path):
    ours = []
    copy = Copy(lambda: ours.append((tmp_path / "who").write_text(str(os.getpid()))))
    assert copy.did_all()
    assert (tmp_path / "who").read_text() == str(copy.pid)
    assert ours == []


def test_one_that_failed_or_was_killed_did_not_do_all(capfd):
    failed, killed = Copy(lambda: 1 / 0), Copy(lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert not failed.did_all()
    assert not killed.did_all()
    assert (failed.returncode, killed.returncode) == (1, -signal.SIGKILL)
    assert capfd.readouterr().err == ""


def test_one_that_is_ended_works_on_nothing_any_more_even_if_it_was_done():
    began = time.monotonic()
    Copy(forever).end()
    assert time.monotonic() - began < 30
    done = Copy(lambda: None)
    while psutil.Process(done.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    done.end()
    assert done.returncode == 0
    done.end()  # and once more is harmless: nobody else under its number is killed


def test_waiting_has_an_end():
    copy = Copy(forever)
    with pytest.raises(subprocess.TimeoutExpired):
        copy.wait(0.05)
    assert copy.poll() is None
    copy.terminate()
    assert copy.wait(30) == -signal.SIGTERM
    assert copy.poll() == -signal.SIGTERM
    assert copy.wait() == -signal.SIGTERM


def test_what_we_do_about_signals_is_not_what_a_copy_does(monkeypatch):
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        copy = Copy(forever)
        while copy.poll() is None:  # asked before it had begun, it would do as we do
            copy.terminate()
            time.sleep(0.01)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert copy.returncode == -signal.SIGTERM


def test_what_waits_to_be_printed_is_printed_once_and_what_a_copy_prints_too():
    code = (
        "from config.lib.copies import Copy; print('ours', end=' ');"
        "Copy(lambda: print('theirs', end=' ')).did_all(); print('ours again', end='')"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "ours theirs ours again"


def test_a_signal_that_comes_while_we_are_copied_does_not_unwind_our_stack_in_the_copy(
    monkeypatch, tmp_path
):
    fork, unwound = os.fork, tmp_path / "unwound"

    def fork_and_be_asked_to_end():
        if (pid := fork()) == 0:
            os.kill(os.getpid(), signal.SIGTERM)
        return pid

    def as_ctrl_c(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fork", fork_and_be_asked_to_end)
    before = signal.signal(signal.SIGTERM, as_ctrl_c)
    try:
        copy = Copy(forever)
    except KeyboardInterrupt:  # only a copy that does as we do comes here
        unwound.touch()
        os._exit(7)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert copy.wait(30) == -signal.SIGTERM
    assert not unwound.exists()
    assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_what_a_copy_fails_with_reaches_whoever_hears_of_unhandled_errors(monkeypatch, tmp_path):
    heard = tmp_path / "heard"
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: heard.write_text(kind.__name__))
    assert not Copy(lambda: 1 / 0).did_all()
    assert not heard.exists()
    assert not Copy(lambda: 1 / 0, tells=True).did_all()
    assert heard.read_text() == "ZeroDivisionError"


@pytest.mark.parametrize(("code", "status"), [(None, 0), (3, 3), ("no", 1)])
def test_leaving_is_no_failure_of_its_own(code, status):
    assert Copy(lambda: sys.exit(code), tells=True).wait() == status

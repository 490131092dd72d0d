"""Copies of this process that do one thing and end (fork(2)): they know all that we know.

Nothing of ours is theirs to close: no connection, no file, no handler at exit. So what a copy does may
use nothing that this process shares with others. Only what has no other threads is copied: a lock that
one of them held would stay locked. Sentry's sender is one, so what waits for it is sent first.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NoReturn

ENDINGS = (signal.SIGINT, signal.SIGTERM)
REPORTED_WITHIN_S = 2.0


class Copy:
    """One copy, begun at once; what is asked of it has the names of ``subprocess.Popen``.

    One that ``tells`` reports the error that it ends with, as a program would. Else that is left to
    whoever does the work again when a copy has not done it.
    """

    def __init__(self, work: Callable[[], object], *, tells: bool = False) -> None:
        _flush()  # else both would print what waits
        _send_reports()
        self.returncode: int | None = None
        # Held back until the copy does not answer them as we do, by unwinding what called us here.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _do(work, tells=tells, signals=before)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def poll(self) -> int | None:
        """Return how it ended, a signal's number below zero, or None while it lives."""
        if self.returncode is None:
            self._ended(*os.waitpid(self.pid, os.WNOHANG))
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return how it was.

        Raises
        ------
        subprocess.TimeoutExpired
            If it still lives after ``timeout`` seconds.
        """
        while (code := self.poll()) is None:
            if timeout is None:
                self._ended(*os.waitpid(self.pid, 0))
            elif not _ends_within(self.pid, timeout):
                raise subprocess.TimeoutExpired("a copy of this process", timeout)
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._send(signal.SIGKILL)

    def end(self) -> None:
        """End it at once and wait for it; afterwards it works on nothing any more."""
        self.kill()
        self.wait()

    def did_all(self) -> bool:
        """Wait for its end; return whether it did all of its work, not killed and not failed."""
        return self.wait() == 0

    def _send(self, signum: signal.Signals) -> None:
        if self.poll() is None:  # its number may be somebody else's by now
            os.kill(self.pid, signum)

    def _ended(self, pid: int, status: int) -> None:
        if pid:
            self.returncode = os.waitstatus_to_exitcode(status)


def _do(work: Callable[[], object], *, tells: bool, signals: Iterable[int]) -> NoReturn:
    status = 1
    try:
        for signum in ENDINGS:
            signal.signal(signum, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        work()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        if tells:
            sys.excepthook(*sys.exc_info())
            _send_reports()
        raise
    finally:
        _flush()
        os._exit(status)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # there is none, or it is closed
            stream.flush()


def _send_reports() -> None:
    if (sentry := sys.modules.get("sentry_sdk")) is not None:
        sentry.flush(timeout=REPORTED_WITHIN_S)


def _ends_within(pid: int, timeout: float) -> bool:
    """Return whether a child of ours, not waited for yet, ends in time."""
    end = os.pidfd_open(pid)
    try:
        return bool(select.select([end], [], [], max(0.0, timeout))[0])
    finally:
        os.close(end)

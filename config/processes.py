"""Start a few processes, watch them, and end them all together.

Programs of their own, or copies of this process (fork), which have loaded all that they need.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from config.lib.copies import Copy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
GRACE_S = 15


def _end_with_parent() -> None:
    """In the child: get SIGTERM when the parent dies, however it dies (Linux only)."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class ProcessGroup:
    """Processes that live and end together; each is the leader of a session of its own."""

    running: dict[str, subprocess.Popen[bytes] | Copy] = field(default_factory=dict)
    output: IO[bytes] | None = None
    """Where what they print goes; None: where ours goes."""

    def start(self, name: str, command: Sequence[str], *, env: Mapping[str, str]) -> None:
        """Start ``command`` under ``name`` with ``env`` on top of this process's environment."""
        self.running[name] = subprocess.Popen(  # noqa: S603 - our own command lines
            command,
            env={**os.environ, **env},
            stdout=self.output,
            stderr=self.output,
            start_new_session=True,  # Ctrl-C reaches only us; we end the others in order
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - no threads at this point
        )

    def start_copy(self, name: str, work: Callable[[], object]) -> None:
        """Do ``work`` in a copy of this process, which may have no other threads, under ``name``.

        The caller closes what may have one owner only, such as a connection to the database.
        """

        parent = os.getpid()

        def apart() -> None:
            os.setsid()
            _end_with_parent()
            if os.getppid() != parent:  # it died before the line above
                return
            if self.output is not None:
                for standard in (1, 2):
                    os.dup2(self.output.fileno(), standard)
            work()

        self.running[name] = Copy(apart, tells=True)

    def ended(self) -> str | None:
        """Return the name of a process that has ended by itself, or None."""
        return next((name for name, p in self.running.items() if p.poll() is not None), None)

    def has_ended(self, name: str) -> bool:
        """Return whether one of them has ended by itself, or was not started."""
        process = self.running.get(name)
        return process is None or process.poll() is not None

    def end(self, name: str) -> None:
        """End one of them at once, and wait for it; nothing where it was not started."""
        if (process := self.running.pop(name, None)) is not None:
            process.kill()
            process.wait()

    def ask_to_end(self) -> None:
        """Ask every process to end, newest first, and do not wait for it."""
        for process in reversed(self.running.values()):
            if process.poll() is None:
                process.terminate()

    def stop(self) -> None:
        """Ask every process to end, and kill the whole group of one that will not."""
        self.ask_to_end()
        deadline = time.monotonic() + GRACE_S
        for process in reversed(self.running.values()):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()

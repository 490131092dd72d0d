"""The worker's end of a child process: start it, give it a job, hear its reply, kill it."""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Self

from django.conf import settings

from config.jobs import child
from config.jobs.replies import Reply
from config.lib.copies import Copy

TAIL_BYTES = 2_000
CHUNK_BYTES = 65_536


@dataclass
class Child:
    """A child process in a session of its own, so that it is killed with all it started.

    Orders go down one pipe, replies come up another, and what it prints comes up a third: it is
    passed on to the worker's log while the last part is kept to explain a crash.
    """

    process: Copy
    orders: IO[bytes]
    printed: IO[bytes]
    replies: int
    ended: int
    jobs_left: int
    used_at: float = field(default_factory=time.monotonic)
    _heard: bytes = b""
    _tail: bytes = b""

    @classmethod
    def start(cls, *, jobs: int) -> Self:
        """Start a child that will serve ``jobs`` jobs; call it from the main thread."""
        replies, reply_end = os.pipe()
        order_end, orders = os.pipe()
        printed, print_end = os.pipe()
        theirs = child.Pipes(orders=order_end, printed=print_end, replies=reply_end)
        ours = (orders, printed, replies)
        worker, idle_s = os.getpid(), settings.JOBS_WARM_IDLE_S

        def serve() -> None:
            for end in ours:
                os.close(end)
            child.serve(theirs, worker=worker, jobs=jobs, idle_s=idle_s)

        process = Copy(serve, tells=True)
        for end in vars(theirs).values():
            os.close(end)
        return cls(
            process,
            orders=os.fdopen(orders, "wb"),
            printed=os.fdopen(printed, "rb"),
            replies=replies,
            ended=os.pidfd_open(process.pid),
            jobs_left=jobs,
        )

    @property
    def is_usable(self) -> bool:
        """Return whether it lives, may take another job, and is not about to end for idleness."""
        idle_s = time.monotonic() - self.used_at
        return (
            self.jobs_left > 0 and idle_s < 0.8 * settings.JOBS_WARM_IDLE_S and not self._has_ended
        )

    def order(self, *, job_id: int, attempt: int) -> None:
        """Hand it a job that is claimed already. A child that died meanwhile shows in ``wait``."""
        self.jobs_left -= 1
        line = json.dumps({"job_id": job_id, "attempt": attempt}).encode() + b"\n"
        with suppress(BrokenPipeError):
            self.orders.write(line)
            self.orders.flush()

    def wait(self, timeout_s: float) -> Reply | None:
        """Pass on what it prints until it replies or dies, or ``timeout_s`` is over (None)."""
        printed = self.printed.fileno()
        until = time.monotonic() + timeout_s
        with selectors.DefaultSelector() as waiting:
            for source in (self.replies, printed, self.ended):
                waiting.register(source, selectors.EVENT_READ)
            while True:
                ready = {key.fd for key, _ in waiting.select(max(0.0, until - time.monotonic()))}
                if printed in ready and not self._pass_on(printed):
                    waiting.unregister(printed)
                if self.replies in ready and not self._hear():
                    waiting.unregister(self.replies)
                if (reply := self._reply()) is not None:
                    self.used_at = time.monotonic()
                    return reply
                if self.ended in ready:
                    return self._last_words(printed)
                if time.monotonic() >= until:
                    return None

    def kill(self) -> None:
        """End it and everything it started, at once, and leave no zombie behind."""
        with suppress(ProcessLookupError):  # it and all of its group are gone
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.end()  # begun just now, it leads no group yet
        with suppress(BrokenPipeError):  # an order that it never read
            self.orders.close()
        self.printed.close()
        os.close(self.replies)
        os.close(self.ended)

    @property
    def _has_ended(self) -> bool:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.ended, selectors.EVENT_READ)
            return bool(waiting.select(0))

    def _pass_on(self, printed: int) -> bool:
        if not (chunk := os.read(printed, CHUNK_BYTES)):
            return False
        sys.stderr.buffer.write(chunk)
        sys.stderr.flush()
        self._tail = (self._tail + chunk)[-TAIL_BYTES:]
        return True

    def _hear(self) -> bool:
        chunk = os.read(self.replies, CHUNK_BYTES)
        self._heard += chunk
        return bool(chunk)

    def _reply(self) -> Reply | None:
        line, end, rest = self._heard.partition(b"\n")
        if not end:
            return None
        self._heard = rest
        return Reply(**json.loads(line))

    def _last_words(self, printed: int) -> Reply:
        """Read what a dead child still left in its pipes; without a reply, say how it died."""
        os.set_blocking(self.replies, False)
        os.set_blocking(printed, False)
        with suppress(BlockingIOError):  # a grandchild may still hold the other end
            while self._hear():
                pass
        with suppress(BlockingIOError):
            while self._pass_on(printed):
                pass
        if (reply := self._reply()) is not None:
            return reply
        code = os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT)
        how = f"exit {code.si_status}" if code is not None else "gone"
        if code is not None and code.si_code != os.CLD_EXITED:
            how = signal.Signals(code.si_status).name
        return Reply("died", f"child ended: {how}\n{self._tail.decode(errors='replace')}".strip())

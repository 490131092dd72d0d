"""What the client needs from outside: a gate, a memory and a clock, each shared or not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rights.domain.pacing import Admission


class Gate(Protocol):
    """Whether and when a service may be asked (:mod:`rights.domain.pacing`)."""

    def enter(self, *, longest_wait_s: float) -> Admission:
        """Reserve a call."""

    def succeeded(self) -> None:
        """Note that the service answered."""

    def failed(self) -> None:
        """Note that it did not."""

    def paused(self, seconds: float) -> None:
        """Note that it does not want to be asked for a while."""


class Memory(Protocol):
    """Answers that were given lately, by key. A value is anything that JSON can hold."""

    def recall(self, keys: Sequence[str]) -> dict[str, Any]:
        """Return what is known and not stale."""

    def remember(self, answers: Mapping[str, Any], *, ttl_s: float) -> None:
        """Keep answers for ``ttl_s`` seconds."""


class Clock(Protocol):
    """Time that a test may turn by hand."""

    def now(self) -> float:
        """Return seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Return seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

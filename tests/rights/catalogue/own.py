"""A gate and a memory of one process, by whatever clock they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rights.domain.pacing import (
    Admission,
    GatePolicy,
    GateState,
    enter,
    failed,
    paused,
    succeeded,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rights.catalogue.ports import Clock


class OwnGate:
    """A gate of one process."""

    def __init__(self, policy: GatePolicy, clock: Clock) -> None:
        self.policy, self._clock, self.state = policy, clock, GateState()

    def enter(self, *, longest_wait_s: float) -> Admission:
        """Reserve a call."""
        self.state, admission = enter(
            self.state, self.policy, now=self._clock.now(), longest_wait_s=longest_wait_s
        )
        return admission

    def succeeded(self) -> None:
        """Note that the service answered."""
        self.state = succeeded(self.state)

    def failed(self) -> None:
        """Note that it did not."""
        self.state = failed(self.state, self.policy, now=self._clock.now())

    def paused(self, seconds: float) -> None:
        """Note that it does not want to be asked for a while."""
        self.state = paused(self.state, now=self._clock.now(), seconds=seconds)


class OwnMemory:
    """Answers kept by one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: dict[str, tuple[float, Any]] = {}

    def recall(self, keys: Sequence[str]) -> dict[str, Any]:
        """Return what is known and not stale."""
        now = self._clock.now()
        found = {key: self._answers[key] for key in keys if key in self._answers}
        return {key: answer for key, (until, answer) in found.items() if now < until}

    def remember(self, answers: Mapping[str, Any], *, ttl_s: float) -> None:
        """Keep answers for ``ttl_s`` seconds."""
        until = self._clock.now() + ttl_s
        self._answers.update({key: (until, answer) for key, answer in answers.items()})

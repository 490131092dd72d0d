"""When an outside service may be asked: a pace for all workers, and a breaker. Pure.

The state of one service is a few numbers that every worker shares; whoever keeps them (a row in
PostgreSQL, a variable in a test) locks them, calls one of these functions with the time, and stores
what comes back.

* Pace: the generic cell rate algorithm (ITU-T I.371), a token bucket with one number: ``slot_at``,
  the earliest time of the next call at an even pace. A call may come ``burst - 1`` intervals early;
  later ones reserve a slot and are told how long to wait, so waiting callers keep their order.
* Breaker: after ``failures_to_open`` failures in a row nobody asks for ``open_s``; then one caller
  probes. Success closes it; another failure opens it for twice as long, up to ``longest_open_s``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """How often a service may be asked, and how many failures are too many."""

    rate_per_s: float = 10.0
    burst: int = 10
    failures_to_open: int = 5
    open_s: float = 15.0
    longest_open_s: float = 300.0
    probe_s: float = 30.0


@dataclass(frozen=True, slots=True)
class GateState:
    """What all workers know of a service; times are seconds since any common beginning."""

    slot_at: float = 0.0
    failures: int = 0
    openings: int = 0
    open_until: float = 0.0
    probe_until: float = 0.0

    @property
    def is_closed(self) -> bool:
        """Say whether nothing speaks against asking."""
        return self.openings == 0 and self.failures == 0


@dataclass(frozen=True, slots=True)
class Admission:
    """Ask after ``wait_s``, or, when not ``allowed``, come again after ``retry_after_s``."""

    allowed: bool
    wait_s: float = 0.0
    retry_after_s: float = 0.0
    broken: bool = False


def enter(
    state: GateState, policy: GatePolicy, *, now: float, longest_wait_s: float
) -> tuple[GateState, Admission]:
    """Reserve the next call, unless the breaker is open or its turn comes too late.

    Returns the state to store, which is the same object when nothing was reserved.
    """
    if state.openings:
        until = max(state.open_until, state.probe_until)
        if now < until:
            return state, Admission(False, retry_after_s=until - now, broken=True)
        state = replace(state, probe_until=now + policy.probe_s)  # half open: this caller probes
    interval = 1 / policy.rate_per_s
    slot = max(state.slot_at, now - (policy.burst - 1) * interval)
    wait = max(0.0, slot - now)
    if wait > longest_wait_s:
        return state, Admission(False, retry_after_s=wait)
    return replace(state, slot_at=slot + interval), Admission(True, wait_s=wait)


def succeeded(state: GateState) -> GateState:
    """Close the breaker: the service answers."""
    return replace(state, failures=0, openings=0, open_until=0.0, probe_until=0.0)


def failed(state: GateState, policy: GatePolicy, *, now: float) -> GateState:
    """Count a failure, and open the breaker when it is one too many or a probe's."""
    failures = state.failures + 1
    if state.openings and now < state.open_until:
        return replace(state, failures=failures)  # of a call that was under way as it opened
    if not state.openings and failures < policy.failures_to_open:
        return replace(state, failures=failures)
    openings = state.openings + 1
    pause = min(policy.longest_open_s, policy.open_s * 2 ** min(openings - 1, 30))
    return replace(
        state, failures=failures, openings=openings, open_until=now + pause, probe_until=0.0
    )


def paused(state: GateState, *, now: float, seconds: float) -> GateState:
    """Let nobody ask for ``seconds``: the service said that it is asked too often."""
    return replace(state, slot_at=max(state.slot_at, now + seconds), probe_until=0.0)

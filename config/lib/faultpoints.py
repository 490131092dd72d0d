"""Named points at which a test may let a process die: ``fault("payouts.reserved")``.

In the product nothing is armed and a point does nothing. A test arms one in a process that it has
forked, so that "between this line and the next" is a place and not a matter of luck.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_armed: dict[str, Callable[[], None]] = {}


def fault(name: str) -> None:
    """Do what a test has armed at this point, which is nothing."""
    if (act := _armed.get(name)) is not None:
        act()


def fault_arm(name: str, act: Callable[[], None]) -> None:
    """Let ``act`` happen at the point, in this process."""
    _armed[name] = act


def fault_disarm() -> None:
    """Let nothing happen any more."""
    _armed.clear()

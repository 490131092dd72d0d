"""What a child says of an attempt, or what is said of one that can say nothing any more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """How an attempt ended, by the child's own word, or ``died`` when it could say none."""

    outcome: str  # done, lease_lost, refused (for good), failed (try again), died
    error: str = ""
    code: str = ""

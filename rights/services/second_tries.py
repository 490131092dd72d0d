"""Songs whose identification waited for a service that was limited or down: asked again by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rights.models import Match
from rights.services.matching import match_retry

if TYPE_CHECKING:
    from datetime import datetime

WAIT = timedelta(minutes=3)
MOST_ROUNDS = 6
"""After so many rounds a person has to ask again."""
AT_ONCE = 20
"""A service that comes back is not overrun at once."""


def matches_try_again(*, now: datetime) -> int:
    """Begin another round for what has waited long enough; return how many. Safe to run again."""
    waiting = Match.objects.filter(
        state=Match.State.PROBLEM,
        problem_code="service_down",
        updated_at__lt=now - WAIT,
        round__lt=MOST_ROUNDS,
        track__deleted_at=None,
    )
    tried = list(waiting.order_by("updated_at")[:AT_ONCE])
    for match in tried:
        match_retry(match=match, actor=None)
    return len(tried)

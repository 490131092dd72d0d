"""The look every three minutes at songs that wait for a service outside."""

from __future__ import annotations

import structlog
from django.utils import timezone

from rights.services.second_tries import matches_try_again

log = structlog.get_logger(__name__)


def sweep(**_ignored: object) -> None:
    """Ask again where a service was limited or down; run every three minutes."""
    tried = matches_try_again(now=timezone.now())
    if tried:
        log.info("matches_tried_again", matches=tried)

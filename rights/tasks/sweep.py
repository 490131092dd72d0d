"""The look every three minutes: at songs that wait for a service outside, at audio left behind."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.utils import timezone

from rights.services.audio_leftovers import import_audio_purge
from rights.services.second_tries import matches_try_again

AUDIO_KEPT = timedelta(days=30)

log = structlog.get_logger(__name__)


def sweep(**_ignored: object) -> None:
    """Ask again where a service was limited or down, and forget what was never read."""
    now = timezone.now()
    tried = matches_try_again(now=now)
    if tried:
        log.info("matches_tried_again", matches=tried)
    forgotten = import_audio_purge(now=now, older_than=AUDIO_KEPT)
    if forgotten:
        log.info("delivered_audio_forgotten", deliveries=forgotten)

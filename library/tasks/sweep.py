"""The hourly look for what the library may forget."""

from __future__ import annotations

import structlog
from django.utils import timezone

from library.services.retention import library_sweep

log = structlog.get_logger(__name__)


def sweep(**_ignored: object) -> None:
    """End uploads that stopped and purge tracks that were deleted; run every hour."""
    ended, purged = library_sweep(now=timezone.now())
    if ended or purged:
        log.info("library_swept", uploads_ended=ended, tracks_purged=purged)

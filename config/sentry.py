"""Error reports to Sentry, only when ``SENTRY_DSN`` is set, and without what is nobody's business."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import structlog

from config.lib.redaction import redact

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

# Of a request only these reach a report; never its body, cookies or headers of the session.
REQUEST_FIELDS = frozenset({"method", "url"})
LEVELS = 30


def start(*, dsn: str, environment: str) -> None:
    """Send unhandled errors from now on; no personal data, no local variables, no bodies."""
    import sentry_sdk  # noqa: PLC0415 - 25 MB that an installation without reports does not pay

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=20,
        traces_sample_rate=0.0,
        before_send=scrub,
    )


def scrub(event: Event, hint: Hint) -> Event:
    """Return the report without secrets; a person is a number in it."""
    report = cast("dict[str, Any]", event)
    request = report.get("request") or {}
    report["request"] = {name: request[name] for name in REQUEST_FIELDS & request.keys()}
    user = report.get("user") or {}
    report["user"] = {"id": user["id"]} if "id" in user else {}
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id:
        report["tags"] = {**(report.get("tags") or {}), "request_id": request_id}
    return cast("Event", redact(report, levels=LEVELS))

"""What goes over the wire at Stripe: forms with brackets in, objects and lists out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from config.sandbox.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_A_PAGE = 100
TYPES = {400: "invalid_request_error", 401: "invalid_request_error", 429: "rate_limit_error"}


class RefusedError(Exception):
    """Stripe says no: a status, its code, and words."""

    def __init__(self, status: int, code: str, message: str, *, kind: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.kind = kind or ("api_error" if status >= 500 else TYPES.get(status, TYPES[400]))


def error_reply(status: int, message: str, *, code: str = "", kind: str = "") -> Reply:
    """Return Stripe's envelope: ``error`` with type, message and sometimes a code."""
    told = RefusedError(status, code, message, kind=kind)
    error = {"type": told.kind, "message": message, **({"code": code} if code else {})}
    return json_reply(status, {"error": error}, headers={"Request-Id": "req_sandbox"})


def fields_of(request: Request) -> dict[str, Any]:
    """Return what was sent: JSON for v2, a form (or a query) with ``a[b]`` and ``a[0]`` for v1.

    Raises
    ------
    RefusedError
        If it is neither.
    """
    if request.method == "GET":
        return _unfolded(request.query_string)
    if request.path.startswith("/v2/"):
        try:
            content = request.json()
        except ValueError as error:
            raise RefusedError(400, "", "Invalid JSON") from error
        if not isinstance(content, dict):
            raise RefusedError(400, "", "Send one JSON object")
        return content
    return _unfolded(request.body.decode("utf-8", "replace"))


def _unfolded(form: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        first, *inner = name.replace("]", "").split("[")
        place = found
        for key in inner:
            nested = place.setdefault(first, {})
            if not isinstance(nested, dict):
                raise RefusedError(400, "parameter_unknown", f"Invalid {name}")
            place, first = nested, key
        place[first] = value
    return found


def text(fields: Mapping[str, Any], name: str, *, most: int = 500) -> str:
    """Return a field that must be there.

    Raises
    ------
    RefusedError
        If it is not, or is too long.
    """
    value = fields.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise RefusedError(400, "parameter_missing", f"Missing required param: {name}.")
    return value


def number(fields: Mapping[str, Any], name: str) -> int:
    """Return a positive whole number that must be there."""
    value = str(fields.get(name, ""))
    if not (value.isascii() and value.isdecimal() and 0 < int(value) < 10**12):
        raise RefusedError(400, "parameter_invalid_integer", f"Invalid integer: {name}")
    return int(value)


def page(found: Sequence[dict[str, Any]], fields: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Return one page of a list, newest first, as ``limit`` and ``starting_after`` ask for it."""
    limit = min(MOST_A_PAGE, number(fields, "limit")) if "limit" in fields else 10
    since = int(fields.get("created", {}).get("gte", 0))
    rows = [one for one in reversed(found) if one["created"] >= since]
    if after := fields.get("starting_after"):
        ids = [one["id"] for one in rows]
        rows = rows[ids.index(after) + 1 :] if after in ids else []
    return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit, "url": url}


def moment(seconds: float) -> str:
    """Return a moment as v2 writes it."""
    return (
        datetime.fromtimestamp(seconds, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


def account_object(account: Mapping[str, Any]) -> dict[str, Any]:
    """Return an account as v2 tells of it."""
    status = account["status"]
    details = [] if status == "active" else [_detail(account)]
    transfers = {"status": status, "requested": True, "status_details": details}
    entries = [
        {"description": name, "awaiting_action_from": "user", "errors": []}
        for name in account["due"]
    ]
    return {
        "id": account["id"],
        "object": "v2.core.account",
        "applied_configurations": ["recipient"],
        "closed": account["closed"],
        "configuration": {
            "recipient": {
                "applied": True,
                "capabilities": {"stripe_balance": {"stripe_transfers": transfers}},
            }
        },
        "contact_email": account["email"],
        "created": moment(account["created"]),
        "dashboard": "express",
        "display_name": account["name"],
        "identity": {"country": account["country"]},
        "livemode": False,
        "metadata": account["metadata"],
        "requirements": {"entries": entries},
    }


def _detail(account: Mapping[str, Any]) -> dict[str, str]:
    if account["due"]:
        return {"code": "requirements_past_due", "resolution": "provide_info"}
    return {"code": "restricted_other", "resolution": "contact_stripe"}


def event_body(event: Mapping[str, Any]) -> bytes:
    """Return an event as it is sent: v1 with a snapshot, v2 thin."""
    if event["thin"]:
        content: dict[str, Any] = {
            "id": event["id"],
            "object": "v2.core.event",
            "type": event["type"],
            "created": moment(event["created"]),
            "livemode": False,
            "context": event["account"] or None,
            "related_object": {
                "id": event["object"]["id"],
                "type": event["object"]["object"],
                "url": f"/v2/core/accounts/{event['object']['id']}",
            },
        }
    else:
        content = {
            "id": event["id"],
            "object": "event",
            "api_version": "2026-10-28.endive",
            "type": event["type"],
            "created": event["created"],
            "livemode": False,
            "pending_webhooks": 1,
            "data": {"object": event["object"]},
            **({"account": event["account"]} if event["account"] else {}),
        }
    return json.dumps(content, separators=(",", ":")).encode()

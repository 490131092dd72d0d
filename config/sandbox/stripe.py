"""Stand-in for Stripe: its errors so far; a later change fills it."""

from __future__ import annotations

from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.service import NOT_BUILT, Service

CODES = {429: "rate_limit"}


class Stripe(Service):
    """Answers every call with an error."""

    name = "stripe"

    def answer(self, request: Request) -> Reply:
        """Say that nothing is built yet."""
        return self.error(501, NOT_BUILT)

    def error(self, status: int, message: str) -> Reply:
        """Return Stripe's envelope: ``error`` with type, message and sometimes a code."""
        kind = "api_error" if status >= 500 else "invalid_request_error"
        error = {"type": kind, "message": message}
        if status in CODES:
            error["code"] = CODES[status]
        return json_reply(status, {"error": error}, headers={"Request-Id": "req_sandbox"})

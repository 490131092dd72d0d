"""Stand-in for the distributor: its errors so far; a later change fills it.

No public description of Platoon's interface exists; this speaks Tenfold's own distributor port.
"""

from __future__ import annotations

from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.service import NOT_BUILT, Service


class Platoon(Service):
    """Answers every call with an error."""

    name = "platoon"

    def answer(self, request: Request) -> Reply:
        """Say that nothing is built yet."""
        return self.error(501, NOT_BUILT)

    def error(self, status: int, message: str) -> Reply:
        """Return a problem document (RFC 9457)."""
        problem = {"type": "about:blank", "title": message, "status": status}
        return json_reply(status, problem, content_type="application/problem+json")

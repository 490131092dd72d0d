"""Stand-in for Shazam's recognition service: its errors so far; a later change fills it."""

from __future__ import annotations

from config.sandbox.messages import Reply, Request
from config.sandbox.service import NOT_BUILT, Service


class Shazam(Service):
    """Answers every call with an error."""

    name = "shazam"

    def answer(self, request: Request) -> Reply:
        """Say that nothing is built yet."""
        return self.error(501, NOT_BUILT)

    def error(self, status: int, message: str) -> Reply:
        """Return an error as Shazam does: a status and, for 429, nothing; else a page of HTML."""
        if status == 429:
            return Reply(429)
        page = f"<html><body><h1>{status}</h1><p>{message}</p></body></html>".encode()
        return Reply(status, page, {"Content-Type": "text/html"})

"""One line per request, and the reference by which people and logs find each other."""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

log = structlog.get_logger(__name__)

# What a proxy may send as X-Request-ID; anything else could forge lines or flood them.
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
QUIET = frozenset({"livez", "readyz", "metrics"})


class RequestLogMiddleware:
    """Give each request an id, bind it to every line logged meanwhile, and log how it ended.

    Stands first, so that even what other middleware answers carries ``X-Request-ID``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()  # threads serve one request after another
        structlog.contextvars.bind_contextvars(request_id=request_id)
        start = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        self._log(request, response, time.perf_counter() - start)
        structlog.contextvars.clear_contextvars()
        return response

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        """Bind the person, by what the session says: no query beyond the one for the session."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return
        try:
            user_id = request.session.get(SESSION_KEY)
        except DatabaseError:  # the view says it better, and /readyz must be able to
            return
        if user_id is not None:
            structlog.contextvars.bind_contextvars(user_id=int(user_id))

    def _log(self, request: HttpRequest, response: HttpResponseBase, took_s: float) -> None:
        match = request.resolver_match
        view = match.view_name if match else ""
        if view in QUIET and response.status_code < 400:
            return
        write = log.error if response.status_code >= 500 else log.info
        write(
            "request",
            method=request.method,
            path=request.path,
            view=view,
            status=response.status_code,
            duration_ms=round(took_s * 1000, 1),
        )

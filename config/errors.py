"""The pages for 400, 403, 404, 429 and 500: what happened, what is safe, what to do.

The API answers with a problem document. A request for a fragment gets a fragment: htmx 4 swaps
errors in, and a whole page inside a progress bar would help nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from config.api.problems import is_api, problem

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

REFERENCE_LENGTH = 8
THEMES = {"light", "dark"}
# What the API answers instead of a page; a view of its own has said anything more precise before.
PROBLEMS = {
    400: "malformed",
    403: "forbidden",
    404: "not_found",
    429: "rate_limited",
    500: "internal_error",
}


@dataclass(frozen=True)
class Short:
    """An error in two sentences, for a fragment."""

    title: _StrPromise
    text: _StrPromise


SHORT = {
    400: Short(
        _("We could not read that request."),
        _("Nothing was changed. Reload the page and try again."),
    ),
    403: Short(
        _("Your role does not include this."),
        _("Nothing was changed. Ask an owner of the organisation for the right role."),
    ),
    404: Short(
        _("This is not here any more."),
        _("It was deleted, or belongs to another organisation. Reload the page to see what is."),
    ),
    429: Short(
        _("That was too often in a short time."),
        _("Nothing was done this time. Wait a few minutes, then try again."),
    ),
    500: Short(
        _("We made a mistake."),
        _("What was saved is safe. Reload the page; if this comes back, send us the reference."),
    ),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be understood."""
    return _answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known, but not allowed. The text of the exception is shown: it was written for people."""
    return _answer(request, 403, message=str(exception))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token was missing or too old."""
    return _answer(request, 403, is_csrf_failure=True)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or nothing that this person may see."""
    return _answer(request, 404)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: a rate limit was reached; nothing was done."""
    return _answer(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. No database, no session, no context processor is touched on the way out."""
    if is_api(request):
        return problem(request, PROBLEMS[500])
    theme = request.COOKIES.get("theme", "")
    context = {
        "language": get_language() or "en-gb",
        "theme": theme if theme in THEMES else "",
        "stylesheet": _stylesheet(),
        "reference": reference_of(request),
    }
    if _wants_fragment(request):
        return HttpResponse(_fragment(request, 500), status=500)
    return HttpResponse(render_to_string("errors/500.html", context), status=500)


def reference_of(request: HttpRequest) -> str:
    """Return what a person can read out, such as "7F2A-19C3": the start of the request's id.

    The id is in every log line of the request. It may come from a proxy, so only letters and
    figures are taken over; without an id there is no reference.
    """
    bound = structlog.contextvars.get_contextvars().get("request_id", "")
    plain = "".join(c for c in str(bound) if c.isascii() and c.isalnum()).upper()
    short = plain[:REFERENCE_LENGTH]
    half = REFERENCE_LENGTH // 2
    return f"{short[:half]}-{short[half:]}" if len(short) == REFERENCE_LENGTH else short


def _answer(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    if is_api(request):
        return problem(request, PROBLEMS[status])
    if _wants_fragment(request):
        return HttpResponse(_fragment(request, status), status=status)
    page = {"reference": reference_of(request), **context}
    return render(request, f"errors/{status}.html", page, status=status)


def _wants_fragment(request: HttpRequest) -> bool:
    """A boosted navigation selects #main from a full page; every other htmx request is partial."""
    return request.headers.get("HX-Request-Type") == "partial"


def _fragment(request: HttpRequest, status: int) -> str:
    short = SHORT[status]
    context = {"title": short.title, "text": short.text, "reference": reference_of(request)}
    return render_to_string("errors/fragment.html", context)


def _stylesheet() -> str:
    """Return the style sheet's address, or "" where the manifest that knows it is missing."""
    try:
        return staticfiles_storage.url("build/tenfold.css")
    except ValueError:
        return ""

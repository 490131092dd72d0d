"""From exceptions to problems: the framework's exception handler."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from config.api.limits import AddressLimit
from config.api.problems import BY_CODE, CONTENT_TYPE, Kind, ProblemError, problem_body
from config.lib.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping

# What the framework raises, by its class, most special first.
RAISED: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.ParseError, "malformed"),
    (exceptions.ValidationError, "invalid"),
    (exceptions.AuthenticationFailed, "token_unusable"),
    (exceptions.NotAuthenticated, "authentication_needed"),
    (exceptions.PermissionDenied, "forbidden"),
    (PermissionDenied, "forbidden"),
    (exceptions.NotFound, "not_found"),
    (Http404, "not_found"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.NotAcceptable, "not_acceptable"),
    (exceptions.UnsupportedMediaType, "unsupported_media_type"),
    (exceptions.Throttled, "rate_limited"),
    (DomainError, "conflict"),
)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer with a problem; None lets an unexpected error reach the log.

    Django's own handling of what nobody expected is kept on purpose: it logs, reports and calls
    ``handler500``, which answers under ``/api/`` with a problem too.
    """
    kind = _kind_of(error)
    if kind is not None and kind.status == 401 and (wait := _wait(context)) is not None:
        error = exceptions.Throttled(wait)
        kind = _kind_of(error)
    if kind is None:
        return None
    set_rollback()
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(ceil(wait))
    body = problem_body(kind, instance=context["request"].path, **_particulars(error))
    return Response(body, status=kind.status, headers=headers, content_type=CONTENT_TYPE)


def _wait(context: Mapping[str, Any]) -> float | None:
    """Count one more failed log-in; return the seconds to wait when there were too many.

    The framework looks at limits only after the log-in, so guessing would cost nothing.
    """
    limit = AddressLimit()
    if limit.allow_request(context["request"], context["view"]):
        return None
    return limit.wait() or 1.0


def _kind_of(error: Exception) -> Kind | None:
    if isinstance(error, ProblemError):
        return error.kind
    return next((BY_CODE[code] for raised, code in RAISED if isinstance(error, raised)), None)


def _particulars(error: Exception) -> dict[str, Any]:
    """Return what this very refusal adds to its catalogue entry."""
    if isinstance(error, DomainError):
        return {"code": error.code, "detail": error.message}
    if isinstance(error, exceptions.ValidationError):
        return {"errors": list(_pointed(error.get_full_details(), ""))}
    return {}


def _pointed(details: Any, pointer: str) -> list[dict[str, str]]:
    """Flatten nested details to one entry per fault, with a JSON pointer (RFC 6901)."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        return [
            {"pointer": pointer, "detail": str(details["message"]), "code": str(details["code"])}
        ]
    if isinstance(details, dict):
        return [
            fault
            for name, inner in details.items()
            for fault in _pointed(
                inner, pointer if name == "non_field_errors" else f"{pointer}/{name}"
            )
        ]
    return [fault for inner in details for fault in _pointed(inner, pointer)]

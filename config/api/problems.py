"""Every refusal of the API as RFC 9457 ``application/problem+json``.

``code`` is for programs and stays the same for good; ``detail`` is for people and may be reworded.
``type`` leads to the entry of the code on the reference page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry of the catalogue of problems."""

    code: str
    status: int
    title: str | _StrPromise
    detail: str | _StrPromise


KINDS = (
    Kind(
        "malformed",
        400,
        _("The request cannot be read"),
        _("The body is not valid JSON. Nothing was changed. Send valid JSON in UTF-8."),
    ),
    Kind(
        "invalid",
        400,
        _("Some values are not accepted"),
        _("Nothing was changed. `errors` names each value and what is wrong with it."),
    ),
    Kind(
        "idempotency_key_missing",
        400,
        _("An idempotency key is needed"),
        _(
            "Nothing was done. Send an Idempotency-Key header with a value of your own, such as a UUID."
        ),
    ),
    Kind(
        "authentication_needed",
        401,
        _("No token was sent"),
        _("Send the header `Authorization: Bearer tf_…` with a token from your settings."),
    ),
    Kind(
        "token_unusable",
        401,
        _("This token opens nothing"),
        _("It is mistyped, revoked or past its last day. Make a new one in your settings."),
    ),
    Kind(
        "forbidden",
        403,
        _("This is not allowed"),
        _("Nothing was changed. You are known, but you may not do this."),
    ),
    Kind(
        "scope_missing",
        403,
        _("This token may only read"),
        _("Nothing was changed. Make a token that may write, if your role allows it."),
    ),
    Kind(
        "role_missing",
        403,
        _("Your role does not allow this"),
        _("Nothing was changed. Ask an owner of the organisation for another role."),
    ),
    Kind(
        "organisation_missing",
        403,
        _("You belong to no organisation yet"),
        _("Log in and make an organisation first, or accept an invitation."),
    ),
    Kind(
        "not_found",
        404,
        _("There is nothing here"),
        _("It does not exist, or it belongs to an organisation that this token does not act for."),
    ),
    Kind(
        "method_not_allowed",
        405,
        _("This address does not know the method"),
        _("Nothing was changed. The Allow header lists the methods that it knows."),
    ),
    Kind(
        "not_acceptable",
        406,
        _("Only JSON is spoken here"),
        _("Send `Accept: application/json`, or leave the header out."),
    ),
    Kind(
        "conflict",
        409,
        _("The state of the thing does not allow this"),
        _("Nothing was changed. Read the thing again; `code` says which rule was in the way."),
    ),
    Kind(
        "unsupported_media_type",
        415,
        _("The body must be JSON"),
        _("Nothing was changed. Send `Content-Type: application/json`."),
    ),
    Kind(
        "rate_limited",
        429,
        _("Too many requests"),
        _("Nothing was done. Wait as many seconds as Retry-After says, then go on."),
    ),
    Kind(
        "internal_error",
        500,
        _("A fault of ours"),
        _("It has been recorded. Try again later; if it stays, tell support the `reference`."),
    ),
)
BY_CODE = {kind.code: kind for kind in KINDS}


class ProblemError(APIException):
    """Raise one entry of the catalogue by its code; a 401 brings its challenge along."""

    def __init__(self, code: str, *, auth_header: str | None = None) -> None:
        self.kind = BY_CODE[code]
        super().__init__(detail=str(self.kind.detail), code=code)
        self.status_code = self.kind.status
        self.auth_header = auth_header


def is_api(request: HttpRequest) -> bool:
    """Say whether the request came to the API, where every refusal is a problem."""
    return request.path.startswith("/api/") and request.path != "/api/docs/"


def problem(request: HttpRequest, code: str, **particulars: Any) -> JsonResponse:
    """Answer with a problem outside the framework: unknown paths and faults of ours."""
    kind = BY_CODE[code]
    if kind.status >= 500:
        particulars["reference"] = structlog.contextvars.get_contextvars().get("request_id", "")
    body = problem_body(kind, instance=request.path, **particulars)
    return JsonResponse(body, status=kind.status, content_type=CONTENT_TYPE)


def problem_body(kind: Kind, *, instance: str, **particulars: Any) -> dict[str, Any]:
    """Return the members of the problem; ``particulars`` go over those of the catalogue."""
    return {
        "type": f"{settings.SITE_URL}/api/docs/#problem-{kind.code}",
        "title": str(kind.title),
        "status": kind.status,
        "detail": str(kind.detail),
        "code": kind.code,
        "instance": instance,
        **particulars,
    }

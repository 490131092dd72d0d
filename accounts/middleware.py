"""Attach the organisation that the person acts for to the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.functional import SimpleLazyObject

from accounts.constants import SESSION_ORGANISATION
from accounts.selectors import membership_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class OrganisationMiddleware:
    """Set ``request.membership``, lazily: a page that does not ask pays no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: membership_current(
                user=request.user, organisation_id=request.session.get(SESSION_ORGANISATION)
            )
        )
        return self.get_response(request)

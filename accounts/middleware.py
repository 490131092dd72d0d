"""What is attached to each request, and what is put right in its answer."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pghistory
import structlog
from allauth.usersessions.models import UserSession
from django.forms import BaseForm
from django.utils.functional import SimpleLazyObject
from pghistory.middleware import HistoryMiddleware

from accounts.constants import SESSION_ORGANISATION, SESSION_SEEN, SESSION_SEEN_RESOLUTION_S
from accounts.selectors import membership_current, memberships_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.template.response import TemplateResponse

    from accounts.models import Membership


class OrganisationMiddleware:
    """Set ``request.memberships`` and ``request.membership``, the one that the person acts under.

    Lazily: a page that does not ask pays no query. They are read again in every request, so a
    person who was removed loses access at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.memberships = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: memberships_of(request.user) if request.user.is_authenticated else []
        )
        request.membership = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: _membership(request)
        )
        return self.get_response(request)


def _membership(request: HttpRequest) -> Membership | None:
    """Return the current membership; from now on every line logged names its organisation."""
    membership = membership_current(
        request.memberships,  # type: ignore[attr-defined]
        organisation_id=request.session.get(SESSION_ORGANISATION),
    )
    if membership is not None:
        structlog.contextvars.bind_contextvars(organisation_id=str(membership.organisation_id))
    return membership


class FailedFormMiddleware:
    """Answer 422 where allauth would send a form with errors as 200.

    Like every form of the product; and a password manager then does not take a wrong password
    for the right one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        """Look for a bound form with errors among what the page shows."""
        match = request.resolver_match
        is_allauth = match is not None and match.func.__module__.startswith("allauth.")
        if is_allauth and request.method == "POST" and response.status_code == HTTPStatus.OK:
            shown = (response.context_data or {}).values()
            if any(isinstance(item, BaseForm) and item.is_bound and item.errors for item in shown):
                response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


class LastSeenMiddleware:
    """Note when and from where a session was last used, for the list of sessions.

    allauth's own middleware writes on every request; pages that poll would write every second or
    two. Here the session itself remembers when the row was last brought up to date.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get(SESSION_SEEN, 0) >= SESSION_SEEN_RESOLUTION_S:
                UserSession.objects.create_from_request(request)
                request.session[SESSION_SEEN] = now
        return self.get_response(request)


class TrailMiddleware(HistoryMiddleware):
    """Give the row history its context: person, request and route.

    ``member_required`` adds the organisation. The route is the pattern, not the address: some
    addresses hold a secret (invitations, password resets), and the trail is kept for years.
    """

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what is known before the view runs."""
        return {
            "user": request.user.pk,
            "request_id": str(structlog.contextvars.get_contextvars().get("request_id", "")),
        }

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        """Add the route, known once the address is resolved."""
        if request.resolver_match is not None:
            pghistory.context(url=request.resolver_match.route)

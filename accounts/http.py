"""The request as views behind the log-in see it, and the decorators that make it so.

``member_required``   the person is logged in and acts for an organisation
``role_required``     … and has one of the named roles there
``recent_login_required``  … and has shown password, code or passkey within the last five minutes

Every object of another organisation is a 404; a missing role is a 403.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast
from urllib.parse import urlencode, urlsplit, urlunsplit

import pghistory
from allauth.account.decorators import reauthentication_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase
    from django_htmx.middleware import HtmxDetails

    from accounts.models import Membership, User

P = ParamSpec("P")


class PersonHttpRequest(HttpRequest):
    """A request whose person is known (behind ``login_required``)."""

    user: User
    htmx: HtmxDetails


class AuthenticatedHttpRequest(PersonHttpRequest):
    """A request of a member (behind ``member_required``); they act for ``membership``."""

    membership: Membership


def member_required(
    view: Callable[Concatenate[AuthenticatedHttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let members through; send others to log in, or to name their first organisation."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _detour(request, "account_login")
        membership = current_membership(request)
        if membership is None:
            return _detour(request, "accounts:organisation-create")
        member_request = cast("AuthenticatedHttpRequest", request)
        member_request.membership = membership
        # Joins the context that the middleware opened; without one it does nothing.
        pghistory.context(organisation=str(membership.organisation_id))
        return view(member_request, *args, **kwargs)

    return wrapper


def _detour(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send the person to the page ``name`` first, and from there back to where they were.

    A request for a part of a page, such as a poll, takes the whole page along: followed as a
    redirect, the log-in form would be put into a list. What answers a form cannot be asked for again;
    they come back to the page that the form stands on.
    """
    htmx = cast("PersonHttpRequest", request).htmx
    is_part = bool(htmx) and htmx.request_type == "partial"
    if is_part:
        back = htmx.current_url_abs_path or "/"
    elif request.method in {"GET", "HEAD"}:
        back = request.get_full_path()
    else:
        back = _came_from(request)
    there = f"{reverse(name)}?{urlencode({'next': back}, safe='/')}"
    return HttpResponseClientRedirect(there) if is_part else redirect(there)


def _came_from(request: HttpRequest) -> str:
    """Return the page of ours that a form was sent from, as the browser says; "/" where it does not."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure()):
        return "/"
    parts = urlsplit(page)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def role_required(
    *roles: str,
) -> Callable[
    [Callable[Concatenate[AuthenticatedHttpRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Let members with one of ``roles`` through; other members get the 403 page."""

    def decorator(
        view: Callable[Concatenate[AuthenticatedHttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def checked(
            request: AuthenticatedHttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if request.membership.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return member_required(checked)

    return decorator


def recent_login_required(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Ask for password, code or passkey again before something sensitive, then go on with it.

    A POST is kept and carried out after the answer. A log-in itself does not count as recent.
    """
    asked: Callable[Concatenate[HttpRequest, P], HttpResponseBase] = reauthentication_required(
        view, app="allauth.account"
    )
    return asked


def current_membership(request: HttpRequest) -> Membership | None:
    """Return the membership behind the middleware's lazy ``request.membership``, or None."""
    found = getattr(request, "membership", None)
    if isinstance(found, SimpleLazyObject):
        # A lazy None is not None: ask for its truth, then take what is inside.
        return cast("Membership", found._wrapped) if found else None  # noqa: SLF001
    return found


def next_url(request: HttpRequest) -> str:
    """Return the page that the form asks to go to, if it is one of ours, else the front page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("home")

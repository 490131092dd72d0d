"""Invitations as the invited person meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.constants import INVITATION_PURPOSE
from accounts.selectors.invitations import (
    invitation_by_digest,
    invitations_for,
    verified_addresses,
)
from accounts.services.invitations import (
    InvitationError,
    invitation_accept,
    invitation_decline,
)
from accounts.services.links import link_secret_digest
from accounts.views.organisations import act_for

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from accounts.http import PersonHttpRequest
    from accounts.models import Invitation, User


@require_safe
@never_cache
def invitation_show(request: HttpRequest, token: str) -> HttpResponse:
    """Say who invites to what, and offer what this visitor can do about it."""
    invitation = _by_token(token)
    if invitation is None:
        return render(request, "accounts/invitation_gone.html", status=404)
    is_mine = request.user.is_authenticated and invitation.email in verified_addresses(request.user)
    context = {
        "invitation": invitation,
        "is_mine": is_mine,
        "token": token,
        "address_hint": _hint(invitation.email),
    }
    response = render(request, "accounts/invitation_show.html", context)
    response["Referrer-Policy"] = "no-referrer"  # the address of this page is a secret
    return response


@require_POST
def invitation_refuse(request: HttpRequest, token: str) -> HttpResponse:
    """Decline with the mailed link; no account is needed for that."""
    invitation = _by_token(token)
    if invitation is None:
        return render(request, "accounts/invitation_gone.html", status=404)
    user = request.user if request.user.is_authenticated else None
    return _declined(request, invitation, user)


@require_POST
@login_required
def invitation_join(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Accept as the person with the invited address, and act for that organisation."""
    user = cast("PersonHttpRequest", request).user
    try:
        membership = invitation_accept(invitation_id=invitation_id, user=user)
    except InvitationError:
        return render(request, "accounts/invitation_gone.html", status=404)
    act_for(request, membership)
    messages.success(
        request,
        _("Welcome to %(organisation)s. Your role there: %(role)s.")
        % {"organisation": membership.organisation.name, "role": membership.get_role_display()},
    )
    return redirect("home")


@require_POST
@login_required
def invitation_turn_down(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Decline an invitation from one's list."""
    user = cast("PersonHttpRequest", request).user
    invitation = next((i for i in invitations_for(user) if i.pk == invitation_id), None)
    if invitation is None:
        raise Http404
    return _declined(request, invitation, user)


def _declined(request: HttpRequest, invitation: Invitation, user: User | None) -> HttpResponse:
    try:
        invitation_decline(invitation=invitation, user=user)
    except InvitationError:
        return render(request, "accounts/invitation_gone.html", status=404)
    messages.success(
        request,
        _("You declined the invitation to %(organisation)s. They can invite you again.")
        % {"organisation": invitation.organisation.name},
    )
    return redirect("accounts:organisation-list" if user else "home")


def _by_token(token: str) -> Invitation | None:
    return invitation_by_digest(link_secret_digest(token, purpose=INVITATION_PURPOSE))


def _hint(email: str) -> str:
    """Show enough of an address to recognise one's own: a link may have been passed on."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}…@{host}"

"""One's organisations: list, make, switch, rename."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.constants import SESSION_ORGANISATION
from accounts.forms.organisations import OrganisationForm, OrganisationNameForm
from accounts.http import PersonHttpRequest, current_membership, member_required, next_url
from accounts.policies import can_close_organisation, can_rename_organisation
from accounts.selectors import memberships_of
from accounts.selectors.closings import closing_pending
from accounts.selectors.invitations import invitations_for
from accounts.services.organisations import (
    OrganisationLimitError,
    organisation_create,
    organisation_rename,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.http import AuthenticatedHttpRequest
    from accounts.models import Membership


@require_safe
@login_required
def organisation_list(request: HttpRequest) -> HttpResponse:
    """List the person's organisations and the invitations that wait for them."""
    user = cast("PersonHttpRequest", request).user
    context = {"memberships": memberships_of(user), "invitations": invitations_for(user)}
    return render(request, "accounts/organisation_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def organisation_new(request: HttpRequest) -> HttpResponse:
    """Name a new organisation: the first thing a new person is asked."""
    user = cast("PersonHttpRequest", request).user
    form = OrganisationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = organisation_create(user=user, **form.cleaned_data)
        except OrganisationLimitError as refused:
            form.add_error(None, refused.message)
        else:
            act_for(request, membership)
            return redirect(next_url(request))
    context = {
        "form": form,
        "next": next_url(request),
        "is_first": current_membership(request) is None,
        "invitations": invitations_for(user),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/organisation_create.html", context, status=status)


@require_POST
@login_required
def organisation_switch(request: HttpRequest) -> HttpResponse:
    """Act for another of one's organisations from now on."""
    user = cast("PersonHttpRequest", request).user
    wanted = _uuid(request.POST.get("organisation", ""))
    membership = next((m for m in memberships_of(user) if m.organisation_id == wanted), None)
    if membership is None:
        raise Http404
    act_for(request, membership)
    messages.success(
        request, _("You now act for %(name)s.") % {"name": membership.organisation.name}
    )
    return HttpResponseRedirect(next_url(request))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def organisation_edit(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the organisation; owners rename it."""
    organisation = request.membership.organisation
    may_rename = can_rename_organisation(request.membership)
    if request.method == "POST" and not may_rename:
        raise PermissionDenied
    form = OrganisationNameForm(
        request.POST if request.method == "POST" else None, initial={"name": organisation.name}
    )
    if request.method == "POST" and form.is_valid():
        organisation_rename(membership=request.membership, name=form.cleaned_data["name"])
        messages.success(request, _("The name is saved."))
        return redirect("accounts:organisation-edit")
    context = {
        "form": form,
        "organisation": organisation,
        "may_rename": may_rename,
        "may_close": can_close_organisation(request.membership),
        "closing": closing_pending(organisation),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/organisation_edit.html", context, status=status)


def act_for(request: HttpRequest, membership: Membership) -> None:
    """Remember in the session for which organisation the person acts."""
    request.session[SESSION_ORGANISATION] = str(membership.organisation_id)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

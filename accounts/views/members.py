"""The people of an organisation: list, roles, removal, invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.organisations import InvitationForm, RoleForm
from accounts.http import member_required, role_required
from accounts.policies import can_remove_member
from accounts.selectors.invitations import invitation_get
from accounts.selectors.members import member_get, members_page
from accounts.services.invitations import (
    InvitationError,
    invitation_resend,
    invitation_send,
    invitation_withdraw,
)
from accounts.services.memberships import (
    MembershipChangeError,
    membership_change_role,
    membership_remove,
)

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from accounts.http import AuthenticatedHttpRequest
    from accounts.models import Invitation, Membership


@require_safe
@member_required
def member_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show who belongs to the organisation and, to owners, who is invited."""
    return _page(request)


@require_POST
@role_required("owner")
def member_invite(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Invite somebody by e-mail."""
    form = InvitationForm(request.POST, kind=request.membership.organisation.kind)
    if form.is_valid():
        try:
            invitation = invitation_send(actor=request.membership, **form.cleaned_data)
        except InvitationError as refused:
            form.add_error("email", refused.message)
        else:
            messages.success(
                request, _("The invitation to %(email)s is sent.") % {"email": invitation.email}
            )
            return redirect("accounts:member-list")
    return _page(request, form=form)


@require_POST
@role_required("owner")
def member_role(request: AuthenticatedHttpRequest, member_id: int) -> HttpResponse:
    """Give a member another role."""
    member = _member(request, member_id)
    form = RoleForm(request.POST, kind=request.membership.organisation.kind)
    if not form.is_valid():
        return _page(request, problem=_("Choose one of the roles. Nothing was changed."))
    try:
        changed = membership_change_role(
            actor=request.membership, member=member, role=form.cleaned_data["role"]
        )
    except MembershipChangeError as refused:
        return _page(request, problem=refused.message)
    messages.success(
        request,
        _("%(name)s now has the role: %(role)s.")
        % {"name": changed.user.display_name, "role": changed.get_role_display()},
    )
    return redirect("accounts:member-list")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def member_remove(request: AuthenticatedHttpRequest, member_id: int) -> HttpResponse:
    """Ask first, then remove a member; with one's own membership this is leaving."""
    member = _member(request, member_id)
    if not can_remove_member(request.membership, member):
        raise PermissionDenied
    is_me = member.pk == request.membership.pk
    problem = ""
    if request.method == "POST":
        try:
            membership_remove(actor=request.membership, member=member)
        except MembershipChangeError as refused:
            problem = refused.message
        else:
            return _after_removal(request, member, is_me=is_me)
    context = {"member": member, "is_me": is_me, "problem": problem}
    status = 422 if problem else 200
    return render(request, "accounts/member_remove.html", context, status=status)


@require_POST
@role_required("owner")
def invitation_again(request: AuthenticatedHttpRequest, invitation_id: UUID) -> HttpResponse:
    """Send a new link to the invited address."""
    invitation = _invitation(request, invitation_id)
    try:
        invitation_resend(actor=request.membership, invitation=invitation)
    except InvitationError as refused:
        return _page(request, problem=refused.message)
    messages.success(
        request,
        _("A new link is on its way to %(email)s. The earlier one no longer works.")
        % {"email": invitation.email},
    )
    return redirect("accounts:member-list")


@require_POST
@role_required("owner")
def invitation_back(request: AuthenticatedHttpRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation."""
    invitation = _invitation(request, invitation_id)
    try:
        invitation_withdraw(actor=request.membership, invitation=invitation)
    except InvitationError as refused:
        return _page(request, problem=refused.message)
    messages.success(
        request,
        _("The invitation to %(email)s is withdrawn. You can invite them again at any time.")
        % {"email": invitation.email},
    )
    return redirect("accounts:member-list")


def _page(
    request: AuthenticatedHttpRequest, *, form: InvitationForm | None = None, problem: str = ""
) -> HttpResponse:
    empty_form = InvitationForm(kind=request.membership.organisation.kind)
    context = {
        "page": members_page(request.membership),
        "form": form or empty_form,
        "problem": problem,
    }
    status = 422 if form is not None or problem else 200
    return render(request, "accounts/member_list.html", context, status=status)


def _after_removal(
    request: AuthenticatedHttpRequest, member: Membership, *, is_me: bool
) -> HttpResponse:
    organisation = member.organisation.name
    if is_me:
        messages.success(
            request, _("You have left %(organisation)s.") % {"organisation": organisation}
        )
        return redirect("accounts:organisation-list")
    messages.success(
        request,
        _("%(name)s is no longer a member. Their tokens for %(organisation)s are dead.")
        % {"name": member.user.display_name, "organisation": organisation},
    )
    return redirect("accounts:member-list")


def _member(request: AuthenticatedHttpRequest, member_id: int) -> Membership:
    member = member_get(request.membership, member_id)
    if member is None:
        raise Http404
    return member


def _invitation(request: AuthenticatedHttpRequest, invitation_id: UUID) -> Invitation:
    """Find an invitation, answered ones too: the service says what is wrong with those."""
    invitation = invitation_get(request.membership, invitation_id)
    if invitation is None:
        raise Http404
    return invitation

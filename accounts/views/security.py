"""The settings of a person: profile, log-in and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.profile import ProfileForm
from accounts.http import recent_login_required
from accounts.selectors.security import security_overview, session_list
from accounts.services.profile import profile_update
from accounts.services.sessions import session_end, sessions_end_others

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.http import PersonHttpRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change how others see the person."""
    user = cast("PersonHttpRequest", request).user
    form = ProfileForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        profile_update(user=user, name=form.cleaned_data["name"])
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    status = 422 if form.errors else 200
    return render(request, "accounts/profile.html", {"form": form}, status=status)


@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Show how the person logs in, with a way to change each part."""
    overview = security_overview(user=cast("PersonHttpRequest", request).user)
    return render(request, "accounts/security.html", {"overview": overview})


@require_safe
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """List where the person is logged in."""
    user = cast("PersonHttpRequest", request).user
    rows = session_list(user=user, current_key=request.session.session_key)
    return render(request, "accounts/session_list.html", {"sessions": rows})


@require_POST
@login_required
@recent_login_required
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Log one other device out."""
    user = cast("PersonHttpRequest", request).user
    if not session_end(user=user, session_id=session_id):
        raise Http404
    messages.success(request, _("That session is ended. Its device is logged out."))
    return redirect("accounts:session-list")


@require_POST
@login_required
@recent_login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Log every other device out."""
    user = cast("PersonHttpRequest", request).user
    sessions_end_others(user=user, keep_key=request.session.session_key)
    messages.success(request, _("All other sessions are ended. You are logged in here only."))
    return redirect("accounts:session-list")

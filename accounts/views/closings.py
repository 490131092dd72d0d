"""Close an organisation, and change one's mind."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.organisations import OrganisationClosingForm
from accounts.http import recent_login_required, role_required
from accounts.selectors.closings import closing_pending
from accounts.services.closings import OrganisationClosingError, closing_cancel, closing_request

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.http import AuthenticatedHttpRequest


@require_http_methods(["GET", "HEAD", "POST"])
@role_required("owner")
@recent_login_required
def organisation_close(request: HttpRequest) -> HttpResponse:
    """Say what goes and what is kept and why; then, with the name typed, begin."""
    membership = cast("AuthenticatedHttpRequest", request).membership
    organisation = membership.organisation
    form = OrganisationClosingForm(
        request.POST if request.method == "POST" else None, name=organisation.name
    )
    if request.method == "POST" and form.is_valid():
        try:
            closing_request(actor=membership)
        except OrganisationClosingError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(
                request,
                _("%(name)s will be closed. Until then it works as ever.")
                % {"name": organisation.name},
            )
            return redirect("accounts:organisation-edit")
    context = {
        "form": form,
        "organisation": organisation,
        "closing": closing_pending(organisation),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/organisation_close.html", context, status=status)


@require_POST
@role_required("owner")
def organisation_reopen(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Keep the organisation after all; harmless when nobody wants to close it."""
    try:
        closing_cancel(actor=request.membership)
    except OrganisationClosingError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(
            request,
            _("%(name)s stays open. Nothing was closed.")
            % {"name": request.membership.organisation.name},
        )
    return redirect("accounts:organisation-edit")

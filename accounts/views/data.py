"""Your data: download it, delete the account, change one's mind."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.data import DeletionForm
from accounts.http import recent_login_required
from accounts.selectors.data import data_page, export_get
from accounts.services.data_exports import DataExportError, data_export_request
from accounts.services.deletions import (
    AccountDeletionError,
    account_deletion_cancel,
    account_deletion_request,
    deletion_by_token,
    deletion_effect,
)
from config.media import signed_url

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from accounts.http import PersonHttpRequest


@require_safe
@login_required
def data(request: HttpRequest) -> HttpResponse:
    """Show the copies that were made, and how to delete the account."""
    return _page(request)


@require_POST
@login_required
@recent_login_required
def data_export(request: HttpRequest) -> HttpResponse:
    """Ask for a copy of everything."""
    try:
        data_export_request(user=cast("PersonHttpRequest", request).user)
    except DataExportError as refused:
        return _page(request, problem=refused.message)
    messages.success(
        request,
        _("Your copy is being made. You may leave this page; you get a mail when it is ready."),
    )
    return redirect("accounts:data")


@require_safe
@never_cache
@login_required
def data_download(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Hand out a short link to the file, bound to this person."""
    user = cast("PersonHttpRequest", request).user
    export = export_get(user, export_id)
    if export is None:
        raise Http404
    return HttpResponseRedirect(
        signed_url(
            export.key,
            user_id=user.pk,
            filename=f"tenfold-data-{export.requested_at:%Y-%m-%d}.zip",
            content_type="application/zip",
        )
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@recent_login_required
def deletion_request(request: HttpRequest) -> HttpResponse:
    """Say what is removed and what is kept and why; then, with the address typed, begin."""
    user = cast("PersonHttpRequest", request).user
    form = DeletionForm(request.POST if request.method == "POST" else None, address=user.email)
    if request.method == "POST" and form.is_valid():
        try:
            account_deletion_request(user=user)
        except AccountDeletionError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(
                request, _("Your account will be deleted. Until then it works as ever.")
            )
            return redirect("accounts:data")
    context = {"form": form, "effect": deletion_effect(user)}
    status = 422 if form.errors else 200
    return render(request, "accounts/data_delete.html", context, status=status)


@require_POST
@login_required
def deletion_cancel(request: HttpRequest) -> HttpResponse:
    """Keep the account after all."""
    deletion = data_page(cast("PersonHttpRequest", request).user).deletion
    if deletion is None:
        raise Http404
    account_deletion_cancel(deletion=deletion)
    messages.success(request, _("Your account stays. Nothing was deleted."))
    return redirect("accounts:data")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def deletion_show(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mailed link leads: keep the account, without having to log in."""
    deletion = deletion_by_token(token)
    if deletion is None:
        return render(request, "accounts/data_deletion_gone.html", status=404)
    if request.method == "POST":
        account_deletion_cancel(deletion=deletion)
        return render(request, "accounts/data_deletion_kept.html")
    response = render(request, "accounts/data_deletion_show.html", {"deletion": deletion})
    response["Referrer-Policy"] = "no-referrer"  # the address of this page is a secret
    return response


def _page(request: HttpRequest, *, problem: str = "") -> HttpResponse:
    user = cast("PersonHttpRequest", request).user
    context = {"page": data_page(user), "problem": problem}
    return render(request, "accounts/data.html", context, status=422 if problem else 200)

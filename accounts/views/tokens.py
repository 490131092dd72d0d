"""API tokens: list, make, revoke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms.tokens import ApiTokenForm
from accounts.http import member_required
from accounts.policies import can_revoke_token
from accounts.selectors.tokens import token_get, tokens_page
from accounts.services.tokens import ApiTokenError, NewToken, token_create, token_revoke

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from accounts.http import AuthenticatedHttpRequest


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required
def token_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List tokens and make new ones.

    The new token is shown in the answer to the POST and nowhere else: a redirect would have to
    keep it somewhere.
    """
    if request.method != "POST":
        return _page(request, ApiTokenForm())
    form = ApiTokenForm(request.POST)
    if form.is_valid():
        try:
            new = token_create(
                membership=request.membership,
                name=form.cleaned_data["name"],
                scopes=form.scopes,
                expires_at=form.expires_at,
            )
        except ApiTokenError as refused:
            form.add_error(None, refused.message)
        else:
            return _page(request, ApiTokenForm(), new=new, status=201)
    return _page(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def token_end(request: AuthenticatedHttpRequest, token_id: UUID) -> HttpResponse:
    """Ask first, then revoke: programs that use the token stop working."""
    token = token_get(request.membership, token_id)
    if token is None:
        raise Http404
    if not can_revoke_token(request.membership, token):
        raise PermissionDenied
    if request.method == "POST":
        token_revoke(token=token, actor=request.user)
        messages.success(request, _("The token “%(name)s” no longer works.") % {"name": token.name})
        return redirect("accounts:token-list")
    return render(request, "accounts/token_revoke.html", {"token": token})


def _page(
    request: AuthenticatedHttpRequest,
    form: ApiTokenForm,
    *,
    new: NewToken | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "new": new, "tokens": tokens_page(request.membership)}
    return render(request, "accounts/token_list.html", context, status=status)

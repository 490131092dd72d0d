"""The book of a rights holder: every entry that moved the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from rights.selectors.balance_page import Asked, balance_page

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_safe
@member_required
def balance(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the entries of a payee of the organisation, the newest first."""
    asked = Asked.of(request.GET)
    page = balance_page(organisation=request.membership.organisation, asked=asked)
    return render(request, "rights/balance.html", {"page": page})

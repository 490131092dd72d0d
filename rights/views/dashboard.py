"""The first page of a rights holder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from rights.policies import can_act_for_payee
from rights.selectors.label_dashboard import label_dashboard

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_safe
@member_required
def overview(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show what there is, what comes, what changed, and what waits for the organisation."""
    page = label_dashboard(
        organisation=request.membership.organisation,
        currency=request.GET.get("currency", ""),
        span=request.GET.get("span", ""),
    )
    context = {"page": page, "can_act": can_act_for_payee(request.membership)}
    return render(request, "rights/overview.html", context)

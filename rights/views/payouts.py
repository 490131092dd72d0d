"""Payouts of a rights holder: where it is paid, the way to the payment service and back, advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from rights.selectors.payout_page import payout_advice, payouts_of, payouts_page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@require_safe
@member_required
def payout_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show where the organisation's payees are paid, and what was sent."""
    return _list_page(request)


@require_safe
@member_required
def payout(request: AuthenticatedHttpRequest, payout_id: UUID) -> HttpResponse:
    """Show the remittance advice of one payout."""
    mine = get_object_or_404(payouts_of(request.membership.organisation), pk=payout_id)
    return render(request, "rights/payout.html", {"page": payout_advice(payout=mine)})


def _list_page(request: AuthenticatedHttpRequest) -> HttpResponse:
    context = {
        "page": payouts_page(organisation=request.membership.organisation),
        "can_act": False,
    }
    return render(request, "rights/payout_list.html", context)

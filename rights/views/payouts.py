"""Payouts of a rights holder: where it is paid, the way to the payment service and back, advice.

Nobody is sent to another site by a form: the policy of the pages names none, so a link leads there.
Where money goes is asked of somebody who has just shown password, code or passkey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required, recent_login_required
from config.lib.errors import DomainError
from rights.forms.payouts import CountryForm
from rights.policies import can_act_for_payee
from rights.selectors.payees import payees_of
from rights.selectors.payout_page import payout_advice, payouts_of, payouts_page
from rights.services.payee_onboarding import (
    onboarding_begin,
    payee_account_open,
    payee_account_refresh,
)
from rights.views.asked import page_number

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from rights.models import Party


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


@require_POST
@member_required
def onboarding_open(request: AuthenticatedHttpRequest, party_id: UUID) -> HttpResponseBase:
    """Open a payee's account at the payment service, in a country; its pages ask for the rest."""
    return _opened(request, _payee_to_act_for(request, party_id))


@recent_login_required
def _opened(plain: HttpRequest, party: Party) -> HttpResponse:
    request = cast("AuthenticatedHttpRequest", plain)
    form = CountryForm(request.POST)
    if not form.is_valid():
        return _list_page(request, form=form, party=party)
    try:
        payee_account_open(party=party, actor=request.user, country=form.cleaned_data["country"])
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _list_page(request, form=form, party=party)
    messages.success(request, _("The account is open. Go on at Stripe to say where you are paid."))
    return redirect("rights:payout-list")


@never_cache
@require_safe
@member_required
def onboarding_go(request: AuthenticatedHttpRequest, party_id: UUID) -> HttpResponseBase:
    """Lead to the pages of the payment service; each time by a new address, which is good once."""
    return _led(request, _payee_to_act_for(request, party_id))


@recent_login_required
def _led(plain: HttpRequest, party: Party) -> HttpResponse:
    request = cast("AuthenticatedHttpRequest", plain)
    back = request.build_absolute_uri(reverse("rights:payee-onboarding-back", args=[party.pk]))
    try:
        return redirect(onboarding_begin(party=party, actor=request.user, return_to=back))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("rights:payout-list")


@never_cache
@require_safe
@member_required
def onboarding_back(request: AuthenticatedHttpRequest, party_id: UUID) -> HttpResponse:
    """Look at a payee's account when somebody comes back, and show how it stands."""
    party = _payee_to_act_for(request, party_id)
    account = getattr(party, "payee_account", None)
    if account is not None:
        try:
            payee_account_refresh(account=account)
        except DomainError as refusal:
            messages.error(request, refusal.message)
    return redirect("rights:payout-list")


def _payee_to_act_for(request: AuthenticatedHttpRequest, party_id: UUID) -> Party:
    party = get_object_or_404(payees_of(request.membership.organisation), pk=party_id)
    if not can_act_for_payee(request.membership):
        raise PermissionDenied
    return party


def _list_page(
    request: AuthenticatedHttpRequest,
    *,
    form: CountryForm | None = None,
    party: Party | None = None,
) -> HttpResponse:
    context = {
        "page": payouts_page(
            organisation=request.membership.organisation, number=page_number(request)
        ),
        "can_act": can_act_for_payee(request.membership),
        "form": CountryForm(),
        "refused": form,
        "refused_party": party,
    }
    status = 422 if form is not None else 200
    return render(request, "rights/payout_list.html", context, status=status)

"""The audit trail of an organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms.activity import ActivityForm
from accounts.http import role_required
from accounts.selectors.activity import activity_actions, activity_page, activity_people

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.http import AuthenticatedHttpRequest


@require_safe
@role_required("owner")
def activity(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show owners who did what; the address holds the whole filter."""
    organisation = request.membership.organisation
    form = ActivityForm(
        request.GET, people=activity_people(organisation), actions=activity_actions()
    )
    status = 200 if form.is_valid() else 422
    shown = activity_page(organisation=organisation, wanted=form.wanted, number=form.number)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "activity": shown,
        "query": query.urlencode(),
        "is_filtered": any(query.values()),
    }
    return render(request, "accounts/activity_list.html", context, status=status)

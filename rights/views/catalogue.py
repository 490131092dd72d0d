"""A label's catalogue: its recordings, and what it says about their use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.errors import DomainError
from rights.forms.consents import ConsentForm
from rights.models import Consent, Party, Recording
from rights.policies import can_add_import, can_record_consent
from rights.selectors.catalogue_page import (
    catalogue_page,
    consents_said,
    facts_of,
    labels_of,
    recordings_of_labels,
)
from rights.selectors.imports import import_list
from rights.selectors.recording_card import recording_card
from rights.selectors.recording_uses import recording_uses
from rights.services.consent_switch import consent_switch
from rights.services.consents import Said
from rights.views.asked import page_number

if TYPE_CHECKING:
    from uuid import UUID

DELIVERIES = 10
"""How many of the last deliveries stand below the recordings."""


@require_safe
@member_required
def catalogue(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the label's recordings and its last deliveries."""
    organisation = request.membership.organisation
    page = catalogue_page(
        organisation=organisation, text=request.GET.get("q", ""), number=page_number(request)
    )
    context = {
        "page": page,
        "deliveries": import_list(organisation=organisation)[:DELIVERIES],
        "can_deliver": can_add_import(request.membership),
    }
    return render(request, "rights/catalogue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def recording(request: AuthenticatedHttpRequest, recording_id: UUID) -> HttpResponse:
    """Show one recording, where its facts come from, and say whether it may be used."""
    mine = recordings_of_labels(request.membership.organisation).select_related("label")
    found = get_object_or_404(mine.prefetch_related("listings"), pk=recording_id)
    context = {
        "recording": found,
        "card": recording_card(found),
        "facts": facts_of(found),
        "uses": recording_uses(
            recording=found,
            organisation=request.membership.organisation,
            number=page_number(request),
        ),
    }
    return _consent_page(request, found, "rights/recording.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def label(request: AuthenticatedHttpRequest, label_id: UUID) -> HttpResponse:
    """Say whether everything of a label may be used; a recording's own word goes first."""
    found = get_object_or_404(labels_of(request.membership.organisation), pk=label_id)
    return _consent_page(request, found, "rights/label.html", {"label": found})


def _consent_page(
    request: AuthenticatedHttpRequest,
    subject: Recording | Party,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    may = can_record_consent(request.membership)
    if request.method == "POST" and not may:
        raise PermissionDenied
    form = ConsentForm(
        request.POST if request.method == "POST" else None,
        initial={"valid_from": timezone.localdate(), "said_by": request.user.display_name},
    )
    if request.method == "POST" and form.is_valid():
        said = Said(source=Consent.Source.STATEMENT, **form.cleaned_data)
        try:
            consent_switch(subject=subject, said=said, actor=request.user)
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("It is recorded and holds from the day you gave."))
            return redirect(request.path)
    context |= {"form": form, "said": consents_said(subject), "can_record": may}
    return render(request, template, context, status=422 if form.errors else 200)

"""A label's claims: recordings searched and claimed, what came of it, and who stands against it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from accounts.models import Organisation
from config.lib import blobs
from config.lib.errors import DomainError
from rights.domain.claim_course import OPEN
from rights.forms.claims import ClaimForm, EvidenceForm, WithdrawForm
from rights.models import Recording
from rights.policies import can_add_claim, can_change_claim
from rights.selectors.catalogue_page import labels_of
from rights.selectors.claims import (
    claim_row,
    claim_rows,
    claims_of_organisation,
    conflicts_of,
    documents_of,
    recordings_to_claim,
)
from rights.services.claims import (
    Proof,
    Wanted,
    claim_evidence_add,
    claim_submit,
    claim_withdraw,
)
from rights.views.asked import page_number

if TYPE_CHECKING:
    from uuid import UUID

    from rights.models import RightsClaim

PER_PAGE = 50
WORDS_MAX = 100


@require_safe
@member_required
def claim_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show what the organisation claims, and where that stands."""
    claims = claims_of_organisation(request.membership.organisation)
    page = Paginator(claims, PER_PAGE).get_page(page_number(request))
    context = {
        "page": page,
        "rows": claim_rows(page.object_list),
        "can_claim": can_add_claim(request.membership),
    }
    return render(request, "rights/claim_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def claim_create(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Search a recording, and claim a share of it."""
    organisation = request.membership.organisation
    if organisation.kind != Organisation.Kind.RIGHTS_HOLDER:
        raise Http404  # a workspace claims nothing, whatever the role
    if not can_add_claim(request.membership):
        raise PermissionDenied
    if request.method == "POST":
        return _submit(request)
    text = request.GET.get("q", "")[:WORDS_MAX]
    chosen = Recording.objects.filter(isrc=request.GET.get("isrc", "")).first()
    form = ClaimForm(labels_of(organisation), initial={"recording": chosen}) if chosen else None
    return _form_page(request, form, chosen, text)


@require_safe
@member_required
def claim(request: AuthenticatedHttpRequest, claim_id: UUID) -> HttpResponse:
    """Show a claim: its course, its evidence, and who stands against it."""
    return _claim_page(request, _mine(request, claim_id))


@require_POST
@member_required
def claim_evidence(request: AuthenticatedHttpRequest, claim_id: UUID) -> HttpResponse:
    """Add evidence to a claim."""
    mine = _mine_to_change(request, claim_id)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            claim_evidence_add(claim=mine, proof=_proof(form), actor=request.user)
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The evidence is added."))
            return redirect("rights:claim", claim_id=mine.pk)
    return _claim_page(request, mine, evidence_form=form)


@require_POST
@member_required
def claim_take_back(request: AuthenticatedHttpRequest, claim_id: UUID) -> HttpResponse:
    """Withdraw a claim, with the reason."""
    mine = _mine_to_change(request, claim_id)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            claim_withdraw(claim=mine, actor=request.user, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The claim is withdrawn. What was paid stays paid."))
            return redirect("rights:claim", claim_id=mine.pk)
    return _claim_page(request, mine, withdraw_form=form)


def _submit(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = ClaimForm(labels_of(request.membership.organisation), request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, form, form.cleaned_data.get("recording"), "")
    said = form.cleaned_data
    wanted = Wanted(
        said["share"], said["territories"], said["active_from"], said["active_to"],
        role=said["role"],
    )  # fmt: skip
    try:
        made = claim_submit(
            recording=said["recording"],
            party=said["party"],
            wanted=wanted,
            proofs=[_proof(form)],
            actor=request.user,
        )
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _form_page(request, form, said["recording"], "")
    messages.success(request, _("It is claimed. Somebody of our staff looks at it."))
    return redirect("rights:claim", claim_id=made.pk)


def _form_page(
    request: AuthenticatedHttpRequest, form: ClaimForm | None, chosen: Recording | None, text: str
) -> HttpResponse:
    context = {
        "form": form if chosen else None,
        "chosen": chosen,
        "query": text,
        "found": recordings_to_claim(text) if text and not chosen else [],
        "has_label": labels_of(request.membership.organisation).exists(),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "rights/claim_create.html", context, status=status)


def _claim_page(
    request: AuthenticatedHttpRequest,
    mine: RightsClaim,
    *,
    evidence_form: EvidenceForm | None = None,
    withdraw_form: WithdrawForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "row": claim_row(mine),
        "claim": mine,
        "conflicts": conflicts_of(mine),
        "documents": documents_of(mine, user_id=request.user.pk),
        "changes": mine.changes.all(),
        "can_change": can_change_claim(request.membership, mine) and mine.state in OPEN,
        "evidence_form": evidence_form or EvidenceForm(),
        "withdraw_form": withdraw_form or WithdrawForm(),
    }
    is_refused = bool(evidence_form or withdraw_form)
    return render(request, "rights/claim.html", context, status=422 if is_refused else 200)


def _proof(form: EvidenceForm) -> Proof:
    document = form.cleaned_data["document"]
    if document is None:
        return Proof(form.cleaned_data["words"])
    key = blobs.put(document.file, suffix=PurePath(document.name).suffix.lower())
    return Proof(form.cleaned_data["words"], key, document.name)


def _mine(request: AuthenticatedHttpRequest, claim_id: UUID) -> RightsClaim:
    return get_object_or_404(claims_of_organisation(request.membership.organisation), pk=claim_id)


def _mine_to_change(request: AuthenticatedHttpRequest, claim_id: UUID) -> RightsClaim:
    mine = _mine(request, claim_id)
    if not can_change_claim(request.membership, mine):
        raise PermissionDenied
    return mine

"""A label's delivery, step by step: the table, its columns, the preview, applied once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from accounts.models import Organisation
from config.lib.errors import DomainError
from rights.domain.catalogue_csv import template
from rights.forms.deliveries import DeliveryForm, MappingForm
from rights.models import ImportRun
from rights.policies import can_add_import, can_change_import
from rights.selectors.catalogue_page import labels_of
from rights.selectors.import_audio import audio_lines, reading_progress
from rights.selectors.import_progress import import_progress
from rights.selectors.imports import import_page
from rights.services.catalogue_import import (
    Terms,
    import_begin,
    import_discard,
    import_map,
    import_preview,
)
from rights.services.import_apply import import_apply_ask
from rights.services.import_audio import Brought, import_audio_begin
from rights.views.asked import page_number, wants_part

if TYPE_CHECKING:
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile

    from rights.selectors.import_audio import ReadingProgress

State = ImportRun.State
AUDIO_REFUSALS = (
    "rights.import.too_much_audio",
    "rights.import.no_audio",
    "rights.import.same_name",
)


@require_safe
@member_required
def delivery_template(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Give the table to fill in; the mark at its beginning tells spreadsheets that it is UTF-8."""
    return HttpResponse(
        "\N{BYTE ORDER MARK}" + template(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="tenfold-catalogue.csv"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def delivery_create(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Take a table, with what the label says about the use of what is in it."""
    organisation = request.membership.organisation
    if organisation.kind != Organisation.Kind.RIGHTS_HOLDER:
        raise Http404  # a workspace delivers nothing, whatever the role
    if not can_add_import(request.membership):
        raise PermissionDenied
    labels = labels_of(organisation)
    is_posted = request.method == "POST"
    form = DeliveryForm(
        labels,
        request.POST if is_posted else None,
        request.FILES if is_posted else None,
        initial={"state": "", "label": labels.first()},
    )
    if is_posted and form.is_valid():
        try:
            run = _begin(request, form.cleaned_data)
        except DomainError as refusal:
            is_audio = refusal.code in AUDIO_REFUSALS
            form.add_error("audio" if is_audio else "table", refusal.message)
        else:
            return redirect("rights:delivery", run_id=run.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "has_label": labels.exists()}
    return render(request, "rights/delivery_create.html", context, status=status)


@require_safe
@member_required
def delivery(request: AuthenticatedHttpRequest, run_id: UUID) -> HttpResponse:
    """Show where a delivery stands: columns, preview, how far it is applied, what came of it.

    A poll that would change nothing gets a 304.
    """
    run = _run_or_404(request, run_id)
    reading = reading_progress(run) if run.state == State.UPLOADED else None
    if reading is not None:
        return _reading(request, run, reading)
    if run.state in (State.UPLOADED, State.MAPPED) or "columns" in request.GET:
        if wants_part(
            request
        ):  # a poll of the files being read: the columns are a page of their own
            return HttpResponse(headers={"HX-Refresh": "true"})
        return _mapping(request, run, MappingForm(run.columns, run.mapping))
    return _preview(request, run)


@require_POST
@member_required
def delivery_map(request: AuthenticatedHttpRequest, run_id: UUID) -> HttpResponse:
    """Name the columns and look at every row."""
    run = _run_to_change(request, run_id)
    form = MappingForm(run.columns, run.mapping, request.POST)
    if not form.is_valid():
        return _mapping(request, run, form, status=422)
    try:
        mapped = import_map(run=run, mapping=form.cleaned_data, actor=request.user)
        import_preview(run=mapped, actor=request.user)
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _mapping(request, run, form, status=422)
    return redirect("rights:delivery", run_id=run_id)


@require_POST
@member_required
def delivery_apply(request: AuthenticatedHttpRequest, run_id: UUID) -> HttpResponse:
    """Ask for what was previewed to be written into the catalogue, once; its page shows how far."""
    run = _run_to_change(request, run_id)
    try:
        import_apply_ask(run=run, actor=request.user)
    except DomainError as refusal:
        return _preview(request, run, refusal=refusal.message, status=409)
    return redirect("rights:delivery", run_id=run_id)


@require_POST
@member_required
def delivery_discard(request: AuthenticatedHttpRequest, run_id: UUID) -> HttpResponse:
    """Put a delivery away that shall not be applied."""
    run = _run_to_change(request, run_id)
    try:
        import_discard(run=run, actor=request.user)
    except DomainError as refusal:
        return _preview(request, run, refusal=refusal.message, status=409)
    if import_progress(run).written:
        text = _("The delivery is discarded; what was written of it stays in your catalogue.")
    else:
        text = _("The delivery is discarded; your catalogue is as it was.")
    messages.success(request, text)
    return redirect("rights:catalogue")


def _begin(request: AuthenticatedHttpRequest, said: dict[str, Any]) -> ImportRun:
    """Take a delivery in as the form says: a table, audio files, or both."""
    terms = Terms(
        state=said["state"],
        terms=said["terms"],
        valid_from=said["valid_from"] if said["state"] else None,
        valid_to=said["valid_to"] if said["state"] else None,
        said_by=said["said_by"] if said["state"] else "",
    )
    organisation, table = request.membership.organisation, said["table"]
    if not said["audio"]:
        return import_begin(
            label=said["label"],
            filename=table.name,
            content=table.read(),
            actor=request.user,
            organisation=organisation,
            terms=terms,
        )
    return import_audio_begin(
        label=said["label"],
        files=[_brought(each) for each in said["audio"]],
        table=_brought(table) if table else None,
        actor=request.user,
        organisation=organisation,
        terms=terms,
    )


def _brought(file: UploadedFile[Any]) -> Brought:
    return Brought(file.name or "", cast("BinaryIO", file), file.size or 0)


def _run_or_404(request: AuthenticatedHttpRequest, run_id: UUID) -> ImportRun:
    mine = ImportRun.objects.filter(organisation=request.membership.organisation)
    return get_object_or_404(mine.select_related("label"), pk=run_id)


def _run_to_change(request: AuthenticatedHttpRequest, run_id: UUID) -> ImportRun:
    run = _run_or_404(request, run_id)
    if not can_change_import(request.membership, run):
        raise PermissionDenied
    return run


def _reading(
    request: AuthenticatedHttpRequest, run: ImportRun, reading: ReadingProgress
) -> HttpResponse:
    if reading.tag and request.htmx.ptag == reading.tag:
        return HttpResponseNotModified()
    context = {
        "run": run,
        "reading": reading,
        "can_change": can_change_import(request.membership, run),
        "here_url": reverse("rights:delivery", args=[run.pk]),
    }
    part, whole = "rights/_delivery_reading.html", "rights/delivery_reading.html"
    response = render(request, part if wants_part(request) else whole, context)
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


def _mapping(
    request: AuthenticatedHttpRequest, run: ImportRun, form: MappingForm, *, status: int = 200
) -> HttpResponse:
    context = {"run": run, "form": form, "can_change": can_change_import(request.membership, run)}
    return render(request, "rights/delivery_mapping.html", context, status=status)


def _preview(
    request: AuthenticatedHttpRequest, run: ImportRun, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    progress = import_progress(run)
    if progress.tag and request.htmx.ptag == progress.tag:
        return HttpResponseNotModified()
    only, number = request.GET.get("only", ""), page_number(request)
    context = {
        "run": run,
        "page": import_page(run, number=number, only=only),
        "audio": audio_lines(run),
        "progress": progress,
        "only": only,
        "here_url": reverse("rights:delivery", args=[run.pk], query={"only": only, "page": number}),
        "can_change": can_change_import(request.membership, run),
        "refusal": refusal,
    }
    part, whole = "rights/_delivery.html", "rights/delivery_preview.html"
    response = render(request, part if wants_part(request) else whole, context, status=status)
    patch_vary_headers(response, ["HX-Request-Type"])
    return response

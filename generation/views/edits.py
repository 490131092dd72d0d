"""A version changed: what can be changed, the plan of one edit, and the edit itself."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.errors import DomainError
from generation.forms.edits import FORMS, edit_form, edit_of
from generation.forms.shares import PPM_PER_POINT
from generation.models import Version
from generation.selectors.edit_page import changes_nothing, edit_page, energy_of, reweighed
from generation.selectors.edit_plan import edit_plan as plan_of
from generation.selectors.making import making_tag, song_making
from generation.services.edits import version_edit
from generation.views.asked import asked_or_404

if TYPE_CHECKING:
    from uuid import UUID

    from django import forms

    from generation.views.asked import Asked

SEEN = {"v", "kind", "idem", "csrfmiddlewaretoken"}
"""Fields of an address or a post that are not of the edit itself."""


@require_safe
@member_required
def song_edit(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponse:
    """Show what can be changed about a version."""
    return _choices(request, asked_or_404(request, song_id, to_change=True))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def edit_plan(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponse:
    """Show what an edit will change and what will stay; posted, make the new version."""
    asked = asked_or_404(request, song_id, to_change=True)
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("kind", "")
    if asked.version.state != Version.State.READY:
        return redirect("generation:song-edit", song_id=song_id)
    form = edit_form(kind, edit_page(asked.version), given)
    if form is None:
        return redirect("generation:song-edit", song_id=song_id)
    if not form.is_valid():
        return _choices(request, asked, wrong=form, kind=kind, status=422)
    edit = _edit(asked.version, kind, form)
    if not edit:
        form.add_error(None, _("This song is none of the ten. Nothing was changed."))
        return _choices(request, asked, wrong=form, kind=kind, status=422)
    if changes_nothing(asked.version, edit, asked.versions):
        form.add_error(None, _("It is so already. Choose something else; nothing was changed."))
        return _choices(request, asked, wrong=form, kind=kind, status=422)
    refusal = ""
    if request.method == "POST":
        try:
            made = version_edit(
                version=asked.version,
                edit=edit,
                actor=request.user,
                idem=request.POST.get("idem", "")[:60] or uuid.uuid4().hex,
            )
        except DomainError as refused:
            refusal = refused.message
        else:
            url = redirect("generation:song-detail", song_id=song_id).url
            return redirect(f"{url}?v={made.number}")
    context = {
        "song": asked.head(request, "song-edit"),
        "plan": plan_of(asked.version, edit),
        "fields": [("kind", kind), *((n, v) for n, v in given.items() if n not in SEEN)],
        "idem": given.get("idem") or uuid.uuid4().hex,
        "refusal": refusal,
        "can_change": True,
    }
    return render(request, "generation/edit_plan.html", context, status=409 if refusal else 200)


def _edit(version: Version, kind: str, form: forms.Form) -> dict[str, Any]:
    if kind != "reweigh":
        return edit_of(kind, form.cleaned_data)
    share = int(form.cleaned_data["points"] * PPM_PER_POINT)
    weights = reweighed(version, form.cleaned_data["source"], share)
    return {"kind": kind, "weights": weights} if weights else {}


def _choices(
    request: AuthenticatedHttpRequest,
    asked: Asked,
    *,
    wrong: forms.Form | None = None,
    kind: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the page of edits; a form that could not be read comes back as it was filled."""
    version = asked.version
    context: dict[str, Any] = {
        "song": asked.head(request, "song-edit"),
        "making": song_making(
            asked.song,
            asked.versions,
            membership=request.membership,
            tag=making_tag(asked.versions),
            shown=version,
        ),
        "can_change": True,
    }
    if version.state == Version.State.READY:
        page = edit_page(version)
        initial = {"bpm": page.bpm, "key": page.key, "seconds": page.seconds}
        initial["energy"] = str(energy_of(version, asked.versions))
        forms_by_kind = {
            name: wrong
            if name == kind and wrong is not None
            else edit_form(name, page, None, initial)
            for name in FORMS
        }
        context |= {"page": page, "forms": forms_by_kind, "wrong": kind}
    return render(request, "generation/song_edit.html", context, status=status)

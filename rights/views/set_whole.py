"""A set as a whole: renamed, deleted, brought back; and what stands at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.errors import DomainError
from rights.forms.song_sets import SongSetNameForm
from rights.models import SongSet
from rights.policies import can_add_song_set
from rights.selectors.song_picker import ids_among
from rights.selectors.song_set_page import song_set_page
from rights.selectors.split_preview import split_preview
from rights.services.song_set_undo import song_set_restore
from rights.services.song_sets import song_set_delete, song_set_rename
from rights.views.asked import DELETED, song_set_or_404, song_set_to_change

if TYPE_CHECKING:
    from uuid import UUID


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def set_edit(request: AuthenticatedHttpRequest, set_id: UUID) -> HttpResponse:
    """Give the set another name."""
    song_set = song_set_to_change(request, set_id)
    posted = request.POST if request.method == "POST" else None
    form = SongSetNameForm(posted, initial={"name": song_set.name})
    if posted is not None and form.is_valid():
        try:
            song_set_rename(song_set=song_set, name=form.cleaned_data["name"], actor=request.user)
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The name is saved."))
            return redirect("rights:set-detail", set_id=set_id)
    context = {"form": form, "song_set": song_set}
    status = 422 if form.errors else 200
    return render(request, "rights/set_edit.html", context, status=status)


@require_POST
@member_required
def set_delete(request: AuthenticatedHttpRequest, set_id: UUID) -> HttpResponse:
    """Put the set away, and offer to bring it back."""
    song_set = song_set_to_change(request, set_id)
    try:
        song_set_delete(song_set=song_set, actor=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("rights:set-detail", set_id=set_id)
    request.session[DELETED] = {"set": str(song_set.pk), "name": song_set.name}
    return redirect("rights:set-list")


@require_POST
@member_required
def set_undelete(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Bring a deleted set back."""
    if not can_add_song_set(request.membership):
        raise PermissionDenied
    mine = SongSet.objects.filter(organisation=request.membership.organisation)
    named = ids_among([request.POST.get("set", "")])
    song_set = get_object_or_404(mine, pk=named[0] if named else None)
    song_set_restore(song_set=song_set, actor=request.user)
    messages.success(request, _("“%(name)s” is back.") % {"name": song_set.name})
    return redirect("rights:set-detail", set_id=song_set.pk)


@require_safe
@member_required
def set_ready(request: AuthenticatedHttpRequest, set_id: UUID) -> HttpResponse:
    """Say that the set is complete and how income will be divided; a closed gate leads back."""
    song_set = song_set_or_404(request, set_id)
    page = song_set_page(song_set, user=request.user)
    if not page.gate.open:
        messages.error(request, " ".join(page.gate.reasons))
        return redirect("rights:set-detail", set_id=set_id)
    context = {
        "song_set": song_set,
        "split": split_preview(page),
        "can_make": can_add_song_set(request.membership),
    }
    return render(request, "rights/set_ready.html", context)

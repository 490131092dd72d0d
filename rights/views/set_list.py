"""The song sets of a workspace, and a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.errors import DomainError
from rights.constants import SONGS
from rights.forms.song_sets import SongSetNameForm
from rights.policies import can_add_song_set
from rights.selectors.song_picker import ids_among, song_picker
from rights.selectors.song_set_tiles import song_set_tiles
from rights.services.song_sets import song_set_create
from rights.views.asked import DELETED, my_tracks, page_number, wants_part

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict


@require_safe
@member_required
def set_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the workspace's song sets."""
    page = song_set_tiles(organisation=request.membership.organisation, number=page_number(request))
    deleted = request.session.pop(DELETED, None)
    context = {
        "page": page,
        "can_add": can_add_song_set(request.membership),
        "deleted": deleted,
    }
    return render(request, "rights/set_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def set_create(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Name a set and tick its first songs. Without scripts, "Find" comes back with the ticks kept."""
    if not can_add_song_set(request.membership):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, request.GET, SongSetNameForm(_named(request.GET)))
    if "find" in request.POST:
        kept = {name: request.POST.getlist(name) for name in ("name", "q", "track")}
        return redirect(f"{reverse('rights:set-create')}?{urlencode(kept, doseq=True)}")
    form = SongSetNameForm(request.POST)
    if not form.is_valid():
        return _page(request, request.POST, form, status=422)
    tracks = my_tracks(request, ids_among(request.POST.getlist("track")))
    try:
        song_set = song_set_create(
            organisation=request.membership.organisation,
            name=form.cleaned_data["name"],
            actor=request.user,
            tracks=tracks,
        )
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return _page(request, request.POST, form, status=422)
    messages.success(request, _("The set “%(name)s” is there.") % {"name": song_set.name})
    wants_more = request.POST.get("then") == "upload"
    return redirect("rights:set-add" if wants_more else "rights:set-detail", set_id=song_set.pk)


def _named(query: QueryDict) -> dict[str, str] | None:
    """Return what was typed so far, so that a search does not lose it; None shows no error."""
    name = query.get("name")
    return {"name": str(name)} if name else None


def _page(
    request: AuthenticatedHttpRequest, said: QueryDict, form: SongSetNameForm, *, status: int = 200
) -> HttpResponse:
    picker = song_picker(
        membership=request.membership,
        user=request.user,
        text=said.get("q", ""),
        chosen=ids_among(said.getlist("track")),
        free=SONGS,
    )
    context = {
        "picker": picker,
        "form": form,
        "find_url": reverse("rights:set-create"),
        "kind": "checkbox",
    }
    name = "rights/_picker_rows.html" if wants_part(request) else "rights/set_create.html"
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request-Type"])
    return response

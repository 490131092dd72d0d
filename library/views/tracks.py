"""The library: list, upload without JavaScript, delete, bring back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.uuids import is_uuid
from library.exceptions import TrackStateError, UploadRefusedError
from library.forms import UploadForm
from library.models import Track
from library.policies import can_add_track
from library.selectors.track_list import list_tag, track_list
from library.selectors.track_query import TrackQuery
from library.services.tracks import tracks_delete, tracks_restore
from library.services.uploads import upload_receive

if TYPE_CHECKING:
    from library.models import TrackQuerySet

CHOSEN_MAX = 500


@require_safe
@member_required
def home(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the workspace's tracks; a poll that would change nothing gets a 304."""
    tag = list_tag(request.membership)
    if tag and request.htmx.ptag == tag:
        return HttpResponseNotModified()
    is_part = bool(request.htmx) and request.htmx.request_type == "partial"
    response = _page(request, UploadForm(), tag=tag, is_part=is_part)
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


@require_POST
@member_required
def upload(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Take whole files from a plain form; each that is refused says why, the others come in."""
    if not can_add_track(request.membership):
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, tag="", status=422)
    taken = 0
    for file in form.cleaned_data["songs"]:
        try:
            upload_receive(
                organisation=request.membership.organisation,
                user=request.user,
                filename=file.name,
                stream=file,
                size_bytes=file.size,
                now=timezone.now(),
            )
            taken += 1
        except UploadRefusedError as refusal:
            messages.error(request, refusal.message)
    if taken:
        text = ngettext("%d song came in.", "%d songs came in.", taken) % taken
        messages.success(request, text)
    return redirect("library:home")


@require_POST
@member_required
def delete(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Put the chosen tracks away for thirty days, and offer to bring them back."""
    tracks = _chosen(request).filter(deleted_at=None)
    ids = [str(track.pk) for track in tracks]
    gone = tracks_delete(tracks=tracks, now=timezone.now())
    if gone:
        request.session["library_deleted"] = ids
    return redirect(_back(request))


@require_POST
@member_required
def restore(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Bring deleted tracks back."""
    try:
        back = tracks_restore(tracks=_chosen(request), now=timezone.now())
    except TrackStateError as error:
        messages.error(request, error.message)
    else:
        text = ngettext("%d song is back.", "%d songs are back.", len(back)) % len(back)
        messages.success(request, text)
    return redirect(_back(request))


def _chosen(request: AuthenticatedHttpRequest) -> TrackQuerySet:
    """Return the organisation's tracks among the posted ids; others do not exist here."""
    if not can_add_track(request.membership):
        raise PermissionDenied
    ids = [value for value in request.POST.getlist("track")[:CHOSEN_MAX] if is_uuid(value)]
    return Track.objects.filter(organisation=request.membership.organisation, pk__in=ids)


def _back(request: AuthenticatedHttpRequest) -> str:
    """Return the list as it was filtered."""
    query = TrackQuery.parse(request.POST).address(page=1)
    return reverse("library:home") + (f"?{query}" if query else "")


def _page(
    request: AuthenticatedHttpRequest,
    form: UploadForm,
    *,
    tag: str,
    is_part: bool = False,
    status: int = 200,
) -> HttpResponse:
    query = TrackQuery.parse(request.GET)
    deleted = [] if is_part else request.session.pop("library_deleted", [])
    page = track_list(membership=request.membership, user=request.user, query=query)
    text = ngettext("%d song was deleted.", "%d songs were deleted.", len(deleted)) % len(deleted)
    context = {
        "page": page,
        "form": form,
        "tag": tag,
        "can_add": can_add_track(request.membership),
        "deleted": deleted,
        "deleted_text": text if deleted else "",
        "retention": _("Deleted songs can be brought back for 30 days; then the audio is gone."),
    }
    name = "library/_tracks.html" if is_part else "library/track_list.html"
    return render(request, name, context, status=status)

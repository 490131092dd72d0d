"""Songs that come into a set: picked from the library, uploaded straight in, put in another's place."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.errors import DomainError
from library.exceptions import UploadRefusedError
from library.forms import UploadForm
from library.models import Track
from library.services.uploads import upload_receive
from rights.constants import SONGS
from rights.selectors.song_picker import ids_among, song_picker
from rights.services.song_sets import song_set_add, song_set_replace
from rights.views.asked import entry_or_404, my_tracks, song_set_to_change, wants_part

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import QueryDict

    from rights.models import SongSet, SongSetEntry


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def set_add(request: AuthenticatedHttpRequest, set_id: UUID) -> HttpResponse:
    """Offer the library, and what can be uploaded; take what was ticked."""
    song_set = song_set_to_change(request, set_id)
    if request.method != "POST":
        return _picker(request, song_set, request.GET)
    if "find" in request.POST:
        return _found(request, reverse("rights:set-add", args=[set_id]))
    tracks = my_tracks(request, ids_among(request.POST.getlist("track")))
    if not tracks:
        said = _("Tick at least one song, or upload some.")
        return _picker(request, song_set, request.POST, refusal=said, status=422)
    try:
        song_set_add(song_set=song_set, tracks=tracks, actor=request.user)
    except DomainError as refusal:
        return _picker(request, song_set, request.POST, refusal=refusal.message, status=422)
    _say_added(request, len(tracks))
    return redirect("rights:set-detail", set_id=set_id)


@require_POST
@member_required
def set_upload(request: AuthenticatedHttpRequest, set_id: UUID) -> HttpResponse:
    """Take whole files from a plain form into the library and into the set.

    The resumable uploader sends ``upload`` instead, the ids of what has arrived.
    """
    song_set = song_set_to_change(request, set_id)
    if "upload" in request.POST:
        return _take_arrived(request, song_set)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _picker(request, song_set, request.POST, form=form, status=422)
    uploads = []
    for file in form.cleaned_data["songs"]:
        try:
            uploads.append(
                upload_receive(
                    organisation=request.membership.organisation,
                    user=request.user,
                    filename=file.name,
                    stream=file,
                    size_bytes=file.size,
                    now=timezone.now(),
                )
            )
        except UploadRefusedError as refusal:
            messages.error(request, refusal.message)
    tracks = list(Track.objects.filter(upload__in=uploads).order_by("created_at"))
    try:
        song_set_add(song_set=song_set, tracks=tracks, actor=request.user)
    except DomainError as refusal:
        messages.error(request, f"{refusal.message} {_kept_in_library()}")
    else:
        if tracks:
            _say_added(request, len(tracks))
    return redirect("rights:set-detail", set_id=set_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def set_replace(request: AuthenticatedHttpRequest, set_id: UUID, track_id: UUID) -> HttpResponse:
    """Offer the library for one place, and put the chosen song there with its weight."""
    song_set = song_set_to_change(request, set_id)
    entry = entry_or_404(song_set, track_id)
    if request.method != "POST":
        return _picker(request, song_set, request.GET, entry=entry)
    if "find" in request.POST:
        return _found(request, reverse("rights:set-replace", args=[set_id, track_id]))
    tracks = my_tracks(request, ids_among(request.POST.getlist("track")))
    if len(tracks) != 1:
        said = _("Choose the song that takes its place.")
        return _picker(request, song_set, request.POST, entry=entry, refusal=said, status=422)
    try:
        song_set_replace(song_set=song_set, entry=entry, track=tracks[0], actor=request.user)
    except DomainError as refusal:
        return _picker(
            request, song_set, request.POST, entry=entry, refusal=refusal.message, status=422
        )
    said = _("“%(new)s” has taken the place of “%(old)s”.")
    messages.success(request, said % {"new": tracks[0].title, "old": entry.track.title})
    return redirect(f"{reverse('rights:set-detail', args=[set_id])}#song-{entry.position}")


def _take_arrived(request: AuthenticatedHttpRequest, song_set: SongSet) -> HttpResponse:
    """Put uploads that have arrived into the set; the answer is empty, or the refusal."""
    mine = Track.objects.of(request.membership.organisation)
    found = mine.filter(upload__in=ids_among(request.POST.getlist("upload")))
    try:
        song_set_add(song_set=song_set, tracks=found.order_by("created_at"), actor=request.user)
    except DomainError as refusal:
        text = f"{refusal.message} {_kept_in_library()}"
        return HttpResponse(text, status=409, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


def _kept_in_library() -> str:
    return _("The songs are safe in your library.")


def _say_added(request: AuthenticatedHttpRequest, count: int) -> None:
    text = ngettext(
        "%(count)s song is in the set and is being identified.",
        "%(count)s songs are in the set and are being identified.",
        count,
    )
    messages.success(request, text % {"count": count})


def _found(request: AuthenticatedHttpRequest, url: str) -> HttpResponse:
    """Go to the address that finds what was typed and keeps what was ticked (without scripts)."""
    kept = {name: request.POST.getlist(name) for name in ("q", "track")}
    return redirect(f"{url}?{urlencode(kept, doseq=True)}")


def _picker(
    request: AuthenticatedHttpRequest,
    song_set: SongSet,
    said: QueryDict,
    *,
    entry: SongSetEntry | None = None,
    form: UploadForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    inside = list(song_set.entries.values_list("track_id", flat=True))
    picker = song_picker(
        membership=request.membership,
        user=request.user,
        text=said.get("q", ""),
        chosen=ids_among(said.getlist("track")),
        free=1 if entry is not None else SONGS - len(inside),
        inside=inside,
    )
    context = {
        "song_set": song_set,
        "entry": entry,
        "picker": picker,
        "form": form or UploadForm(),
        "find_url": request.path,
        "refusal": refusal,
        "kind": "radio" if entry is not None else "checkbox",
    }
    name = "rights/_picker_rows.html" if wants_part(request) else "rights/set_add.html"
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request-Type"])
    return response

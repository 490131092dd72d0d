"""The page of one song, its names, its cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from library.domain.covers import cover_svg
from library.forms import TrackNamesForm
from library.models import Track
from library.policies import can_change_track
from library.selectors.playback import file_url
from library.selectors.track_detail import ASPECTS, TABS, similar_tracks, track_page
from library.services.playback import track_listen
from library.services.tracks import track_edit

if TYPE_CHECKING:
    from uuid import UUID


@require_safe
@member_required
def detail(request: AuthenticatedHttpRequest, track_id: UUID) -> HttpResponse:
    """Show one tab of a song's page."""
    track = _track_or_404(request, track_id)
    tab = request.GET.get("tab", "")
    aspect = request.GET.get("by", "")
    by = aspect if aspect in ASPECTS else "overall"
    page = track_page(track=track, user=request.user)
    shown = tab if tab in TABS else "overview"
    context = {
        "page": page,
        "tabs": TABS.items(),
        "tab": shown,
        "aspects": ASPECTS.items(),
        "by": by,
        "can_change": can_change_track(request.membership, track),
        # Drawn by <wave-form>; everything in it also stands in the tables.
        "drawing": {
            "sections": [[s.start_s, s.end_s, s.label, s.role] for s in page.sections],
            "chords": [[c.start_s, c.end_s, c.label] for c in page.chords],
            "beats": page.beats_s,
            "downbeats": page.downbeats_s,
        },
    }
    if shown == "overview":
        context["similar"] = similar_tracks(
            track=track, membership=request.membership, user=request.user, aspect=by
        )
    return render(request, "library/track_detail.html", context)


@require_GET
@cache_control(no_store=True)
@member_required
def listen(request: AuthenticatedHttpRequest, track_id: UUID) -> HttpResponse:
    """Lead the player to a song that has no small file yet; from now on one is made (ADR 107)."""
    track = _track_or_404(request, track_id)
    master = track_listen(track=track)
    if master is None:
        raise Http404
    return redirect(file_url(master, track, request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def edit(request: AuthenticatedHttpRequest, track_id: UUID) -> HttpResponse:
    """Change what a song is called."""
    track = _track_or_404(request, track_id)
    if not can_change_track(request.membership, track):
        raise PermissionDenied
    form = TrackNamesForm(request.POST if request.method == "POST" else None, instance=track)
    if request.method == "POST" and form.is_valid():
        track_edit(track=track, **form.cleaned_data)
        messages.success(request, _("The names are saved."))
        return redirect("library:track-detail", track_id=track_id)
    status = 422 if form.errors else 200
    return render(request, "library/track_edit.html", {"form": form, "track": track}, status=status)


@require_safe
@cache_control(private=True, max_age=86_400)
@member_required
def cover(request: AuthenticatedHttpRequest, track_id: UUID) -> HttpResponse:
    """Draw a cover for a song that brought none."""
    get_object_or_404(Track.objects.of(request.membership.organisation), pk=track_id)
    return HttpResponse(cover_svg(track_id.int), content_type="image/svg+xml")


def _track_or_404(request: AuthenticatedHttpRequest, track_id: UUID) -> Track:
    mine = Track.objects.of(request.membership.organisation)
    return get_object_or_404(
        mine.select_related("analysis", "job").prefetch_related("assets", "corrections__made_by"),
        pk=track_id,
    )

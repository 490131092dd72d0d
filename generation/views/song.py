"""The page of a song: what it sounds like, what each bar owes, what is being made; its mixer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from generation.models import Version
from generation.selectors.influence import influence_view
from generation.selectors.making import making_tag, song_making
from generation.selectors.mixer import mixer_view
from generation.selectors.standing import standing_of
from generation.views.asked import asked_or_404, number_in, song_frame, song_or_404, wants_part
from library.domain.covers import cover_svg

if TYPE_CHECKING:
    from uuid import UUID


WATCHED_MAX = 20


@require_safe
@member_required
def song_detail(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponse:
    """Show what a version sounds like and what each of its bars owes to whom."""
    asked = asked_or_404(request, song_id)
    is_ready = asked.version.state == Version.State.READY
    context = song_frame(request, asked, "song-detail")
    if is_ready:
        view = influence_view(asked.version, user=request.user)
        context |= {
            "view": view,
            "wave": {
                "sections": [[s.start_s, s.end_s, s.code, s.name] for s in view.sections],
                "chords": chords_of(asked.version),
                "beats": [],
                "downbeats": [bar[0] for bar in view.drawing["bars"]],
            },
            "standing": standing_of(asked.version),
        }
    return render(request, "generation/song_detail.html", context)


@require_safe
@member_required
def song_making_view(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponse:
    """Answer the poll of what is being made; unchanged it is a 304, finished it has no trigger."""
    song = song_or_404(request, song_id)
    if not wants_part(request):
        return redirect("generation:song-detail", song_id=song.pk)
    versions = list(song.versions.select_related("job", "parent").order_by("number"))
    tag = making_tag(versions)
    if tag and request.htmx.ptag == tag:
        return HttpResponseNotModified()
    named = number_in(request.GET.get("v", ""))
    watched = (number_in(text) for text in request.GET.getlist("watch")[:WATCHED_MAX])
    making = song_making(
        song,
        versions,
        membership=request.membership,
        tag=tag,
        shown=next((version for version in versions if version.number == named), None),
        watched=frozenset(number for number in watched if number is not None),
    )
    response = render(request, "generation/_making.html", {"making": making, "is_poll": True})
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


@require_safe
@member_required
def song_mix(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponse:
    """Show the mixer: the stems of a version on one clock, and the mixes that were saved."""
    asked = asked_or_404(request, song_id)
    context = song_frame(request, asked, "song-mix")
    if asked.version.state == Version.State.READY:
        context["mixer"] = mixer_view(asked.version, user=request.user)
    return render(request, "generation/song_mix.html", context)


@require_safe
@member_required
@cache_control(private=True, max_age=86_400)
def song_cover(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponse:
    """Draw the song's cover from its number."""
    song_or_404(request, song_id)
    return HttpResponse(cover_svg(song_id.int), content_type="image/svg+xml")


def chords_of(version: Version) -> list[list[object]]:
    """Return the chords as the waveform shows them: begin, end, name."""
    return [
        [chord["start_s"], chord["end_s"], chord["label"]]
        for chord in version.figures.get("chords", [])
        if {"start_s", "end_s", "label"} <= chord.keys()
    ]

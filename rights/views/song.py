"""One song of a set and the recording it is: choose, search, and where; confirm, reopen, retry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.errors import DomainError
from config.lib.uuids import is_uuid
from rights.catalogue.links import parse_link
from rights.catalogue.types import CatalogueUnavailableError
from rights.models import Match, MatchCandidate
from rights.policies import can_change_song_set, can_choose_storefront, can_confirm_match
from rights.selectors.search_results import result_cards
from rights.selectors.song_page import song_page
from rights.selectors.song_set_view import BADGES
from rights.selectors.storefronts import storefront_of
from rights.services.catalogue_search import catalogue_search
from rights.services.match_search import match_search_confirm
from rights.services.matching import match_confirm, match_reopen, match_retry
from rights.services.storefronts import (
    storefront_choose,
    storefront_offer,
    storefront_offer_known,
)
from rights.views.asked import entry_or_404, song_set_or_404, wants_part

if TYPE_CHECKING:
    from rights.models import SongSet, SongSetEntry

TEXT_MAX = 300
NONE_OF_THESE = "none"
COUNTRIES = "countries"
"""In the address: ask Apple Music which countries there are, which the page itself waits for never."""


@require_safe
@member_required
def song_detail(request: AuthenticatedHttpRequest, set_id: UUID, track_id: UUID) -> HttpResponse:
    """Show what the song may be and why; ``q`` searches Apple Music. A poll may get a 304."""
    song_set = song_set_or_404(request, set_id)
    entry = entry_or_404(song_set, track_id)
    if wants_part(request) and COUNTRIES in request.GET:
        return _with_vary(_countries_part(request, song_set, entry))
    if wants_part(request) and "q" in request.GET:
        found = _search(request, song_set, entry)
        return _with_vary(render(request, "rights/_results.html", found))
    page = song_page(entry=entry, user=request.user)
    if request.htmx.ptag and request.htmx.ptag == page.tag:
        return HttpResponseNotModified()
    return _page(request, song_set, entry)


@require_POST
@member_required
def song_confirm(request: AuthenticatedHttpRequest, set_id: UUID, track_id: UUID) -> HttpResponse:
    """Take one of the candidates; "none of these" goes on to the search."""
    song_set, entry, match = _match_to_change(request, set_id, track_id)
    chosen = request.POST.get("recording", "")
    if chosen == NONE_OF_THESE:
        return redirect(_address(entry, text=f"{entry.track.title} {entry.track.artist}".strip()))
    if not is_uuid(chosen):
        return _page(request, song_set, entry, refusal=_("Choose one of the recordings."))
    candidates = MatchCandidate.objects.filter(match=match).select_related("recording")
    candidate = get_object_or_404(candidates, recording=chosen)
    try:
        match_confirm(match=match, recording=candidate.recording, actor=request.user)
    except DomainError as refusal:
        return _page(request, song_set, entry, refusal=refusal.message)
    return _to_set(request, entry, _("“%(title)s” is matched."))


@require_POST
@member_required
def song_take(request: AuthenticatedHttpRequest, set_id: UUID, track_id: UUID) -> HttpResponse:
    """Take a song that the search of Apple Music found."""
    song_set, entry, match = _match_to_change(request, set_id, track_id)
    try:
        match_search_confirm(
            match=match,
            apple_music_id=request.POST.get("apple_music_id", ""),
            actor=request.user,
            storefront=request.GET.get("storefront", ""),
            method=Match.Method.LINK if request.POST.get("by") == "link" else Match.Method.SEARCH,
        )
    except DomainError as refusal:
        return _page(request, song_set, entry, refusal=refusal.message)
    return _to_set(request, entry, _("“%(title)s” is matched."))


@require_POST
@member_required
def song_reopen(request: AuthenticatedHttpRequest, set_id: UUID, track_id: UUID) -> HttpResponse:
    """Take a confirmation back, to choose again."""
    song_set, entry, match = _match_to_change(request, set_id, track_id)
    try:
        match_reopen(match=match, actor=request.user)
    except DomainError as refusal:
        return _page(request, song_set, entry, refusal=refusal.message)
    messages.success(request, _("The match is open again. Choose the right recording."))
    return redirect("rights:song-detail", set_id=set_id, track_id=track_id)


@require_POST
@member_required
def song_retry(request: AuthenticatedHttpRequest, set_id: UUID, track_id: UUID) -> HttpResponse:
    """Identify the song again from the start."""
    song_set, entry, match = _match_to_change(request, set_id, track_id)
    try:
        match_retry(match=match, actor=request.user)
    except DomainError as refusal:
        return _page(request, song_set, entry, refusal=refusal.message)
    return _to_set(request, entry, _("“%(title)s” is being identified again."))


@require_POST
@member_required
def song_storefront(
    request: AuthenticatedHttpRequest, set_id: UUID, track_id: UUID
) -> HttpResponse:
    """Choose the organisation's country, and search there for the same words."""
    song_set = song_set_or_404(request, set_id)
    entry = entry_or_404(song_set, track_id)
    if not can_choose_storefront(request.membership, song_set.organisation):
        raise PermissionDenied
    try:
        chosen = storefront_choose(
            organisation=song_set.organisation,
            storefront=request.POST.get("storefront", ""),
            actor=request.user,
        )
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        text = _("Your organisation looks its songs up in this country: %(country)s.")
        messages.success(request, text % {"country": chosen.name})
    return redirect(_address(entry, text=request.POST.get("q", "").strip()[:TEXT_MAX]))


def _match_to_change(
    request: AuthenticatedHttpRequest, set_id: UUID, track_id: UUID
) -> tuple[SongSet, SongSetEntry, Match]:
    song_set = song_set_or_404(request, set_id)
    entry = entry_or_404(song_set, track_id)
    match = get_object_or_404(Match.objects.select_related("track"), track_id=track_id)
    if not can_confirm_match(request.membership, match):
        raise PermissionDenied
    return song_set, entry, match


def _address(entry: SongSetEntry, *, text: str) -> str:
    url = reverse("rights:song-detail", args=[entry.song_set_id, entry.track_id])
    return f"{url}?{urlencode({'q': text})}#search" if text else f"{url}#search"


def _to_set(request: AuthenticatedHttpRequest, entry: SongSetEntry, text: str) -> HttpResponse:
    messages.success(request, text % {"title": entry.track.title})
    url = reverse("rights:set-detail", args=[entry.song_set_id])
    return redirect(f"{url}#song-{entry.position}")


def _search(
    request: AuthenticatedHttpRequest, song_set: SongSet, entry: SongSetEntry
) -> dict[str, Any]:
    """Return what the search found, or the sentence of the service that could not be asked."""
    text = request.GET.get("q", "").strip()[:TEXT_MAX]
    storefront = storefront_of(song_set.organisation)
    context: dict[str, Any] = {
        "song_set": song_set,
        "entry": entry,
        "q": text,
        "storefront": storefront,
        "can_change": can_change_song_set(request.membership, song_set),
        "again_url": request.get_full_path(),
    }
    if not text:
        return context
    try:
        found = catalogue_search(text=text, storefront=storefront)
    except DomainError as refusal:
        can_retry = isinstance(refusal, CatalogueUnavailableError)
        return {**context, "refusal": refusal.message, "can_retry": can_retry}
    return {
        **context,
        "results": result_cards(found.items, entry.track),
        "has_searched": True,
        "by_link": parse_link(text) is not None,
    }


def _page(
    request: AuthenticatedHttpRequest, song_set: SongSet, entry: SongSetEntry, *, refusal: str = ""
) -> HttpResponse:
    page = song_page(entry=entry, user=request.user)
    context = {
        **_search(request, song_set, entry),
        "page": page,
        "confirm_refusal": refusal,
        "badge": BADGES.get(page.match.standing.state, "neutral") if page.match else "neutral",
    }
    if wants_part(request):
        name = "rights/_song.html"
    else:
        name = "rights/song_detail.html"
        if context["can_change"] and not (page.match and page.match.how):
            context |= _countries(request, song_set, entry, context["q"])
    return _with_vary(render(request, name, context, status=409 if refusal else 200))


def _countries(
    request: AuthenticatedHttpRequest, song_set: SongSet, entry: SongSetEntry, text: str
) -> dict[str, Any]:
    """Return the countries to choose from; asked for only when the address says so."""
    is_asked = COUNTRIES in request.GET
    offered = storefront_offer if is_asked else storefront_offer_known
    here = reverse(
        "rights:song-detail",
        args=[entry.song_set_id, entry.track_id],
        query={**({"q": text} if text else {}), COUNTRIES: "1"},
    )
    return {
        "offer": offered(organisation=song_set.organisation),
        "countries_url": here,
    }


def _countries_part(
    request: AuthenticatedHttpRequest, song_set: SongSet, entry: SongSetEntry
) -> HttpResponse:
    if not can_change_song_set(request.membership, song_set):
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[:TEXT_MAX]
    context = {"song_set": song_set, "entry": entry}
    context |= _countries(request, song_set, entry, text)
    return render(request, "rights/_storefront.html", context)


def _with_vary(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["HX-Request-Type"])
    return response

"""The page of one song set, and what is changed on it: order, weights, songs taken out, all accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.errors import DomainError
from rights.forms.song_sets import WeightsForm
from rights.policies import can_change_song_set
from rights.selectors.song_picker import ids_among
from rights.selectors.song_set_view import song_set_view
from rights.services.song_set_undo import song_set_bring_back
from rights.services.song_sets import (
    song_set_accept_strong,
    song_set_remove,
    song_set_reorder,
    song_set_weights,
)
from rights.views.asked import (
    entry_or_404,
    my_tracks,
    song_set_or_404,
    song_set_to_change,
    wants_part,
)

if TYPE_CHECKING:
    from uuid import UUID

    from rights.models import SongSet, SongSetEntry

UNDO = "song_set_undo"


@require_safe
@member_required
def set_detail(request: AuthenticatedHttpRequest, set_id: UUID) -> HttpResponse:
    """Show the ten places; a poll that would change nothing gets a 304."""
    song_set = song_set_or_404(request, set_id)
    view = song_set_view(song_set, user=request.user)
    if request.htmx.ptag and request.htmx.ptag == view.page.tag:
        return HttpResponseNotModified()
    response = _page(request, song_set, view=view)
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


@require_POST
@member_required
def set_remove(request: AuthenticatedHttpRequest, set_id: UUID, track_id: UUID) -> HttpResponse:
    """Take a song out, and offer to put it back where it was."""
    song_set = song_set_to_change(request, set_id)
    entry = entry_or_404(song_set, track_id)
    undo = _undo_of(song_set, entry)
    try:
        song_set_remove(song_set=song_set, entry=entry, actor=request.user)
    except DomainError as refusal:
        return _answer(request, song_set, refusal=refusal.message)
    return _answer(request, song_set, undo=undo)


@require_POST
@member_required
def set_restore(request: AuthenticatedHttpRequest, set_id: UUID) -> HttpResponse:
    """Put the song back that was taken out."""
    song_set = song_set_to_change(request, set_id)
    names = ids_among(request.POST.getlist("was"))
    shares = [int(text) for text in request.POST.getlist("weight") if text.isdigit()]
    position = request.POST.get("position", "")
    for track in my_tracks(request, ids_among([request.POST.get("track", "")])):
        try:
            song_set_bring_back(
                song_set=song_set,
                track=track,
                position=int(position) if position.isdigit() else 1,
                weights=dict(zip(names, shares, strict=False)),
                actor=request.user,
            )
        except DomainError as refusal:
            return _answer(request, song_set, refusal=refusal.message)
        said = _("“%(title)s” is back in its place.") % {"title": track.title}
        return _answer(request, song_set, said=said)
    gone = _("The song is not in your library any more, so it cannot be put back.")
    return _answer(request, song_set, refusal=gone)


@require_POST
@member_required
def set_order(request: AuthenticatedHttpRequest, set_id: UUID) -> HttpResponse:
    """Move one song up or down, or take the whole order that was dragged."""
    song_set = song_set_to_change(request, set_id)
    entries = list(song_set.entries.order_by("position"))
    order = [entry.pk for entry in entries]
    if "order" in request.POST:
        named = request.POST["order"].split(",")
        order = [int(text) for text in named if text.isascii() and text.isdigit()]
    else:
        order = _moved(order, request.POST)
    try:
        song_set_reorder(song_set=song_set, order=order, actor=request.user)
    except DomainError as refusal:
        return _answer(request, song_set, refusal=refusal.message)
    return _answer(request, song_set, said=_("The order is saved."))


@require_POST
@member_required
def set_weights(request: AuthenticatedHttpRequest, set_id: UUID) -> HttpResponse:
    """Save the weights, or make them equal again."""
    song_set = song_set_to_change(request, set_id)
    entries = list(song_set.entries.order_by("position"))
    if "equal" in request.POST:
        weights = dict.fromkeys((entry.pk for entry in entries), 0)
    else:
        form = WeightsForm(entries, request.POST)
        if not form.is_valid():
            return _answer(request, song_set, refusal=form.said())
        weights = form.weights()
    try:
        song_set_weights(song_set=song_set, weights=weights, actor=request.user)
    except DomainError as refusal:
        return _answer(request, song_set, refusal=refusal.message)
    return _answer(request, song_set, said=_("The weights are saved; together they are 100 %."))


@require_POST
@member_required
def set_accept(request: AuthenticatedHttpRequest, set_id: UUID) -> HttpResponse:
    """Confirm the best of several strong candidates for every song that has them."""
    song_set = song_set_to_change(request, set_id)
    count = song_set_accept_strong(song_set=song_set, actor=request.user)
    text = ngettext("%(count)s song was confirmed.", "%(count)s songs were confirmed.", count)
    return _answer(request, song_set, said=text % {"count": count})


def _moved(order: list[int], said: dict[str, str]) -> list[int]:
    """Return the order with one song a place further up or down; at an end it stays."""
    for name, step in (("up", -1), ("down", 1)):
        text = said.get(name, "")
        if text.isdigit() and int(text) in order:
            at = order.index(int(text))
            to = min(max(at + step, 0), len(order) - 1)
            order.insert(to, order.pop(at))
    return order


def _undo_of(song_set: SongSet, entry: SongSetEntry) -> dict[str, object]:
    """Return what has to be sent back so that the song returns to where it was."""
    weights = list(song_set.entries.order_by("position").values_list("track_id", "weight_ppm"))
    return {
        "set": str(song_set.pk),
        "track": str(entry.track_id),
        "title": entry.track.title,
        "position": entry.position,
        "was": [[str(track), weight] for track, weight in weights],
    }


def _answer(
    request: AuthenticatedHttpRequest,
    song_set: SongSet,
    *,
    said: str = "",
    refusal: str = "",
    undo: dict[str, object] | None = None,
) -> HttpResponse:
    """Answer htmx with the part that changed, everybody else by going back to the page."""
    if wants_part(request):
        return _page(
            request, song_set, said=said, refusal=refusal, undo=undo, status=409 if refusal else 200
        )
    if undo is not None:
        request.session[UNDO] = undo
    if said:
        messages.success(request, said)
    if refusal:
        messages.error(request, refusal)
    return redirect("rights:set-detail", set_id=song_set.pk)


def _page(
    request: AuthenticatedHttpRequest,
    song_set: SongSet,
    *,
    view: object = None,
    said: str = "",
    refusal: str = "",
    undo: dict[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    is_part = wants_part(request)
    if not is_part:
        kept = request.session.get(UNDO)
        undo = request.session.pop(UNDO) if kept and kept["set"] == str(song_set.pk) else None
    song_set.refresh_from_db()
    context = {
        "view": view or song_set_view(song_set, user=request.user),
        "song_set": song_set,
        "can_change": can_change_song_set(request.membership, song_set),
        "is_part": is_part,
        "is_poll": is_part and request.method != "POST",
        "said": said,
        "refusal": refusal,
        "undo": undo,
    }
    name = "rights/_set.html" if is_part else "rights/set_detail.html"
    return render(request, name, context, status=status)

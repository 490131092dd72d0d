"""The list of songs; a song renamed, deleted, brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.errors import DomainError
from generation.forms.songs import SongTitleForm
from generation.models import Song
from generation.policies import can_add_song
from generation.selectors.song_list import (
    SongListQuery,
    set_to_begin_with,
    song_list,
    songs_tag,
)
from generation.services.songs import song_delete, song_rename, song_restore
from generation.views.asked import song_to_change, wants_part

if TYPE_CHECKING:
    from django.http import QueryDict

DELETED = "song_deleted"
"""Where the session keeps the song that was just deleted, until its undo was offered once."""


@require_safe
@member_required
def song_list_view(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the organisation's songs; a poll that would change nothing gets a 304."""
    tag = songs_tag(request.membership)
    if tag and request.htmx.ptag == tag:
        return HttpResponseNotModified()
    page = song_list(
        membership=request.membership,
        user=request.user,
        query=SongListQuery.parse(request.GET.dict()),
    )
    context = {
        "page": page,
        "tag": tag,
        "can_add": can_add_song(request.membership),
        "begin_with": None if page.has_any else set_to_begin_with(request.membership),
    }
    if wants_part(request):
        response = render(request, "generation/_songs.html", context)
    else:
        context["deleted"] = request.session.pop(DELETED, None)
        response = render(request, "generation/song_list.html", context)
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def song_rename_view(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponse:
    """Give the song another title."""
    song = song_to_change(request, song_id)
    posted = request.POST if request.method == "POST" else None
    form = SongTitleForm(posted, initial={"title": song.title})
    if posted is not None and form.is_valid():
        try:
            song_rename(song=song, title=form.cleaned_data["title"], actor=request.user)
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The title is saved."))
            return redirect("generation:song-detail", song_id=song_id)
    status = 422 if form.errors else 200
    context = {"form": form, "song": song}
    return render(request, "generation/song_rename.html", context, status=status)


@require_POST
@member_required
def song_delete_view(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponse:
    """Put the song away, and offer to bring it back."""
    song = song_to_change(request, song_id)
    song_delete(song=song, actor=request.user)
    request.session[DELETED] = {"song": str(song.pk), "title": song.title}
    return redirect("generation:song-list")


@require_POST
@member_required
def song_undelete(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Bring a deleted song back."""
    if not can_add_song(request.membership):
        raise PermissionDenied
    mine = Song.objects.filter(organisation=request.membership.organisation)
    song = get_object_or_404(mine.select_related("organisation"), pk=_named(request.POST))
    try:
        song_restore(song=song, actor=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("generation:song-list")
    messages.success(request, _("“%(title)s” is back.") % {"title": song.title})
    return redirect("generation:song-detail", song_id=song.pk)


def _named(posted: QueryDict) -> UUID:
    try:
        return UUID(posted.get("song", ""))
    except ValueError:
        raise Http404 from None

"""The files of a song: what there is, and what is made when somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.errors import DomainError
from generation.models import Version
from generation.selectors.files import song_files
from generation.selectors.song_head import address
from generation.selectors.standing import standing_of
from generation.services.files import file_want
from generation.views.asked import (
    asked_or_404,
    song_frame,
    song_or_404,
    version_or_404,
    wants_part,
)

if TYPE_CHECKING:
    from uuid import UUID


@require_safe
@member_required
def song_files_view(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponse:
    """Show what can be downloaded of a version; answer the poll of what is being made of it."""
    asked = asked_or_404(request, song_id)
    context: dict[str, object] = {}
    if asked.version.state == Version.State.READY:
        files = song_files(asked.version, user=request.user)
        if wants_part(request) and files.tag and request.htmx.ptag == files.tag:
            return HttpResponseNotModified()
        here = address("song-files", asked.song, asked.version)
        context = {"files": files, "here_url": here, "song_id": asked.song.pk}
        context["receipt_url"] = standing_of(asked.version).receipt_url
    if wants_part(request):
        response = render(request, "generation/_files.html", context)
    else:
        context |= song_frame(request, asked, "song-files")
        response = render(request, "generation/song_files.html", context)
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


@require_POST
@member_required
def file_make(
    request: AuthenticatedHttpRequest, song_id: UUID, number: int, kind: str
) -> HttpResponse:
    """Ask for a file that is made on demand; every member may, as every member may download."""
    version = version_or_404(song_or_404(request, song_id), number)
    try:
        file_want(version=version, kind=kind)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(address("song-files", version.song, version))

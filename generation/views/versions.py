"""The versions of a song: their tree; one chosen, rated, stopped, tried again; its mixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required, next_url
from config.lib.errors import DomainError
from generation.constants import MIX_GAIN_MAX_DB, MIX_GAIN_MIN_DB
from generation.forms.songs import RATINGS, MixForm, RatingForm
from generation.models import SavedMix, Version
from generation.policies import can_change_song
from generation.selectors.making import making_tag, song_making
from generation.selectors.mixer import gains_of_stems, strip_keys
from generation.selectors.song_head import address
from generation.selectors.version_tree import version_tree
from generation.services.edits import (
    version_cancel,
    version_make_current,
    version_rate,
    version_retry,
)
from generation.services.mixes import mix_delete, mix_save
from generation.views.asked import asked_or_404, number_in, song_to_change, version_or_404
from library.selectors.track_list import MINUS

if TYPE_CHECKING:
    from uuid import UUID


@require_safe
@member_required
def song_versions(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponse:
    """Show every version, what it was made from, and what it is."""
    asked = asked_or_404(request, song_id)
    may_change = can_change_song(request.membership, asked.song)
    context = {
        "song": asked.head(request, "song-versions"),
        "making": song_making(
            asked.song,
            asked.versions,
            membership=request.membership,
            tag=making_tag(asked.versions),
        ),
        "stars": RATINGS,
        "tree": version_tree(asked.song, asked.versions, user=request.user),
        "can_change": may_change,
    }
    return render(request, "generation/song_versions.html", context)


@require_POST
@member_required
def version_change(request: AuthenticatedHttpRequest, song_id: UUID, number: int) -> HttpResponse:
    """Make a version the present one, or rate it."""
    version = version_or_404(song_to_change(request, song_id), number)
    try:
        if "current" in request.POST:
            version_make_current(version=version, actor=request.user)
            text = _("Version %(number)s is the present one.")
            messages.success(request, text % {"number": number})
        elif "rating" in request.POST:
            form = RatingForm(request.POST)
            rating = form.cleaned_data["rating"] if form.is_valid() else 0
            version_rate(version=version, rating=rating, actor=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return _back(request, version)


@require_POST
@member_required
def version_stop(request: AuthenticatedHttpRequest, song_id: UUID, number: int) -> HttpResponse:
    """Stop making a version."""
    version = version_or_404(song_to_change(request, song_id), number)
    version_cancel(version=version, actor=request.user)
    return _back(request, version)


@require_POST
@member_required
def version_again(request: AuthenticatedHttpRequest, song_id: UUID, number: int) -> HttpResponse:
    """Try a version again that failed or was stopped."""
    version = version_or_404(song_to_change(request, song_id), number)
    job = version.job.public_id if version.job is not None else ""
    try:
        version_retry(version=version, actor=request.user, idem=f"retry:{job}")
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return _back(request, version)


@require_POST
@member_required
def mix_keep(request: AuthenticatedHttpRequest, song_id: UUID, number: int) -> HttpResponse:
    """Save a mix under a name, or forget one."""
    version = version_or_404(song_to_change(request, song_id), number)
    url = address("song-mix", version.song, version)
    doomed = number_in(request.POST.get("delete", ""))
    if doomed is not None:
        for mix in SavedMix.objects.filter(version=version, pk=doomed):
            mix_delete(mix=mix, actor=request.user)
        return redirect(url)
    form = MixForm(strip_keys(version), request.POST)
    if not form.is_valid():
        text = _("Give the mix a name; gains go from %(least)s to %(most)s dB. Nothing was saved.")
        limits = {
            "least": f"{MIX_GAIN_MIN_DB:.0f}".replace("-", MINUS),
            "most": f"{MIX_GAIN_MAX_DB:.0f}",
        }
        messages.error(request, text % limits)
        return redirect(url)
    try:
        gains = gains_of_stems(version, form.gains())
        name = form.cleaned_data["name"]
        mix_save(version=version, name=name, gains=gains, actor=request.user)
        messages.success(request, _("The mix “%(name)s” is saved.") % {"name": name})
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(url)


def _back(request: AuthenticatedHttpRequest, version: Version) -> HttpResponseRedirect:
    """Go back to the page of the song that asked, or to that of the version."""
    url = (
        next_url(request)
        if request.POST.get("next")
        else address("song-detail", version.song, version)
    )
    if url == reverse("home"):
        url = address("song-detail", version.song, version)
    return redirect(url)

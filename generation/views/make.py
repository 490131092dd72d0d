"""A song asked for: the shares and the wishes, balanced, previewed, sent."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest, member_required
from config.lib.errors import DomainError
from generation.constants import SEED_MAX
from generation.forms.shares import SharesForm, balanced, points_text
from generation.forms.wish import SongWishForm
from generation.policies import can_add_song
from generation.selectors.make_page import MakePage, make_page, split_rows
from generation.services.songs import SongOrder, song_generate
from rights.views.asked import song_set_or_404

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from rights.models import SongSet


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def song_create(request: AuthenticatedHttpRequest, set_id: UUID) -> HttpResponse:
    """Ask for a song from a complete set. A closed gate leads back to the set, a lost song says so."""
    song_set = song_set_or_404(request, set_id)
    if not can_add_song(request.membership):
        raise PermissionDenied
    page = make_page(song_set, user=request.user)
    if page.reasons:
        if page.is_frozen:
            return render(request, "generation/song_create_lost.html", {"page": page}, status=409)
        messages.error(request, " ".join(page.reasons))
        return redirect("rights:set-detail", set_id=set_id)
    numbers = [source.number for source in page.sources]
    if request.method != "POST":
        wish = SongWishForm(initial={"idem": uuid.uuid4().hex})
        points = {source.number: source.default_ppm for source in page.sources}
        return _page(request, page, wish, points)
    shares, wish = SharesForm(numbers, request.POST), SongWishForm(request.POST)
    is_whole = shares.is_valid()
    what = request.POST.get("do", "")
    if what in {"balance", "equal", "surprise"}:
        return _reworked(request, page, shares, what)
    if not (wish.is_valid() and is_whole):
        return _page(request, page, wish, shares.points(), shares=shares, status=422)
    return _made(request, song_set, page, wish, shares)


def _made(
    request: AuthenticatedHttpRequest,
    song_set: SongSet,
    page: MakePage,
    wish: SongWishForm,
    shares: SharesForm,
) -> HttpResponse:
    """Ask for the song and go to its page; a refusal comes back with everything that was typed."""
    points = shares.points()
    data = wish.cleaned_data
    try:
        song = song_generate(
            song_set=song_set,
            order=SongOrder(
                wish.options(),
                weights={source.isrc: points[source.number] for source in page.sources},
                title=data["title"],
            ),
            seed=data["seed"],
            versions=int(data["versions"]),
            idem=data["idem"],
            actor=request.user,
        )
    except DomainError as refusal:
        wish.add_error(None, refusal.message)
        return _page(request, page, wish, points, shares=shares, status=409)
    return redirect("generation:song-detail", song_id=song.pk)


def _reworked(
    request: AuthenticatedHttpRequest, page: MakePage, shares: SharesForm, what: str
) -> HttpResponse:
    """Show the page again with shares that add up, or with a seed by lot; nothing is made."""
    given = request.POST.dict()
    points = shares.points()
    if what == "surprise":
        given["seed"] = str(secrets.randbelow(SEED_MAX + 1))
    else:
        points = balanced(points, shares.locked(), equal=what == "equal")
    given |= {f"share-{number}": points_text(held) for number, held in points.items()}
    wish = SongWishForm(initial=given)
    return _page(request, page, wish, points, locked=shares.locked())


def _page(
    request: AuthenticatedHttpRequest,
    page: MakePage,
    wish: SongWishForm,
    points: Mapping[int, int],
    *,
    shares: SharesForm | None = None,
    locked: frozenset[int] = frozenset(),
    status: int = 200,
) -> HttpResponse:
    values = {number: points_text(held) for number, held in points.items()}
    wrong: frozenset[int] = frozenset()
    if shares is not None:  # what could not be read comes back as it was typed
        locked = shares.locked()
        wrong = frozenset(n for n in shares.numbers if f"share-{n}" in shares.errors)
        values = {n: request.POST.get(f"share-{n}", "") for n in shares.numbers}
    context = {
        "page": page,
        "wish": wish,
        "rows": split_rows(page.sources, values, points, locked, wrong),
        "share_errors": shares.non_field_errors() if shares is not None else (),
        "total": points_text(sum(points.values())),
    }
    return render(request, "generation/song_create.html", context, status=status)

"""Two versions of a song side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest, member_required
from generation.models import Version
from generation.policies import can_change_song
from generation.selectors.comparison import comparison
from generation.views.asked import asked_or_404, number_in

if TYPE_CHECKING:
    from uuid import UUID


@require_safe
@member_required
def version_compare(request: AuthenticatedHttpRequest, song_id: UUID) -> HttpResponse:
    """Compare the versions that ``?a=`` and ``?b=`` name: else the present one and its neighbour."""
    asked = asked_or_404(request, song_id)
    ready = [version for version in asked.versions if version.state == Version.State.READY]
    if len(ready) < 2:
        messages.info(request, _("There is one version only. Change it, and compare the two."))
        return redirect("generation:song-versions", song_id=song_id)
    by_number = {version.number: version for version in ready}
    b = by_number.get(number_in(request.GET.get("b", "")) or 0, ready[-1])
    parent = b.parent if b.parent is not None and b.parent.number in by_number else None
    usual = by_number[parent.number] if parent is not None else next(v for v in ready if v != b)
    a = by_number.get(number_in(request.GET.get("a", "")) or 0, usual)
    if a == b:
        a = usual
    compared = comparison(a, b, user=request.user)
    context = {
        "song": asked.head(request, "song-versions"),
        "compared": compared,
        "sides": (compared.a, compared.b),
        "ready": ready,
        "can_change": can_change_song(request.membership, asked.song),
    }
    return render(request, "generation/version_compare.html", context)

"""The library: ten slots that wait for songs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import member_required

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.http import AuthenticatedHttpRequest

SONGS_PER_SET = 10


@require_safe
@member_required
def home(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the set that is being filled, one slot for each of its ten songs."""
    return render(request, "library/home.html", {"slots": range(1, SONGS_PER_SET + 1)})

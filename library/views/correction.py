"""Correcting what was measured: tempo, key, bar lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest, member_required
from library.exceptions import TrackStateError
from library.forms import CorrectionForm
from library.models import Track
from library.policies import can_change_track
from library.selectors.track_corrections import correction_panel
from library.services.corrections import correction_apply

if TYPE_CHECKING:
    from uuid import UUID


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def correct(request: AuthenticatedHttpRequest, track_id: UUID) -> HttpResponse:
    """Show what can be corrected; take one correction, or take one back."""
    mine = Track.objects.of(request.membership.organisation).select_related("analysis")
    mine = mine.prefetch_related("corrections__made_by")
    track = get_object_or_404(mine, pk=track_id)
    if not can_change_track(request.membership, track):
        raise PermissionDenied
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            correction_apply(
                track=track,
                user=request.user,
                what=given["what"],
                do=given["do"],
                tempo_bpm=given["bpm"],
                camelot=given["key"],
            )
        except TrackStateError as refusal:
            form.add_error(None, refusal.message)
        else:
            undone = given["do"] == "undo"
            said = _("The measurement stands again.") if undone else _("The correction is saved.")
            messages.success(request, said)
            return redirect("library:track-detail", track_id=track_id)
    context = {"form": form, "track": track, "panel": correction_panel(track)}
    status = 422 if form.errors else 200
    return render(request, "library/track_correct.html", context, status=status)

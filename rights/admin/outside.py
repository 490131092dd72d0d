"""The services outside for staff: pace, breaker, and what is remembered of their answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models.functions import Length
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.rows import RowsAdmin
from rights.models import OutsideAnswer, OutsideService

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(OutsideService)
class OutsideServiceAdmin(RowsAdmin[OutsideService]):
    """Each service with where its breaker stands, which all processes share."""

    list_display = ("name", "standing", "failures", "left_alone_until", "next_call")
    fields = (*list_display, "openings")

    @admin.display(description=gettext_lazy("state"))
    def standing(self, service: OutsideService) -> str:
        """Say whether it is asked, in words."""
        now = timezone.now().timestamp()
        if service.openings and now < max(service.open_until, service.probe_until):
            return _("left alone: it failed several times in a row")
        if service.openings:
            return _("the next question tries it again")
        if service.failures:
            return _("asked, and failing")
        return _("asked")

    @admin.display(description=gettext_lazy("left alone until"))
    def left_alone_until(self, service: OutsideService) -> datetime | None:
        """Return when it may be tried again."""
        return _moment(service.open_until)

    @admin.display(description=gettext_lazy("next call"))
    def next_call(self, service: OutsideService) -> datetime | None:
        """Return the earliest time of the next call; far off when it asked us to wait."""
        return _moment(service.slot_at)


@admin.register(OutsideAnswer)
class OutsideAnswerAdmin(RowsAdmin[OutsideAnswer]):
    """What is remembered. Keys are hashes: nobody can tell from them who asked what."""

    list_display = ("key", "size", "fetched_at", "expires_at")
    search_fields = ("=key",)
    fields = (*list_display, "answer")
    ordering = ("-expires_at",)  # the column with an index

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutsideAnswer]:
        """Measure the answers of a list in the database, rather than fetch them all."""
        rows = super().get_queryset(request).annotate(length=Length("answer"))
        return rows if request.resolver_match.kwargs else rows.defer("answer")  # type: ignore[union-attr]

    @admin.display(description=gettext_lazy("size"))
    def size(self, answer: OutsideAnswer) -> str:
        """Return how long the answer is, in characters, as bytes are written."""
        return filesizeformat(getattr(answer, "length", 0))


def _moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None

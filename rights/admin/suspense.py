"""Money that waits, on one page: what is held and how long already, and reports that are not posted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.admin.rows import RowsAdmin
from rights.models import RunShare
from rights.selectors.waiting_money import held_money, waiting_reports

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

ROWS_PER_PAGE = 100
WORDS_MAX = 200


class SuspensePages(RowsAdmin[RunShare]):
    """Adds the page to those of shares of runs, which it is made of."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page."""
        view = self.admin_site.admin_view(self.suspense_view)
        return [path("suspense/", view, name="rights_runshare_suspense"), *super().get_urls()]

    def suspense_view(self, request: HttpRequest) -> HttpResponse:
        """Show what is held by recording and age, and what keeps reports from being posted."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now, words = timezone.now(), request.GET.get("q", "").strip()[:WORDS_MAX]
        sums, rows = held_money(now=now, words=words)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Money that waits"),
            "as_of": now,
            "words": words,
            "sums": sums,
            "page": Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page")),
            "ages": [_("0–30 days"), _("31–90 days"), _("91–365 days"), _("More than a year")],  # noqa: RUF001 - a range
            "reports": waiting_reports(now=now),
        }
        return TemplateResponse(request, "admin/rights/suspense.html", context)

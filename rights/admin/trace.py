"""Tracing an amount on a page: type what it is, and follow it to the line or to the payout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from accounts.admin.rows import RowsAdmin
from rights.models import RunShare
from rights.selectors.trace import trace
from rights.selectors.trace_nodes import TraceError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern


class TracePages(RowsAdmin[RunShare]):
    """Adds the page to those of shares of runs, through which everything goes."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page."""
        view = self.admin_site.admin_view(self.trace_view)
        return [path("trace/", view, name="rights_runshare_trace"), *super().get_urls()]

    def trace_view(self, request: HttpRequest) -> HttpResponse:
        """Show the tree of what stands in the address, such as ``?of=leg:4711``."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        wanted, node, refusal = request.GET.get("of", "").strip()[:100], None, ""
        if wanted:
            try:
                node = trace(wanted)
            except TraceError as error:
                refusal = error.message
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Trace an amount"),
            "wanted": wanted,
            "node": node,
            "refusal": refusal,
        }
        status = 404 if refusal else 200
        return TemplateResponse(request, "admin/rights/trace.html", context, status=status)

"""The product's addresses, and one that fails on request, so that each error page can be visited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.urls import path

from config.errors import too_many_requests
from config.urls import handler400, handler403, handler404, handler429, handler500, urlpatterns

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

FAILURES = {400: SuspiciousOperation, 403: PermissionDenied, 500: RuntimeError}


def fail(request: HttpRequest, status: int) -> HttpResponse:
    """Fail with ``status`` as the product would: by an exception, or by its limiter's handler."""
    if status == 429:
        return too_many_requests(request)
    raise FAILURES[status]


urlpatterns = [*urlpatterns, path("fail/<int:status>/", fail)]

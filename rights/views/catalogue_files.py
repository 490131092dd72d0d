"""Covers and previews of the catalogue from our own origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import member_required
from config.lib.byteranges import RangeUnsatisfiableError, byte_range
from rights.catalogue.files import FileRefusedError, FileUnavailableError
from rights.selectors.catalogue_files import file_of
from rights.services.catalogue_files import catalogue_file_fetch

if TYPE_CHECKING:
    from accounts.http import AuthenticatedHttpRequest
    from rights.catalogue.files import CatalogueFile

# The token names the bytes' address, and Apple gives a changed cover another one.
KEEP_S = 86_400
RETRY_S = 30


@require_safe
@member_required
def catalogue_file(request: AuthenticatedHttpRequest, token: str) -> HttpResponse:
    """Serve the cover or preview that a signed token names: 200, 206, 404, 416, or 503 for now."""
    named = file_of(token)
    if named is None:
        raise Http404
    kind, url = named
    try:
        file = catalogue_file_fetch(kind=kind, url=url)
    except FileRefusedError:
        raise Http404 from None
    except FileUnavailableError:
        headers = {"Retry-After": str(RETRY_S), "Cache-Control": "no-store"}
        return HttpResponse(status=503, headers=headers)
    response = _answer(request, file)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"private, max-age={KEEP_S}, immutable"
    return response


def _answer(request: AuthenticatedHttpRequest, file: CatalogueFile) -> HttpResponse:
    """Answer with the bytes asked for; Safari plays nothing without ranges."""
    size = len(file.content)
    try:
        part = byte_range(request.headers.get("Range", "").strip(), size)
    except RangeUnsatisfiableError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {"Accept-Ranges": "bytes", "Content-Type": file.content_type}
    if part is None:
        return HttpResponse(file.content, headers=headers)
    headers["Content-Range"] = part.content_range(size)
    content = file.content[part.first : part.first + part.length]
    return HttpResponse(content, status=206, headers=headers)

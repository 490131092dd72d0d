"""``/verify/…``: receipts and the keys they are signed with, for everybody, without a log-in.

What never changes may be kept by browsers and proxies; what names our keys, for minutes only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from generation.models import Receipt
from generation.selectors.receipt_keys import published_keys
from generation.selectors.receipt_page import receipt_find, receipt_page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

DAY_S, MINUTES_S = 86_400, 300


@require_safe
def receipt_verify(request: HttpRequest, number: str) -> HttpResponse:
    """Show what a receipt proves; it is found by its own number or by that of the version."""
    receipt = receipt_find(number)
    page = receipt_page(receipt) if receipt is not None else None
    if page is None:
        return render(request, "generation/receipt_unknown.html", status=404)
    response = render(request, "generation/receipt_verify.html", {"page": page})
    # The frame around it is the visitor's own, so only their browser keeps it.
    patch_cache_control(response, private=True, max_age=MINUTES_S)
    return response


def _etag(request: HttpRequest, receipt_id: UUID) -> str | None:
    digest = Receipt.objects.filter(pk=receipt_id).values_list("sha256", flat=True).first()
    return f'"{digest}"' if digest else None


@require_safe
@condition(etag_func=_etag)
def receipt_file(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """Send the receipt as it was signed, byte for byte."""
    receipt = Receipt.objects.filter(pk=receipt_id).first()
    if receipt is None:
        return _open(JsonResponse({"error": _("There is no receipt of this number.")}, status=404))
    response = HttpResponse(receipt.body.encode(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="receipt-{receipt.pk}.json"'
    patch_cache_control(response, public=True, max_age=DAY_S, immutable=True)
    return _open(response)


@require_safe
def receipt_key_list(request: HttpRequest) -> HttpResponse:
    """Show the keys that receipts are signed with, and those that signed earlier ones."""
    return render(request, "generation/receipt_key_list.html", {"keys": published_keys()})


@require_safe
def receipt_key_file(request: HttpRequest) -> HttpResponse:
    """Send the same for programs."""
    keys = [
        {"key_id": key.key_id, "alg": key.alg, "public_key": key.public, "signs": key.signs}
        for key in published_keys()
    ]
    response = JsonResponse({"keys": keys})
    patch_cache_control(response, public=True, max_age=MINUTES_S)
    return _open(response)


def _open(response: HttpResponse) -> HttpResponse:
    """Let programs on other sites read it: it is for everybody and carries no session."""
    response["Access-Control-Allow-Origin"] = "*"
    return response

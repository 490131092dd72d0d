"""Addresses, on our own site, of covers and previews that lie with Apple (ADR 45)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from django.core.signing import BadSignature, Signer
from django.urls import reverse

if TYPE_CHECKING:
    from rights.catalogue.files import Kind

SALT = "rights.catalogue_files"
LARGEST_PX = 1200


def artwork_path(template: str, pixels: int) -> str:
    """Return the address of a square cover of ``pixels``; "" when there is none.

    ``template`` holds ``{w}`` and ``{h}``, as Apple gives it.
    """
    size = str(min(max(pixels, 1), LARGEST_PX))
    return _path("artwork", template.replace("{w}", size).replace("{h}", size))


def preview_path(url: str) -> str:
    """Return the address of a preview; "" when there is none."""
    return _path("preview", url)


def file_of(token: str) -> tuple[Kind, str] | None:
    """Return kind and address that a token of ours names, or None when it is not ours."""
    try:
        kind, url = Signer(salt=SALT).unsign_object(token)
    except (BadSignature, ValueError, TypeError):
        return None
    if kind not in {"artwork", "preview"} or not isinstance(url, str):
        return None
    return cast("Literal['artwork', 'preview']", kind), url


def _path(kind: str, url: str) -> str:
    """Sign, so that nobody fetches through us what we did not show; the same text every time."""
    if not url:
        return ""
    token = Signer(salt=SALT).sign_object([kind, url], compress=True)
    return reverse("rights:catalogue-file", kwargs={"token": token})

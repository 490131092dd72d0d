"""Resumable uploads: the tus protocol 1.0.0 with creation, expiration, checksum and termination.

https://tus.io/protocols/resumable-upload describes the headers. A request that breaks off keeps
what has arrived; HEAD tells the client where to go on.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, BinaryIO, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods

from accounts.http import member_required
from library.constants import CHUNK_MAX_BYTES, FILE_MAX_BYTES
from library.exceptions import (
    UploadBusyError,
    UploadChecksumError,
    UploadOffsetError,
    UploadRefusedError,
)
from library.models import Upload
from library.policies import can_add_track
from library.services.uploads import upload_append, upload_create, upload_end

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from accounts.http import AuthenticatedHttpRequest

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = ("sha256", "sha1", "md5")
MEDIA_TYPE = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460  # from the protocol


@require_http_methods(["OPTIONS", "POST"])
@member_required
def collection(request: AuthenticatedHttpRequest) -> HttpResponse:
    """OPTIONS tells what is spoken here, POST begins an upload."""
    if request.method == "OPTIONS":
        return _capabilities()
    if not can_add_track(request.membership):
        raise PermissionDenied
    if (wrong := _wrong_version(request)) is not None:
        return wrong
    length = _number(request, "Upload-Length")
    if length is None:
        return _answer(400, text="Upload-Length is missing or is not a number.")
    try:
        upload = upload_create(
            organisation=request.membership.organisation,
            user=request.user,
            filename=_metadata(request).get("filename", ""),
            size_bytes=length,
            now=timezone.now(),
        )
    except UploadRefusedError as refusal:
        status = 413 if refusal.code.endswith(("too_large", "over_quota")) else 422
        return _answer(status, text=refusal.message)
    return _answer(
        201, {"Location": reverse("library:tus-upload", args=[upload.pk]), **_expiry(upload)}
    )


@require_http_methods(["HEAD", "PATCH", "DELETE", "OPTIONS"])
@member_required
def resource(request: AuthenticatedHttpRequest, upload_id: UUID) -> HttpResponse:
    """HEAD tells where the upload stands, PATCH adds a piece, DELETE takes it back."""
    if request.method == "OPTIONS":
        return _capabilities()
    upload = get_object_or_404(
        Upload, pk=upload_id, organisation_id=request.membership.organisation_id
    )
    if not can_add_track(request.membership):
        raise PermissionDenied
    if (wrong := _wrong_version(request)) is not None:
        return wrong
    if upload.state == Upload.State.ENDED:
        return _answer(410, text="This upload was taken back or has expired.")
    handlers: dict[str, Callable[[AuthenticatedHttpRequest, Upload], HttpResponse]]
    handlers = {"HEAD": _head, "PATCH": _patch, "DELETE": _delete}
    return handlers[cast("str", request.method)](request, upload)


def _capabilities() -> HttpResponse:
    return _answer(
        204,
        {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(FILE_MAX_BYTES),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        },
    )


def _head(request: AuthenticatedHttpRequest, upload: Upload) -> HttpResponse:
    return _answer(
        200,
        {
            "Upload-Offset": str(upload.offset_bytes),
            "Upload-Length": str(upload.size_bytes),
            "Cache-Control": "no-store",
            **_expiry(upload),
        },
    )


def _patch(request: AuthenticatedHttpRequest, upload: Upload) -> HttpResponse:
    offset, length = _number(request, "Upload-Offset"), _number(request, "Content-Length")
    if request.content_type != MEDIA_TYPE:
        return _answer(415, text=f"A piece is sent as {MEDIA_TYPE}.")
    if offset is None or length is None:
        return _answer(400, text="Upload-Offset and Content-Length are needed.")
    if length > CHUNK_MAX_BYTES:
        return _answer(413, text=f"A piece may have at most {CHUNK_MAX_BYTES} bytes.")
    try:
        checksum = _checksum(request)
    except ValueError:
        return _answer(400, text="Upload-Checksum is not one of the announced algorithms.")
    try:
        upload = upload_append(
            upload=upload,
            offset_bytes=offset,
            # Read from the request itself: request.body would hold the piece in memory, and
            # refuses it above DATA_UPLOAD_MAX_MEMORY_SIZE.
            stream=cast("BinaryIO", request),
            length_bytes=length,
            now=timezone.now(),
            checksum=checksum,
        )
    except UploadOffsetError as error:
        upload.refresh_from_db()
        return _answer(409, {"Upload-Offset": str(upload.offset_bytes)}, text=error.message)
    except UploadChecksumError as error:
        return _answer(CHECKSUM_MISMATCH, text=error.message)
    except UploadBusyError as error:
        return _answer(423, text=error.message)
    return _answer(204, {"Upload-Offset": str(upload.offset_bytes), **_expiry(upload)})


def _delete(request: AuthenticatedHttpRequest, upload: Upload) -> HttpResponse:
    upload_end(upload=upload)
    return _answer(204)


def _answer(status: int, headers: dict[str, str] | None = None, text: str = "") -> HttpResponse:
    return HttpResponse(
        text,
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Tus-Resumable": VERSION, **(headers or {})},
    )


def _expiry(upload: Upload) -> dict[str, str]:
    if upload.state != Upload.State.RECEIVING:
        return {}
    return {"Upload-Expires": http_date(upload.expires_at.timestamp())}


def _wrong_version(request: AuthenticatedHttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    return _answer(412, {"Tus-Version": VERSION}, text="This server speaks tus 1.0.0.")


def _number(request: AuthenticatedHttpRequest, header: str) -> int | None:
    text = request.headers.get(header, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _metadata(request: AuthenticatedHttpRequest) -> dict[str, str]:
    """Read ``Upload-Metadata``: pairs of a key and base64, between commas."""
    found = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _space, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _checksum(request: AuthenticatedHttpRequest) -> tuple[str, bytes] | None:
    header = request.headers.get("Upload-Checksum")
    if not header:
        return None
    algorithm, _space, digest = header.partition(" ")
    if algorithm not in ALGORITHMS:
        msg = f"unknown algorithm {algorithm!r}"
        raise ValueError(msg)
    return algorithm, base64.b64decode(digest, validate=True)

"""Private files over HTTP: short signed links, and the view that answers them with byte ranges.

A link is made per request, after the permission check, by whoever may see the file. It is bound to
the object, its name, its type, its disposition and the person, and it dies after minutes. Django
itself serves no ranges, without which Safari plays nothing.

Three ways out: a stream from this process (development), NGINX by ``X-Accel-Redirect`` when
``MEDIA_ACCEL_PREFIX`` is set, or a redirect to a presigned address when the storage is a bucket.
"""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from config.lib import blobs
from config.lib.byteranges import ByteRange, RangeUnsatisfiableError, byte_range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

BLOCK = 64 << 10
SALT = "config.media"
# Links made within the same minute are the same text, so that browsers cache and pages compare.
ROUND_S = 60
NAME_LENGTH = 120
# What a browser shows in the page's own origin can run no script.
INLINE_TYPES = re.compile(r"audio/[\w.+-]+|image/(png|jpeg|webp)|application/(json|pdf)|text/plain")
UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed link says, and nothing else decides."""

    key: str
    filename: str
    content_type: str
    inline: bool
    user_id: int | None
    expires_at: int

    @property
    def disposition(self) -> str:
        """Return the ``Content-Disposition`` (RFC 6266)."""
        header = content_disposition_header(not self.inline, self.filename)
        return header or "inline"


def signed_url(
    key: str,
    *,
    user_id: int | None,
    filename: str,
    content_type: str,
    inline: bool = False,
    ttl_s: int = 600,
) -> str:
    """Return a path that serves the blob ``key`` to one person for ``ttl_s`` to ``ttl_s`` + 60 s.

    Parameters
    ----------
    key
        Of :func:`config.lib.blobs.put`.
    user_id
        Of the person whose permission was just checked. None makes a link that works for whoever
        holds it, for files that are public anyway.
    filename
        As the person should see it; made safe here.
    inline
        Show in the page instead of offering a download.

    Raises
    ------
    ValueError
        If a browser could run ``content_type`` as a page, and ``inline`` is asked for.
    """
    if inline and not INLINE_TYPES.fullmatch(content_type):
        msg = f"{content_type} is never served inline"
        raise ValueError(msg)
    name = safe_filename(filename)
    expires_at = -(-(int(time.time()) + ttl_s) // ROUND_S) * ROUND_S
    parts = [key, name, content_type, inline, user_id, expires_at]
    token = Signer(salt=SALT).sign_object(parts, compress=True)
    return reverse("media", kwargs={"token": token, "filename": name})


def safe_filename(name: str) -> str:
    """Return ``name`` without anything that a path, a header or a reader could be misled by."""
    plain = "".join(
        c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    plain = UNSAFE_IN_NAMES.sub("_", unicodedata.normalize("NFC", plain)).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    if dot and len(suffix) < 12:
        return f"{stem[: NAME_LENGTH - len(suffix) - 1].rstrip()}.{suffix}"
    return plain[:NAME_LENGTH] or "file"


@require_safe
def media(request: HttpRequest, token: str, filename: str) -> HttpResponseBase:
    """Serve the file that a signed link names: 200, 206, 304, 416, or a hand-over."""
    link = _link(token, filename)
    if link is None or (link.user_id is not None and link.user_id != request.user.pk):
        raise Http404  # a forged link, and one of somebody else, look alike
    if link.expires_at < time.time():
        return render(request, "errors/link_expired.html", status=403)
    if settings.S3_BUCKET:
        return _to_bucket(link)
    try:
        size = blobs.size(link.key)
    except FileNotFoundError:
        raise Http404 from None
    if settings.MEDIA_ACCEL_PREFIX:
        response: HttpResponseBase = HttpResponse()
        response["X-Accel-Redirect"] = settings.MEDIA_ACCEL_PREFIX + quote(link.key)
    else:
        response = _stream(request, link.key, size)
    return _described(response, link)


def _link(token: str, filename: str) -> Link | None:
    """Return what the token says, or None when we did not sign it for this name."""
    try:
        link = Link(*Signer(salt=SALT).unsign_object(token))
    except (BadSignature, ValueError, TypeError):
        return None
    return link if link.filename == filename else None


def _described(response: HttpResponseBase, link: Link) -> HttpResponseBase:
    """Add what the file is and who may keep it."""
    if response.status_code != 304:
        response["Content-Type"] = link.content_type
        response["Content-Disposition"] = link.disposition
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    left = max(0, link.expires_at - int(time.time()))
    response["Cache-Control"] = f"private, max-age={left}, immutable"
    return response


def _stream(request: HttpRequest, key: str, size: int) -> HttpResponseBase:
    """Answer with the bytes asked for, block by block."""
    etag = f'"{blobs.digest_of(key)}"'
    asked_for = HttpResponse(headers={"ETag": etag})
    answer = get_conditional_response(request, etag=etag, response=asked_for)
    if answer is not None and answer is not asked_for:
        return answer  # 304 or 412
    try:
        part = byte_range(_range_header(request, etag), size)
    except RangeUnsatisfiableError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part_or_all = part or ByteRange(0, size)
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Content-Length": str(part_or_all.length),
    }
    if part is not None:
        headers["Content-Range"] = part.content_range(size)
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    body = FileSlice(blobs.open_blob(key), part_or_all)
    return StreamingHttpResponse(body, status=206 if part else 200, headers=headers)


def _range_header(request: HttpRequest, etag: str) -> str:
    """Return the range asked for; "" when it does not count.

    It counts for GET only (RFC 9110, 14.2), and under ``If-Range`` only for the very bytes the
    client has (13.1.5). We send no date, hence a date there never matches.
    """
    if request.method != "GET" or request.headers.get("If-Range", etag).strip() != etag:
        return ""
    return request.headers.get("Range", "").strip()


class FileSlice:
    """A part of an open file as blocks; closes the file, whether it was read to its end or not.

    A plain iterator on purpose: under WSGI Django collects an asynchronous one in memory.
    """

    def __init__(self, file: BinaryIO, part: ByteRange) -> None:
        self.file, self.part = file, part

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.part.first)
        left = self.part.length
        while left and (block := self.file.read(min(BLOCK, left))):
            left -= len(block)
            yield block

    def close(self) -> None:
        """Close the file; Django calls this at the end of the response."""
        self.file.close()


def _to_bucket(link: Link) -> HttpResponse:
    """Send the browser to the bucket, with an address that dies with the link."""
    left = max(1, link.expires_at - int(time.time()))
    parameters = {
        "ResponseContentDisposition": link.disposition,
        "ResponseContentType": link.content_type,
        "ResponseCacheControl": f"private, max-age={left}, immutable",
    }
    url = default_storage.url(link.key, parameters=parameters, expire=left)  # type: ignore[call-arg]
    response = HttpResponseRedirect(url)
    response["Cache-Control"] = "private, no-store"
    return response

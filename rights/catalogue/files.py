"""Covers and previews from the hosts that Apple serves them from, and from no other.

The address comes from outside, so the fetch is narrow: known hosts, HTTPS on its own port, no
redirect, a few seconds, a few megabytes, and only what begins as a picture or a sound does.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from rights.catalogue.ports import Gate

Kind = Literal["artwork", "preview"]
# Apple's content network; Shazam's pictures and previews come from there too.
HOSTS = re.compile(r"(?:[a-z0-9-]{1,60}\.mzstatic\.com|audio-ssl\.itunes\.apple\.com)")
LARGEST_BYTES: dict[Kind, int] = {"artwork": 3 << 20, "preview": 6 << 20}
TIMEOUT = httpx.Timeout(4.0, connect=2.0)
LONGEST_S = 8.0
SIGNATURES: dict[Kind, tuple[tuple[re.Pattern[bytes], str], ...]] = {
    "artwork": (
        (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
        (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
        (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    ),
    "preview": (
        (re.compile(rb"....ftyp", re.DOTALL), "audio/mp4"),
        (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
        (re.compile(rb"ID3|\xff[\xf2\xf3\xfa\xfb]"), "audio/mpeg"),
    ),
}


class FileRefusedError(ValueError):
    """The address is none of the catalogue's, or what lies there is no picture and no sound."""


class FileUnavailableError(Exception):
    """The file cannot be had at the moment."""


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """A file in memory; the type is what the bytes are, not what the sender says."""

    content: bytes
    content_type: str


def is_catalogue_address(url: str, *, stand_in: str = "") -> bool:
    """Say whether ``url`` is a file of Apple's, or of the stand-in at the address ``stand_in``."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None:
        return False
    if stand_in and f"{parts.scheme}://{parts.netloc}" == stand_in.rstrip("/"):
        return True
    ours = HOSTS.fullmatch(parts.hostname or "") is not None
    return ours and parts.scheme == "https" and port in {None, 443}


def fetch_file(
    url: str, kind: Kind, *, http: httpx.Client, gate: Gate, stand_in: str = ""
) -> CatalogueFile:
    """Return what lies at ``url``.

    Raises
    ------
    FileRefusedError
        If the address or the content is not of the right kind; asking again will not help.
    FileUnavailableError
        If the host is away, slow, or left alone for a while.
    """
    if not is_catalogue_address(url, stand_in=stand_in):
        msg = "not an address of the catalogue"
        raise FileRefusedError(msg)
    if not gate.enter(longest_wait_s=0).allowed:
        raise FileUnavailableError
    try:
        with http.stream("GET", url, timeout=TIMEOUT, follow_redirects=False) as response:
            status = response.status_code
            content = _read(response, LARGEST_BYTES[kind]) if status == 200 else b""
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        gate.failed()
        raise FileUnavailableError from None
    if status >= 500 or status == 429:
        gate.failed()
        raise FileUnavailableError
    gate.succeeded()
    for pattern, content_type in SIGNATURES[kind]:
        if pattern.match(content):
            return CatalogueFile(content, content_type)
    msg = f"no {kind} at this address (status {status})"
    raise FileRefusedError(msg)


def _read(response: httpx.Response, most: int) -> bytes:
    """Return the body; nothing when it is larger than any file of its kind."""
    until = time.monotonic() + LONGEST_S
    body = bytearray()
    for block in response.iter_bytes():
        body += block
        if len(body) > most:
            return b""
        if time.monotonic() > until:  # each block may be in time, and the whole still be late
            raise TimeoutError
    return bytes(body)

"""What a receipt must look like before its sums are worth reading: every member, of the right kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generation.attribution.canonical import Seconds
from rights.domain.allocation import PPM
from rights.domain.identifiers import ISRC

BASE = "base"
"""In place of an ISRC: the base model, or of its sources the patterns that the project wrote."""
POOLS = ("references", "catalogue")

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HASH = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"[0-9]{4}(?:-[0-9]{2}){2}T[0-9]{2}(?::[0-9]{2}){2}\.[0-9]{6}Z")
_SOMEBODY = re.compile(rf"{ISRC.pattern}|{BASE}")
_NAME = re.compile(r".+", re.DOTALL)
_TEXT = re.compile(r".*", re.DOTALL)
_SHARES = {_SOMEBODY: range(PPM + 1)}

# A pattern is a string that matches it whole, a range is an integer in it, a dictionary of strings
# has exactly these members, a list any number of these and at least one, a dictionary of a pattern
# any number of members so named and at least one.
SHAPE: dict[str, Any] = {
    "receipt_version": range(1, 2),
    "song_id": _UUID,
    "version_id": _UUID,
    "engine": {"key": _NAME, "revision": _NAME},
    "base_model": {"revision": _NAME, "sha256": _HASH},
    "seed": range(2**53),
    "policy": _NAME,
    "pools": {"references_ppm": range(PPM + 1), "catalogue_ppm": range(PPM + 1)},
    "sources": [
        {
            "isrc": _SOMEBODY,
            "title": _TEXT,
            "artist": _TEXT,
            "pool": re.compile("|".join(POOLS)),
            "weight_ppm": range(PPM + 1),
            "share_ppm": range(PPM + 1),
        }
    ],
    "layers": {_NAME: _SHARES},
    "bars": [
        {
            "bar": range(1_000_000),
            "start_s": Seconds,
            "end_s": Seconds,
            "section": _TEXT,
            "shares": _SHARES,
        }
    ],
    "audio_sha256": _HASH,
    "created_at": _TIME,
}
SIGNATURE: dict[str, Any] = {
    "alg": re.compile(r"Ed25519"),
    "public_key": _HASH,
    "value": re.compile(r"[0-9a-f]{128}"),
}
SIGNED = SHAPE | {"signature": SIGNATURE}


def milliseconds(value: int | Seconds) -> int:
    """Return a time as whole milliseconds; whole seconds are read back as an integer."""
    return value.milliseconds if isinstance(value, Seconds) else 1000 * value


def misfits(value: object, shape: object, where: str = "") -> Iterator[str]:
    """Yield the place of every member of ``value`` that is missing, unknown or of the wrong kind."""
    if isinstance(shape, dict):
        yield from _of_members(value, shape, where)
    elif isinstance(shape, list):
        if not isinstance(value, list) or not value:
            yield where
            return
        for number, item in enumerate(value):
            yield from misfits(item, shape[0], f"{where}[{number}]")
    elif not _fits(value, shape):
        yield where


def _of_members(value: object, shape: dict[Any, Any], where: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield where
        return
    [*names] = shape
    if not isinstance(names[0], re.Pattern):
        for name in sorted({*names} ^ {*value}):
            yield f"{where}.{name}".lstrip(".")
        for name in names:
            if name in value:
                yield from misfits(value[name], shape[name], f"{where}.{name}".lstrip("."))
        return
    if not value:
        yield where
    for name, item in value.items():
        place = f"{where}.{name}"
        yield from misfits(item, shape[names[0]], place) if _fits(name, names[0]) else [place]


def _fits(value: object, kind: object) -> bool:
    if isinstance(kind, re.Pattern):
        return isinstance(value, str) and kind.fullmatch(value) is not None
    if kind is Seconds:
        return isinstance(value, Seconds) or _is_int(value, range(10**10))
    return isinstance(kind, range) and _is_int(value, kind)


def _is_int(value: object, within: range) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in within

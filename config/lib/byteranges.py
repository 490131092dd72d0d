"""Which bytes a ``Range`` header asks for (RFC 9110, sections 14.1.2, 14.2 and 15.5.17). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# One range only: a player never asks for more, and a list of many small ones is an old attack
# (RFC 9110, 14.2: "ignore, coalesce, or reject egregious range requests").
ONE_RANGE = re.compile(r"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.ASCII | re.IGNORECASE)
# More digits than any file has; int() refuses beyond 4,300 of them.
LONGEST_NUMBER = 20


class RangeUnsatisfiableError(ValueError):
    """The range is well formed but lies outside the file: 416."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """``length`` bytes from byte ``first``; never empty."""

    first: int
    length: int

    def content_range(self, size: int) -> str:
        """Return the ``Content-Range`` of a 206 for a file of ``size`` bytes."""
        return f"bytes {self.first}-{self.first + self.length - 1}/{size}"


def byte_range(header: str, size: int) -> ByteRange | None:
    """Return the part of a file of ``size`` bytes that ``header`` asks for.

    None means "send the whole file with 200": no range, another unit, several ranges, or a
    malformed one, all of which a server may ignore.

    Raises
    ------
    RangeUnsatisfiableError
        If no byte of the file is in the range.
    """
    match = ONE_RANGE.fullmatch(header)
    if (
        match is None
        or max(map(len, match.groups())) > LONGEST_NUMBER
        or match.groups() == ("", "")
    ):
        return None
    if not match[1]:
        return _suffix(int(match[2]), size)
    first, last = int(match[1]), int(match[2] or size)
    if last < first and match[2]:
        return None  # malformed, not unsatisfiable: RFC 9110, 14.1.1
    if first >= size:
        raise RangeUnsatisfiableError(header)
    return ByteRange(first, min(last, size - 1) - first + 1)


def _suffix(length: int, size: int) -> ByteRange | None:
    """Return the last ``length`` bytes; the whole file if it is shorter."""
    if length == 0:
        raise RangeUnsatisfiableError(length)
    if size == 0:
        return None  # satisfiable, yet no Content-Range can name zero bytes
    length = min(length, size)
    return ByteRange(size - length, length)

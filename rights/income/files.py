"""A report file before anybody reads it: unpacked, measured, and safe to be cut into lines.

One pass over the bytes says how many lines there are, that they are UTF-8, that no line is endless
and that nothing hides between two line ends. A file with the line ends of Windows is copied without
them; one with empty lines is when somebody has to know the number of a line (``ironed``).
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from config.lib.errors import DomainError

CHUNK = 1 << 20
LONGEST_LINE = CHUNK
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


class ReportRefusedError(DomainError):
    """The file cannot be read as lines of text; ``line`` says where, 0 if that means nothing."""

    def __init__(self, code: str, message: str, line: int = 0) -> None:
        """Remember the line."""
        super().__init__(code, message)
        self.line = line


@dataclass(frozen=True)
class Limits:
    """How large a file may be, packed or not, and how many times larger it may become."""

    bytes: int = 16 << 30
    ratio: int = 120


@dataclass(frozen=True)
class ReportFile:
    """A plain text file. ``sha256`` is of the bytes as they came, ``size_bytes`` counts them unpacked.

    ``path`` holds the lines, ended by line feeds. ``has_lists``: a cell somewhere has several values.
    """

    path: Path
    sha256: str
    size_bytes: int
    lines: int
    has_lists: bool

    def head(self, most: int) -> Iterator[str]:
        """Yield the first lines, at most ``most``, without their ends."""
        with self.path.open(encoding="utf-8-sig", newline="\n") as file:
            for number, line in enumerate(file):
                if number >= most:
                    return
                yield line.removesuffix("\n")

    def last_line(self) -> tuple[int, str]:
        """Return the last line that says something, and its number."""
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - LONGEST_LINE))
            lines = file.read().split(b"\n")
        number = self.lines if lines[-1] else self.lines + 1
        for line in reversed(lines):
            if line and not line.startswith(b"#"):
                return number, line.decode("utf-8", "replace")
            number -= 1
        return 0, ""


def report_open(path: Path, folder: Path, limits: Limits | None = None) -> ReportFile:
    """Look through the file, unpacking it into ``folder`` first if it is gzip.

    Raises
    ------
    ReportRefusedError
        If it is empty, too large, another kind of archive, damaged, not UTF-8, or has a line
        without end. Nothing of it was used.
    """
    plain, size = plain_file(path, folder, limits or Limits())
    with ThreadPoolExecutor(max_workers=1) as beside:  # hashing leaves Python free meanwhile
        digest = beside.submit(_sha256, path)
        seen = _look_through(plain)
        sha256 = digest.result()
    if seen.has_returns:
        plain = ironed(plain, folder)
    if not seen.lines:
        raise ReportRefusedError(
            "income.empty", "The file is empty. Nothing was read. Ask the sender for it again."
        )
    return ReportFile(plain, sha256, size, seen.lines, seen.has_bars)


def plain_file(path: Path, folder: Path, limits: Limits) -> tuple[Path, int]:
    """Return the file, unpacked into ``folder`` if it is gzip, and how many bytes it has.

    Raises
    ------
    ReportRefusedError
        If it is too large, packed or not, another kind of archive, or damaged.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start == ZIP:
        raise ReportRefusedError(
            "income.zip",
            "This is a ZIP archive. Nothing was read. Unpack it and send the files in it one by "
            "one; each may be packed as .gz.",
        )
    if start[:2] == GZIP:
        plain = folder / "report.tsv"
        size = _unpack(path, plain, limits)
    else:
        plain, size = path, path.stat().st_size
    if size > limits.bytes:
        raise _too_large(limits)
    return plain, size


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(packed: Path, plain: Path, limits: Limits) -> int:
    most = min(limits.bytes, max(CHUNK, packed.stat().st_size) * limits.ratio)
    size = 0
    try:
        with gzip.open(packed) as source, plain.open("wb") as target:
            while block := source.read(CHUNK):
                size += len(block)
                if size > most:
                    raise ReportRefusedError(
                        "income.bomb",
                        f"Unpacked, the file is larger than {most >> 20} MB. Nothing was read. "
                        "Ask the sender to divide the report.",
                    )
                target.write(block)
    except (OSError, EOFError, zlib.error) as error:
        raise ReportRefusedError(
            "income.gzip",
            "The file is gzip, but damaged or cut off. Nothing was read. Send it again.",
        ) from error
    return size


def _too_large(limits: Limits) -> ReportRefusedError:
    return ReportRefusedError(
        "income.too_large",
        f"The file is larger than {limits.bytes >> 20} MB. Nothing was read. Ask the sender to "
        "divide the report.",
    )


def ironed(path: Path, folder: Path) -> Path:
    """Return a copy in ``folder`` whose lines end in line feeds; empty ones become ``#``.

    Readers of tables pass over empty lines; in the copy the n-th line is the n-th for everybody.
    """
    smooth = folder / "lines.tsv"
    if path == smooth:
        return path
    with path.open("rb") as source, smooth.open("wb") as target:
        for line in source:
            target.write((line.rstrip(b"\r\n") or b"#") + b"\n")
    return smooth


@dataclass(frozen=True)
class _Seen:
    lines: int
    has_returns: bool
    has_bars: bool


def _look_through(path: Path) -> _Seen:
    """Return how many lines there are, if they can be cut safely, and what is to be careful of."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    ends, open_bytes, held_return, has_returns, has_bars = 0, 0, False, False, False
    last = b"\n"
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            _require_text(block, decoder, ends)
            _require_no_lone_return(block, held_return, ends)
            held_return = block.endswith(b"\r")
            newlines = block.count(b"\n")
            has_returns = has_returns or b"\r" in block
            has_bars = has_bars or b"|" in block
            open_bytes = _longest(block, open_bytes, ends)
            ends += newlines
            last = block[-1:]
    if held_return:
        raise _lone_return(ends + 1)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise not_text(ends + 1) from error
    return _Seen(ends + (last != b"\n"), has_returns, has_bars)


def _require_text(block: bytes, decoder: codecs.IncrementalDecoder, ends: int) -> None:
    if block.isascii() and not decoder.getstate()[0] and b"\0" not in block:
        return
    nul = block.find(b"\0")
    if nul >= 0:
        raise not_text(ends + block.count(b"\n", 0, nul) + 1)
    try:
        decoder.decode(block)
    except UnicodeDecodeError as error:
        raise not_text(ends + block.count(b"\n", 0, error.start) + 1) from error


def _require_no_lone_return(block: bytes, held: bool, ends: int) -> None:
    """A carriage return ends a line for some readers and not for others; it must not stand alone."""
    if held and not block.startswith(b"\n"):
        raise _lone_return(ends + 1)
    if b"\r" not in block:
        return
    inside = block[:-1] if block.endswith(b"\r") else block
    if inside.count(b"\r") != inside.count(b"\r\n"):
        at = next(
            place
            for place in range(len(inside))
            if inside[place] == 13 and inside[place + 1 : place + 2] != b"\n"
        )
        raise _lone_return(ends + block.count(b"\n", 0, at) + 1)


def _longest(block: bytes, before: int, ends: int) -> int:
    """Return how long the line is that the block leaves open."""
    first = block.find(b"\n")
    if first < 0:
        if before + len(block) > LONGEST_LINE:
            raise endless(ends + 1)
        return before + len(block)
    if before + first > LONGEST_LINE:
        raise endless(ends + 1)
    return len(block) - block.rfind(b"\n") - 1


def not_text(line: int) -> ReportRefusedError:
    """Return the refusal of a file whose line ``line`` is no text."""
    return ReportRefusedError(
        "income.not_text",
        f"Line {line} is not text in UTF-8. Nothing was read. Ask the sender for the report as UTF-8.",
        line,
    )


def _lone_return(line: int) -> ReportRefusedError:
    return ReportRefusedError(
        "income.line_end",
        f"In line {line} a carriage return stands alone. Nothing was read, because programs disagree "
        "about where such a line ends. Save the file with ordinary line ends.",
        line,
    )


def endless(line: int) -> ReportRefusedError:
    """Return the refusal of a file whose line ``line`` has no end."""
    return ReportRefusedError(
        "income.line_length",
        f"Line {line} is longer than {LONGEST_LINE} bytes. Nothing was read. Ask the sender for the "
        "report again.",
        line,
    )

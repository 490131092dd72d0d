"""Files by their content: the name of an object is the hash of its bytes.

The same bytes are stored once, whoever brings them, and an object never changes under its key, so
keys may be cached, compared and written into receipts. Deleting is therefore the caller's duty:
only who knows that no other row names the key may do it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from django.core.files.storage import default_storage

if TYPE_CHECKING:
    from config.lib.storage import BlobStorage

BLOCK = 1 << 20
KEY = re.compile(
    r"sha256/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})((?:\.[a-z0-9]{1,12}){0,2})"
)
SUFFIX = re.compile(r"(?:\.[a-z0-9]{1,12}){0,2}")


def put(stream: BinaryIO, *, suffix: str) -> str:
    """Store the rest of ``stream`` and return its key, ``sha256/ab/cd/<hash><suffix>``.

    Reads in blocks of one MiB, never the whole into memory. The object appears under its key only
    when it is complete and durable; when it is there already, nothing is written.

    Parameters
    ----------
    stream
        Read from its present position to its end; not closed.
    suffix
        ``""``, ``".wav"`` or ``".tar.gz"``: lower-case, for people and content types only.

    Raises
    ------
    ValueError
        If the suffix is not of that form.
    OSError
        If the storage cannot be written; nothing is left under the key.
    """
    if not SUFFIX.fullmatch(suffix):
        msg = f"not a suffix: {suffix!r}"
        raise ValueError(msg)
    storage = _storage()
    descriptor, name = tempfile.mkstemp(dir=storage.incoming(), prefix="blob-")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            digest, length = _copy(stream, target)
        key = f"sha256/{digest[:2]}/{digest[2:4]}/{digest}{suffix}"
        if not _is_whole(key, length):
            storage.adopt(path, key)
    finally:
        path.unlink(missing_ok=True)
    return key


def open_blob(key: str) -> BinaryIO:
    """Open the object for reading; the caller closes it.

    Raises
    ------
    FileNotFoundError
        If there is no such object.
    ValueError
        If ``key`` was not made by :func:`put`.
    """
    return cast("BinaryIO", default_storage.open(_checked(key), "rb"))


def exists(key: str) -> bool:
    """Say whether the object is there."""
    return default_storage.exists(_checked(key))


def size(key: str) -> int:
    """Return the object's length in bytes; raises ``FileNotFoundError`` when it is not there."""
    return default_storage.size(_checked(key))


def delete(key: str) -> None:
    """Remove the object; no error when it is not there. See the warning at the top."""
    default_storage.delete(_checked(key))


def digest_of(key: str) -> str:
    """Return the SHA-256 that the key carries, in hexadecimal: 64 digits."""
    match = KEY.fullmatch(_checked(key))
    return match[3] if match else ""


def verify(key: str) -> bool:
    """Read the object again and say whether its bytes still are those of its key.

    Raises
    ------
    FileNotFoundError
        If there is no such object.
    """
    with open_blob(key) as stream:
        digest, _length = _copy(stream, None)
    return digest == digest_of(key)


def _copy(source: IO[bytes], target: IO[bytes] | None) -> tuple[str, int]:
    """Hash ``source`` while copying it to ``target``; return the digest and the length."""
    digest, length = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        digest.update(block)
        length += len(block)
        if target is not None:
            target.write(block)
    return digest.hexdigest(), length


def _is_whole(key: str, length: int) -> bool:
    """Say whether the object is there in full; one cut short by a broken disk is written again."""
    with contextlib.suppress(FileNotFoundError):
        return size(key) == length
    return False


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        msg = f"not the key of a blob: {key!r}"
        raise ValueError(msg)
    return key


def _storage() -> BlobStorage:
    return cast("BlobStorage", default_storage)

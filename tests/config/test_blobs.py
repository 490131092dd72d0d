"""Files by their content, on the local storage; tests/config/test_s3.py repeats the core on S3."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from config.lib import blobs
from config.lib.storage import LocalStorage

SONG = b"RIFF....WAVE" * 1000


def root() -> Path:
    return Path(default_storage.path(""))


def files() -> list[Path]:
    return sorted(path for path in root().rglob("*") if path.is_file())


def test_a_blob_is_named_after_its_bytes_and_read_back():
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")

    digest = hashlib.sha256(SONG).hexdigest()
    assert key == f"sha256/{digest[:2]}/{digest[2:4]}/{digest}.wav"
    assert blobs.digest_of(key) == digest
    assert blobs.exists(key)
    assert blobs.size(key) == len(SONG)
    with blobs.open_blob(key) as stream:
        assert stream.read() == SONG
    assert blobs.verify(key)


def test_the_same_bytes_are_stored_once_and_not_written_again():
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")
    inode = (root() / key).stat().st_ino

    assert blobs.put(io.BytesIO(SONG), suffix=".wav") == key

    assert files() == [root() / key]
    assert (root() / key).stat().st_ino == inode


def test_only_the_rest_of_the_stream_is_stored_and_the_stream_stays_open():
    stream = io.BytesIO(b"header" + SONG)
    stream.seek(6)

    assert blobs.put(stream, suffix="") == blobs.put(io.BytesIO(SONG), suffix="")
    assert not stream.closed


def test_an_empty_blob_is_a_blob():
    key = blobs.put(io.BytesIO(b""), suffix="")

    assert key.endswith("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    assert blobs.size(key) == 0
    assert blobs.verify(key)


def test_a_deleted_blob_is_gone_and_deleting_again_is_no_error():
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")

    blobs.delete(key)
    blobs.delete(key)

    assert not blobs.exists(key)
    assert files() == []
    for read in (blobs.open_blob, blobs.size, blobs.verify):
        with pytest.raises(FileNotFoundError):
            read(key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../../etc/passwd",
        "sha256/ab/cd/" + "0" * 64,  # the folders are not those of the hash
        "sha256/00/00/" + "0" * 63,
        "sha256/00/00/" + "0" * 64 + "/../x",
        "sha256/00/00/" + "0" * 64 + ".WAV",
        "sha256/00/00/" + "0" * 64 + ".wav\n",
    ],
)
def test_a_key_that_we_did_not_make_is_refused(key):
    for read in (blobs.open_blob, blobs.exists, blobs.size, blobs.delete, blobs.verify):
        with pytest.raises(ValueError, match="not the key of a blob"):
            read(key)


@pytest.mark.parametrize("suffix", ["wav", ".WAV", "./x", ".a.b.c", "..", ".averyverylongone"])
def test_a_strange_suffix_is_refused_and_nothing_is_written(suffix):
    with pytest.raises(ValueError, match="not a suffix"):
        blobs.put(io.BytesIO(SONG), suffix=suffix)

    assert files() == []


def test_a_changed_byte_and_a_lost_byte_are_found():
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")
    path = root() / key
    path.chmod(0o600)

    path.write_bytes(b"X" + SONG[1:])
    assert not blobs.verify(key)

    path.write_bytes(SONG[:-1])
    assert not blobs.verify(key)


def test_an_object_cut_short_is_made_whole_when_its_bytes_come_again():
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")
    path = root() / key
    path.chmod(0o600)
    path.write_bytes(SONG[:10])

    assert blobs.put(io.BytesIO(SONG), suffix=".wav") == key
    assert blobs.verify(key)


def test_two_writers_of_the_same_bytes_make_one_object_without_an_error():
    together = threading.Barrier(8)
    keys: list[str] = []

    class Stream(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() == 0:
                together.wait(timeout=10)
            return super().read(size)

    def write() -> None:
        keys.append(blobs.put(Stream(SONG), suffix=".wav"))

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=20)

    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert files() == [root() / keys[0]]
    assert blobs.verify(keys[0])


def test_a_stream_that_fails_leaves_nothing():
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("the line dropped")
            return super().read(10)

    with pytest.raises(OSError, match="the line dropped"):
        blobs.put(Broken(SONG), suffix=".wav")

    assert files() == []


def test_a_writer_killed_half_way_leaves_no_object_under_a_final_key():
    program = f"""
import io, os, signal, django
django.setup()
from django.conf import settings
from config.lib import blobs
settings.STORAGES["default"]["OPTIONS"]["location"] = {str(root())!r}
class Killed(io.BytesIO):
    def read(self, size=-1):
        if self.tell() > 3_000_000:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(size)
blobs.put(Killed(bytes(5_000_000)), suffix=".wav")
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        check=False,
    )

    assert run.returncode == -9, run.stderr
    left = files()
    assert [path.parent.name for path in left] == [".incoming"]

    # A day later the next process that writes clears it away.
    yesterday = time.time() - 90_000
    os.utime(left[0], (yesterday, yesterday))
    LocalStorage(location=root()).incoming()
    assert files() == []


def test_what_is_being_written_now_is_not_cleared_away():
    other = root() / ".incoming" / "blob-of-another-process"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"...")

    blobs.put(io.BytesIO(SONG), suffix="")

    assert other.exists()


def test_a_large_stream_is_never_held_in_memory():
    class Zeros(io.RawIOBase):
        left = 64 << 20

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return bytes(size)

    tracemalloc.start()
    try:
        key = blobs.put(Zeros(), suffix=".raw")  # type: ignore[arg-type]
        assert blobs.verify(key)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert blobs.size(key) == 64 << 20
    assert peak < 4 << 20


def test_a_place_that_cannot_be_written_is_an_error_and_leaves_nothing():
    root().mkdir()
    (root() / "sha256").write_text("a file in the way of the folder")

    with pytest.raises(NotADirectoryError):
        blobs.put(io.BytesIO(SONG), suffix=".wav")

    assert files() == [root() / "sha256"]
